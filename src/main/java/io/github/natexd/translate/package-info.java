/**
 * One ICMP error in; a reason, and where it concerns a guest the rewritten packet, out. Pure: no clock, no socket, no
 * log.
 */
@NullMarked
package io.github.natexd.translate;

import org.jspecify.annotations.NullMarked;
