package io.github.natexd.linux.libc;

import java.nio.ByteBuffer;

/**
 * The headers of messages that one recvmmsg(2) or sendmmsg(2) moves, off the heap and made once. The octets of each
 * message lie in one piece, wherever the owner has them.
 * <pre>
 * struct mmsghdr: a msghdr, and behind it what the kernel received     struct iovec
 *    0               4               8                                    0               8
 *  0| address of the name           |                                  0| address       |
 *  8| name length   |               |                                  8| length        |
 * 16| address of the vectors        |
 * 24| number of vectors             |
 * 32| address of the control octets |
 * 40| length of the control octets  |
 * 48| flags         |               |
 * 56| received      |               |
 * </pre>
 * The layout is that of all 64-bit Linux ABIs. Memory that is given by its address must stay reachable as long as the
 * headers are in use.
 */
public final class MessageHeaders {
    private static final int MESSAGE_LENGTH = 64;
    private static final int NAME = 0;
    private static final int NAME_LENGTH = 8;
    private static final int VECTORS = 16;
    private static final int VECTOR_COUNT = 24;
    private static final int CONTROL = 32;
    private static final int CONTROL_LENGTH = 40;
    private static final int FLAGS = 48;
    private static final int RECEIVED = 56;

    private static final int VECTOR_LENGTH = 16;
    private static final int BASE = 0;
    private static final int BASE_LENGTH = 8;

    private final ByteBuffer messages;
    private final ByteBuffer vectors;
    private final long address;

    public MessageHeaders(int count) {
        messages = Native.allocate(count * MESSAGE_LENGTH);
        vectors = Native.allocate(count * VECTOR_LENGTH);
        address = Native.address(messages);
        for (int index = 0; index < count; index++) {
            long vector = Native.address(vectors) + (long) index * VECTOR_LENGTH;
            messages.putLong(index * MESSAGE_LENGTH + VECTORS, vector);
            messages.putLong(index * MESSAGE_LENGTH + VECTOR_COUNT, 1);
        }
    }

    /** Where the message's octets are, or have room. */
    public void octets(int index, long address, long length) {
        int vector = index * VECTOR_LENGTH;
        vectors.putLong(vector + BASE, address).putLong(vector + BASE_LENGTH, length);
    }

    /** Where the other end's address (a sockaddr) is, or has room. The kernel changes the length as it receives. */
    public void name(int index, long address, int length) {
        int message = index * MESSAGE_LENGTH;
        messages.putLong(message + NAME, address).putInt(message + NAME_LENGTH, length);
    }

    /** Where control messages (cmsg(3)) have room. The kernel changes the length as it receives. */
    public void control(int index, long address, long length) {
        int message = index * MESSAGE_LENGTH;
        messages.putLong(message + CONTROL, address).putLong(message + CONTROL_LENGTH, length);
    }

    /** recvmmsg(2) into the first {@code count} messages; its result. */
    public int receive(int descriptor, int count, int flags) {
        return Libc.INSTANCE.recvmmsg(descriptor, address, count, flags, 0);
    }

    /** sendmmsg(2) of {@code count} messages from {@code first} on; its result. */
    public int send(int descriptor, int first, int count, int flags) {
        return Libc.INSTANCE.sendmmsg(descriptor, address + (long) first * MESSAGE_LENGTH, count, flags);
    }

    /** How many octets the message had: with MSG_TRUNC more than fitted, else those received. */
    public int received(int index) {
        return messages.getInt(index * MESSAGE_LENGTH + RECEIVED);
    }

    /** The message was longer than the room for its octets. */
    public boolean truncated(int index) {
        return (messages.getInt(index * MESSAGE_LENGTH + FLAGS) & Libc.MSG_TRUNC) != 0;
    }

    /** How many control octets the message came with. */
    public long controlLength(int index) {
        return messages.getLong(index * MESSAGE_LENGTH + CONTROL_LENGTH);
    }
}
