package io.github.natexd.relay;

import io.github.natexd.wire.EthernetFrame;
import java.nio.ByteBuffer;

/** Frames of the guest network, in and out, in batches. */
public interface GuestLink extends AutoCloseable {
    /** The descriptor to poll for input; it may change after {@link #receive} returned -1 and the link was reopened. */
    int descriptor();

    /** Receives frames without blocking; returns their number, or -1 if the interface is gone. */
    int receive();

    /** Whether the last {@link #receive} filled its batch. If not, nothing was left. */
    boolean mayHaveMore();

    ByteBuffer buffer(int index);

    /** Where the Ethernet header of frame {@code index} begins in its buffer. */
    int offset(int index);

    int length(int index);

    /** The host itself (not a port of the hub) sent this frame: PACKET_OUTGOING. */
    boolean outgoing(int index);

    /** Whether the kernel notes when it receives frames; this costs the host a little for each packet it receives. */
    default void time(boolean on) {}

    /** Whether to receive echo replies, too. */
    default void echoReplies(boolean wanted) {}

    /** When the kernel received frame {@code index}: nanoseconds since 1970, 0 if unknown. */
    default long arrivedEpochNanos(int index) {
        return 0;
    }

    /** The maximum length of an IPv4 packet in one frame. */
    int mtu();

    /**
     * Queues one frame: {@code length} octets of {@code packet}, preceded by an Ethernet header (destination and source
     * as 48-bit numbers, type IPv4), which overwrites the {@link EthernetFrame#LENGTH} octets in front of the packet.
     * The octets must not change until {@link #sendFrames}.
     *
     * @param packet in network byte order
     * @return the frame's index in this batch, or -1 if the batch is full
     */
    int queueFrame(long destinationMac, long sourceMac, ByteBuffer packet, int offset, int length);

    /**
     * Sends all queued frames and empties the batch; {@link #sent} says which were taken.
     *
     * @return whether the interface is still there
     */
    boolean sendFrames();

    /** Whether frame {@code index} of the batch sent last was taken by the interface. */
    boolean sent(int index);

    @Override
    void close();
}
