package io.github.natexd.ports;

import io.github.natexd.wire.EthernetFrame;

/**
 * ICMP errors in, verdicts out. Each packet's buffer is direct, in network byte order, and writable from {@link
 * EthernetFrame#LENGTH} octets in front of the packet.
 *
 * <p>Every packet of a batch gets exactly one verdict: {@link #sendVerdicts} accepts packets without a noted verdict
 * unchanged. The kernel accepts those that natexd misses (FAIL_OPEN).
 */
public interface PacketQueue extends Batch {
    /** The maximum number of packets in a batch. */
    int capacity();

    /** The kernel copied only a part of the packet (NFQA_CAP_LEN). */
    boolean truncated(int index);

    /** Notes ACCEPT, unchanged, for packet {@code index}. */
    void accept(int index);

    /** Notes ACCEPT for packet {@code index} with its present octets (NFQA_PAYLOAD). */
    void acceptRewritten(int index);

    /** Notes DROP for packet {@code index}. */
    void drop(int index);

    /** Sends the verdicts of this batch in order. */
    void sendVerdicts();
}
