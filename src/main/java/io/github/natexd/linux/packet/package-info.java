/**
 * Packet sockets: the relay's port to the guest network, and captures. For both, one filter in the kernel selects
 * probes and ICMP errors.
 */
@NullMarked
package io.github.natexd.linux.packet;

import org.jspecify.annotations.NullMarked;
