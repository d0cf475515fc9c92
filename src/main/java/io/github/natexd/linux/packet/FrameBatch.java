package io.github.natexd.linux.packet;

import io.github.natexd.linux.libc.Errno;
import io.github.natexd.linux.libc.Libc;
import io.github.natexd.linux.libc.MessageVector;
import io.github.natexd.linux.libc.Native;
import io.github.natexd.wire.EthernetFrame;
import java.nio.ByteBuffer;

/**
 * Frames to be sent by one sendmmsg(2). Each packet stays where it is, and gets its Ethernet header written in front of
 * it: a frame in two pieces would cost the kernel more. The layout of the structures is told at
 * {@link MessageVector}.
 */
final class FrameBatch {
    private static final int CAPACITY = 64;
    /** Signals that may interrupt the sending of one batch. */
    private static final int INTERRUPTIONS_MAX = 16;

    private final ByteBuffer messages = Native.allocate(CAPACITY * MessageVector.MESSAGE_LENGTH);
    private final ByteBuffer vectors = Native.allocate(CAPACITY * MessageVector.VECTOR_LENGTH);
    private final long messagesAddress = Native.address(messages);
    private final boolean[] sent = new boolean[CAPACITY];
    private ByteBuffer lastPacket = vectors;
    private long lastAddress = Native.address(vectors);
    private int count;

    FrameBatch() {
        for (int index = 0; index < CAPACITY; index++) {
            int message = index * MessageVector.MESSAGE_LENGTH;
            long vector = Native.address(vectors) + (long) index * MessageVector.VECTOR_LENGTH;
            messages.putLong(message + MessageVector.VECTORS, vector);
            messages.putLong(message + MessageVector.VECTOR_COUNT, 1);
        }
    }

    /** See {@link io.github.natexd.relay.GuestLink#queueFrame}. */
    int put(long destinationMac, long sourceMac, ByteBuffer packet, int offset, int length) {
        if (count == CAPACITY) {
            return -1;
        }
        int frame = offset - EthernetFrame.LENGTH;
        if (frame < 0 || length < 0 || offset > packet.capacity() - length) {
            throw new IndexOutOfBoundsException("frame of " + length + " octets, header in front of " + offset);
        }
        EthernetFrame.write(packet, frame, destinationMac, sourceMac, EthernetFrame.TYPE_IPV4);
        int vector = count * MessageVector.VECTOR_LENGTH;
        vectors.putLong(vector, address(packet) + frame).putLong(vector + 8, EthernetFrame.LENGTH + length);
        return count++;
    }

    /** Packets in a row lie in the same buffer, and asking for its address is a call out of Java: 40 ns. */
    private long address(ByteBuffer packet) {
        if (packet != lastPacket) {
            lastPacket = packet;
            lastAddress = Native.address(packet);
        }
        return lastAddress;
    }

    /**
     * Sends all frames and empties the batch. The kernel stops at the first frame that it cannot send; that one is marked
     * and the rest tried, unless the interface itself is the trouble.
     *
     * @return 0, or the errno that says that the interface has gone
     */
    int send(int descriptor) {
        int frames = count;
        int next = 0;
        int gone = 0;
        int interruptions = 0;
        count = 0;
        while (next < frames) {
            long first = messagesAddress + (long) next * MessageVector.MESSAGE_LENGTH;
            int taken = gone != 0 ? -1 : Libc.INSTANCE.sendmmsg(descriptor, first, frames - next, Libc.MSG_DONTWAIT);
            if (taken > 0) {
                for (int end = next + taken; next < end; next++) {
                    sent[next] = true;
                }
                continue;
            }
            int errno = gone != 0 ? gone : Libc.lastError();
            if (errno == Errno.EINTR && interruptions++ < INTERRUPTIONS_MAX) {
                continue;
            }
            if (isGone(errno)) {
                gone = errno;
            }
            sent[next++] = false;
        }
        return gone;
    }

    boolean sent(int index) {
        return sent[index];
    }

    /** The errors by which a packet socket says that its interface is down or deleted. */
    static boolean isGone(int errno) {
        return errno == Errno.ENETDOWN || errno == Errno.ENODEV || errno == Errno.ENXIO;
    }
}
