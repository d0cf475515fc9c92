package io.github.natexd.ports;

import io.github.natexd.wire.EthernetFrame;
import java.nio.ByteBuffer;

/** Frames of the guest network, in and out, in batches. {@link #receive} returns -1 if the interface is gone. */
public interface GuestLink extends Batch {
    /** The host itself (not a port of the hub) sent this frame: PACKET_OUTGOING. */
    boolean outgoing(int index);

    /** Whether the kernel notes when it receives frames; this costs the host a little for each packet it receives. */
    default void time(boolean on) {}

    /** Whether to receive echo replies, too. */
    default void echoReplies(boolean wanted) {}

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
}
