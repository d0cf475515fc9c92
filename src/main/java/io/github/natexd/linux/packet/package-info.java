/**
 * Packet sockets: the guest network as the relay hears and feeds it (one of the relay's ports), and captures. One filter
 * in the kernel picks probes and errors out of the traffic for both.
 */
@NullMarked
package io.github.natexd.linux.packet;

import org.jspecify.annotations.NullMarked;
