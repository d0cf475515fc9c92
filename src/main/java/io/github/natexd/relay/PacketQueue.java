package io.github.natexd.relay;

import java.nio.ByteBuffer;

/**
 * ICMP errors in, verdicts out. The implementation reads a batch into buffers of its own; the packets of a batch stay
 * readable, and may be rewritten in place, until the next {@link #receive}.
 *
 * <p>Every packet of a batch gets exactly one verdict: what has none when {@link #sendVerdicts} is called is accepted
 * unchanged.
 */
public interface PacketQueue extends AutoCloseable {
    /** The descriptor to poll for input. */
    int descriptor();

    /** Receives what is there, without blocking, up to {@link #capacity} packets; answers their number. */
    int receive();

    /** The most packets one batch can have. */
    int capacity();

    /**
     * The buffer in which packet {@code index} of this batch lies: direct, in network byte order, writable from
     * {@link io.github.natexd.wire.EthernetFrame#LENGTH} octets in front of the packet on.
     */
    ByteBuffer buffer(int index);

    /** Where the IPv4 header of packet {@code index} begins in its buffer. */
    int offset(int index);

    /** How many octets of packet {@code index} are at hand, from {@link #offset}. */
    int length(int index);

    /** The kernel copied only a part of the packet (NFQA_CAP_LEN). */
    boolean truncated(int index);

    /** Notes ACCEPT, unchanged, for packet {@code index}. */
    void accept(int index);

    /** Notes ACCEPT with the packet's present octets in place of the old ones (NFQA_PAYLOAD). */
    void acceptRewritten(int index);

    /** Notes DROP for packet {@code index}. */
    void drop(int index);

    /** Sends the verdicts noted for this batch, in order, and ACCEPT for packets without one. */
    void sendVerdicts();

    /** Packets lost to the daemon so far: gaps in ids (accepted by the kernel with FAIL_OPEN) and ENOBUFS. */
    long overflows();

    @Override
    void close();
}
