package io.github.natexd.linux.libc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The memory of one recvmmsg(2): message headers and slots of equal size, off the heap, made once.
 * <pre>
 * struct msghdr  {  0 void *name;  8 u32 name length; 16 iovec *vectors; 24 size_t count;
 *                  32 void *control; 40 size_t control length; 48 int flags; }
 * struct mmsghdr {  0 msghdr; 56 u32 received octets; }                        64 octets
 * struct iovec   {  0 void *base; 8 size_t length; }                           16 octets
 * </pre>
 * The layout is that of all 64-bit Linux ABIs.
 */
public final class MessageVector {
    public static final int MESSAGE_LENGTH = 64;
    public static final int NAME = 0;
    public static final int NAME_LENGTH = 8;
    public static final int VECTORS = 16;
    public static final int VECTOR_COUNT = 24;
    public static final int VECTOR_LENGTH = 16;
    private static final int FLAGS = 48;
    private static final int RECEIVED = 56;
    /** Signals that may interrupt one call before it is given up until the next poll. */
    private static final int INTERRUPTIONS_MAX = 16;

    private final int count;
    private final int slotLength;
    private final int nameLength;
    private final ByteBuffer headers;
    private final ByteBuffer vectors;
    private final ByteBuffer names;
    private final ByteBuffer octets;
    private final ByteBuffer nativeOctets;
    private final long headersAddress;
    private boolean filled;

    /** @param nameLength how many octets of the sender's address to receive with each message; 0: none */
    public MessageVector(int count, int slotLength, int nameLength) {
        this.count = count;
        this.slotLength = slotLength;
        this.nameLength = nameLength;
        headers = Native.allocate(count * MESSAGE_LENGTH);
        vectors = Native.allocate(count * VECTOR_LENGTH);
        names = Native.allocate(Math.max(1, count * nameLength));
        nativeOctets = Native.allocate(count * slotLength);
        octets = nativeOctets.duplicate().order(ByteOrder.BIG_ENDIAN);
        headersAddress = Native.address(headers);
        for (int slot = 0; slot < count; slot++) {
            int header = slot * MESSAGE_LENGTH;
            int vector = slot * VECTOR_LENGTH;
            vectors.putLong(vector, Native.address(octets) + (long) slot * slotLength);
            vectors.putLong(vector + 8, slotLength);
            headers.putLong(header + VECTORS, Native.address(vectors) + vector);
            headers.putLong(header + VECTOR_COUNT, 1);
            if (nameLength > 0) {
                headers.putLong(header + NAME, Native.address(names) + (long) slot * nameLength);
                headers.putInt(header + NAME_LENGTH, nameLength);
            }
        }
    }

    /** Receives what is there, without blocking: the number of messages, 0 if none, or the negative errno. */
    public int receive(int descriptor) {
        filled = false;
        for (int tries = 0; tries < INTERRUPTIONS_MAX; tries++) {
            int received = Libc.INSTANCE.recvmmsg(descriptor, headersAddress, count, Libc.MSG_DONTWAIT, 0);
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

    /** The last {@link #receive} took as many messages as there are slots: there may be more. */
    public boolean filled() {
        return filled;
    }

    /** All slots, in network byte order: what packets are read through. */
    public ByteBuffer octets() {
        return octets;
    }

    /** All slots, in host byte order: what netlink's headers are read through. */
    public ByteBuffer nativeOctets() {
        return nativeOctets;
    }

    /** Where a slot begins in {@link #octets}. */
    public int offset(int slot) {
        return slot * slotLength;
    }

    /** How many octets the slot received: never more than the slot has. */
    public int length(int slot) {
        return Math.min(headers.getInt(slot * MESSAGE_LENGTH + RECEIVED), slotLength);
    }

    /** The message was longer than the slot. */
    public boolean truncated(int slot) {
        return (headers.getInt(slot * MESSAGE_LENGTH + FLAGS) & Libc.MSG_TRUNC) != 0;
    }

    /** An octet of the sender's address. */
    public int nameOctet(int slot, int offset) {
        return names.get(slot * nameLength + offset) & 0xff;
    }
}
