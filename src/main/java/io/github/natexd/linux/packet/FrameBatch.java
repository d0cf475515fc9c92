package io.github.natexd.linux.packet;

import io.github.natexd.linux.libc.Errno;
import io.github.natexd.linux.libc.Libc;
import io.github.natexd.linux.libc.MessageHeaders;
import io.github.natexd.linux.libc.Native;
import io.github.natexd.wire.EthernetFrame;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Frames to be sent by one sendmmsg(2). Each packet stays where it is, and its Ethernet header is written in front of
 * it: a frame in two pieces would cost the kernel more.
 */
final class FrameBatch {
    private static final int CAPACITY = 64;
    /** Signals that may interrupt the sending of one batch. */
    private static final int INTERRUPTIONS_MAX = 16;

    private final MessageHeaders headers = new MessageHeaders(CAPACITY);
    private final boolean[] sent = new boolean[CAPACITY];
    private @Nullable ByteBuffer lastPacket;
    private long lastAddress;
    private int count;

    /** See {@link io.github.natexd.ports.GuestLink#queueFrame}. */
    int put(long destinationMac, long sourceMac, ByteBuffer packet, int offset, int length) {
        if (count == CAPACITY) {
            return -1;
        }
        int frame = offset - EthernetFrame.LENGTH;
        if (frame < 0 || length < 0 || offset > packet.capacity() - length) {
            throw new IndexOutOfBoundsException("frame of " + length + " octets, header in front of " + offset);
        }
        EthernetFrame.write(packet, frame, destinationMac, sourceMac, EthernetFrame.TYPE_IPV4);
        headers.octets(count, address(packet) + frame, EthernetFrame.LENGTH + length);
        return count++;
    }

    /** Most packets in a row lie in the same buffer, and its address costs a native call: 40 ns. */
    private long address(ByteBuffer packet) {
        if (packet != lastPacket) {
            lastPacket = packet;
            lastAddress = Native.address(packet);
        }
        return lastAddress;
    }

    /**
     * Sends all frames and empties the batch. The kernel stops at the first frame that it cannot send; that one is marked
     * and the rest is tried, unless the interface itself has failed.
     *
     * @return 0, or the errno of an interface that is down or gone
     */
    int send(int descriptor) {
        int frames = count;
        int next = 0;
        int gone = 0;
        int interruptions = 0;
        count = 0;
        while (next < frames) {
            int taken = gone != 0 ? -1 : headers.send(descriptor, next, frames - next, Libc.MSG_DONTWAIT);
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

    /** Whether a packet socket reports with this error that its interface is down or deleted. */
    static boolean isGone(int errno) {
        return errno == Errno.ENETDOWN || errno == Errno.ENODEV || errno == Errno.ENXIO;
    }
}
