/**
 * {@code ./dev soak}: mixed traffic and faults in the lab for a long time, and what natexd has leaked meanwhile.
 */
package io.github.natexd.soak;
