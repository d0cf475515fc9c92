package io.github.natexd.linux.libc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The memory of one recvmmsg(2): message headers and slots of equal size for their octets, off the heap, made once. */
public final class MessageVector {
    /** Signals that may interrupt one receive; then it is given up until the next poll. */
    private static final int INTERRUPTIONS_MAX = 16;

    private final int count;
    private final int slotLength;
    private final int nameLength;
    private final MessageHeaders headers;
    private final ReceiveTimes times;
    private final ByteBuffer names;
    private final ByteBuffer octets;
    private final ByteBuffer nativeOctets;
    private boolean filled;
    private boolean timed;

    /** @param nameLength how many octets of the sender's address to receive with each message; 0: none */
    public MessageVector(int count, int slotLength, int nameLength) {
        this.count = count;
        this.slotLength = slotLength;
        this.nameLength = nameLength;
        headers = new MessageHeaders(count);
        times = new ReceiveTimes(headers, count);
        names = Native.allocate(Math.max(1, count * nameLength));
        nativeOctets = Native.allocate(count * slotLength);
        octets = nativeOctets.duplicate().order(ByteOrder.BIG_ENDIAN);
        long slots = Native.address(octets);
        long namesAddress = Native.address(names);
        for (int slot = 0; slot < count; slot++) {
            headers.octets(slot, slots + (long) slot * slotLength, slotLength);
            if (nameLength > 0) {
                headers.name(slot, namesAddress + (long) slot * nameLength, nameLength);
            }
        }
    }

    /** Receives without blocking; returns the number of messages, 0 if there are none, or the negative errno. */
    public int receive(int descriptor) {
        filled = false;
        if (timed) {
            times.prepare();
        }
        for (int tries = 0; tries < INTERRUPTIONS_MAX; tries++) {
            int received = headers.receive(descriptor, count, Libc.MSG_DONTWAIT);
            if (received >= 0) {
                filled = received == count;
                return received;
            }
            int errno = Libc.lastError();
            if (errno != Errno.EINTR) {
                return errno == Errno.EAGAIN ? 0 : -errno;
            }
        }
        return 0;
    }

    /** Whether to receive the kernel's times from this socket; without them, receiving costs less. */
    public void time(int descriptor, boolean on) {
        ReceiveTimes.request(descriptor, on);
        timed = on;
    }

    /** When the kernel received the message: nanoseconds since 1970, 0 if unknown. */
    public long nanos(int slot) {
        return timed ? times.nanos(slot) : 0;
    }

    /** The last {@link #receive} took as many messages as there are slots: there may be more. */
    public boolean filled() {
        return filled;
    }

    /** All slots, in network byte order: for packets. */
    public ByteBuffer octets() {
        return octets;
    }

    /** All slots, in host byte order: for netlink's headers. */
    public ByteBuffer nativeOctets() {
        return nativeOctets;
    }

    /** Where a slot begins in {@link #octets}. */
    public int offset(int slot) {
        return slot * slotLength;
    }

    /** How many octets the slot received: never more than the slot has. */
    public int length(int slot) {
        return Math.min(headers.received(slot), slotLength);
    }

    /** The message was longer than the slot. */
    public boolean truncated(int slot) {
        return headers.truncated(slot);
    }

    /** An octet of the sender's address. */
    public int nameOctet(int slot, int offset) {
        return names.get(slot * nameLength + offset) & 0xff;
    }
}
