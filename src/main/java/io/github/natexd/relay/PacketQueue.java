package io.github.natexd.relay;

import java.nio.ByteBuffer;

/**
 * ICMP errors in, verdicts out. The implementation reads a batch into its own buffers. The packets of a batch can be
 * read, and rewritten in place, until the next {@link #receive}.
 *
 * <p>Every packet of a batch gets exactly one verdict: {@link #sendVerdicts} accepts packets without a noted verdict
 * unchanged.
 */
public interface PacketQueue extends AutoCloseable {
    /** The descriptor to poll for input. */
    int descriptor();

    /** Receives at most {@link #capacity} packets without blocking; returns their number. */
    int receive();

    /** The maximum number of packets in a batch. */
    int capacity();

    /**
     * The buffer that contains packet {@code index} of this batch: direct, in network byte order, writable from
     * {@link io.github.natexd.wire.EthernetFrame#LENGTH} octets in front of the packet.
     */
    ByteBuffer buffer(int index);

    /** Where the IPv4 header of packet {@code index} begins in its buffer. */
    int offset(int index);

    /** How many octets of packet {@code index} are at hand, from {@link #offset}. */
    int length(int index);

    /** The kernel copied only a part of the packet (NFQA_CAP_LEN). */
    boolean truncated(int index);

    /** When the kernel received packet {@code index}: nanoseconds since 1970, 0 if unknown. */
    default long arrivedEpochNanos(int index) {
        return 0;
    }

    /** Notes ACCEPT, unchanged, for packet {@code index}. */
    void accept(int index);

    /** Notes ACCEPT for packet {@code index} with its present octets (NFQA_PAYLOAD). */
    void acceptRewritten(int index);

    /** Notes DROP for packet {@code index}. */
    void drop(int index);

    /** Sends the verdicts of this batch in order. */
    void sendVerdicts();

    /** How many packets natexd missed so far: gaps in ids (the kernel accepted them, FAIL_OPEN) and ENOBUFS. */
    long overflows();

    @Override
    void close();
}
