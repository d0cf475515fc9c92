package io.github.natexd.linux.libc;

import java.nio.ByteBuffer;

/**
 * When the kernel received the messages of one recvmmsg(2), by its clock (SO_TIMESTAMPNS). The times come as control
 * messages:
 * <pre>
 * struct cmsghdr { 0 size_t length; 8 int level; 12 int type; } then struct timespec { 16 seconds; 24 nanos; }
 * </pre>
 */
public final class ReceiveTimes {
    private static final int SO_TIMESTAMPNS = 35;
    private static final int CONTROL_OCTETS = 64;
    private static final int TIMESTAMP_OCTETS = 32;
    private static final int CMSG_LEVEL = 8;
    private static final int CMSG_TYPE = 12;
    private static final int CMSG_DATA = 16;
    private static final long NANOS_OF_SECOND = 1_000_000_000;

    private final MessageHeaders headers;
    private final int count;
    private final ByteBuffer control;
    private final long address;

    /** @param count the number of messages in {@code headers} */
    public ReceiveTimes(MessageHeaders headers, int count) {
        this.headers = headers;
        this.count = count;
        control = Native.allocate(count * CONTROL_OCTETS);
        address = Native.address(control);
    }

    /**
     * Switches the times on or off for one socket. While any socket has them, the kernel stamps every packet that it
     * receives.
     */
    public static void request(int descriptor, boolean on) {
        Native.trySetOption(descriptor, Libc.SOL_SOCKET, SO_TIMESTAMPNS, on ? 1 : 0);
    }

    /** Makes room for the times; to be called before each receive, because the kernel changes the lengths. */
    public void prepare() {
        for (int index = 0; index < count; index++) {
            headers.control(index, address + (long) index * CONTROL_OCTETS, CONTROL_OCTETS);
        }
    }

    /** Nanoseconds since 1970; 0 if the message came without a time. */
    public long nanos(int index) {
        int message = index * CONTROL_OCTETS;
        boolean stamped = headers.controlLength(index) >= TIMESTAMP_OCTETS
                && control.getInt(message + CMSG_LEVEL) == Libc.SOL_SOCKET
                && control.getInt(message + CMSG_TYPE) == SO_TIMESTAMPNS;
        return stamped
                ? control.getLong(message + CMSG_DATA) * NANOS_OF_SECOND
                        + control.getLong(message + CMSG_DATA + Long.BYTES)
                : 0;
    }
}
