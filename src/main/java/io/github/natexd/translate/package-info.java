/**
 * Takes one ICMP error; returns a reason and, if a guest gets the error, the rewritten packet. Pure: no clock, no
 * socket, no log.
 */
@NullMarked
package io.github.natexd.translate;

import org.jspecify.annotations.NullMarked;
