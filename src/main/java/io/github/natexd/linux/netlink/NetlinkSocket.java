package io.github.natexd.linux.netlink;

import io.github.natexd.linux.libc.Errno;
import io.github.natexd.linux.libc.Libc;
import io.github.natexd.linux.libc.Native;
import io.github.natexd.linux.libc.OsException;
import io.github.natexd.linux.libc.Poller;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A netlink socket for the few messages natexd composes itself (netlink(7)); non-blocking.
 * <pre>
 * struct nlmsghdr { u32 length; u16 type; u16 flags; u32 sequence; u32 port; };   host byte order
 * struct nlattr   { u16 length (without padding); u16 type; }                     then the value, padded to 4
 * </pre>
 */
public final class NetlinkSocket implements AutoCloseable {
    public static final int NETLINK_ROUTE = 0;
    public static final int NETLINK_NETFILTER = 12;

    public static final int HEADER_LENGTH = 16;
    public static final int TYPE = 4;
    static final int FLAGS = 6;
    public static final int ATTRIBUTE_HEADER_LENGTH = 4;

    public static final short NLM_F_REQUEST = 1;
    public static final short NLM_F_ACK = 4;
    static final short NLM_F_DUMP = 0x300;
    static final int NLMSG_ERROR = 2;
    static final int NLMSG_DONE = 3;

    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_ADD_MEMBERSHIP = 1;
    private static final int NETLINK_NO_ENOBUFS = 5;
    private static final int SOCKADDR_LENGTH = 12;
    private static final int BUFFER_LENGTH = 32 * 1024;
    private static final int ACK_TIMEOUT_MILLIS = 2000;
    /** Unrelated messages that may come before the acknowledgement. */
    private static final int ACK_TRIES = 64;

    private final String operation;
    private final int descriptor;
    // On the heap: there is a socket for each question, and memory off the heap is freed only by a collection, of which
    // an idle natexd has hardly any.
    private final byte[] octets = new byte[BUFFER_LENGTH];
    private final ByteBuffer buffer = ByteBuffer.wrap(octets).order(ByteOrder.nativeOrder());

    /** @param operation for error messages: what the caller wants to achieve */
    public NetlinkSocket(int protocol, String operation) {
        this.operation = operation;
        int type = Libc.SOCK_RAW | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK;
        descriptor = OsException.check(Libc.INSTANCE.socket(Libc.AF_NETLINK, type, protocol), operation);
        ByteBuffer local = Native.allocate(SOCKADDR_LENGTH).putShort(0, (short) Libc.AF_NETLINK);
        try {
            OsException.check(Native.bind(descriptor, local, SOCKADDR_LENGTH), operation + ": bind");
        } catch (OsException e) {
            close();
            throw e;
        }
    }

    public int descriptor() {
        return descriptor;
    }

    /** Whether the kernel has no such nfnetlink subsystem (EINVAL), or no nfnetlink at all (EPROTONOSUPPORT). */
    public static boolean isUnknownToKernel(int errno) {
        return errno == Errno.EINVAL || errno == Errno.EPROTONOSUPPORT;
    }

    public void join(int group) {
        Native.setOption(descriptor, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group, operation + ": join group " + group);
    }

    /** No ENOBUFS after lost messages: gaps in their numbers show them, and the error would cost a call. */
    public static void noOverrunErrors(int descriptor) {
        Native.trySetOption(descriptor, SOL_NETLINK, NETLINK_NO_ENOBUFS, 1);
    }

    /** Rounded up to netlink's alignment. */
    public static int align(int length) {
        return (length + 3) & ~3;
    }

    public static void putHeader(ByteBuffer message, int offset, int length, int type, int flags) {
        message.putInt(offset, length);
        message.putShort(offset + TYPE, (short) type);
        message.putShort(offset + FLAGS, (short) flags);
        message.putLong(offset + 8, 0);
    }

    public static void putAttributeHeader(ByteBuffer message, int offset, int valueLength, int type) {
        message.putShort(offset, (short) (ATTRIBUTE_HEADER_LENGTH + valueLength));
        message.putShort(offset + 2, (short) type);
    }

    public void send(ByteBuffer message, int length) {
        long result = Libc.INSTANCE.send(descriptor, Native.address(message), length, 0);
        int errno = result < 0 ? Libc.lastError() : 0;
        Reference.reachabilityFence(message); // else its memory might be freed before the kernel reads it
        if (errno != 0) {
            throw new OsException(operation, errno);
        }
    }

    /** Sends a request that has NLM_F_ACK set and waits for the acknowledgement; returns 0 or an errno. */
    public int request(ByteBuffer message, int length) {
        send(message, length);
        Poller poller = new Poller(1);
        poller.register(descriptor);
        for (int tries = 0; tries < ACK_TRIES; tries++) {
            int received = receive();
            if (received >= HEADER_LENGTH + 4 && (buffer.getShort(TYPE) & 0xffff) == NLMSG_ERROR) {
                return -buffer.getInt(HEADER_LENGTH);
            }
            if (received == 0 && poller.poll(ACK_TIMEOUT_MILLIS) == 0) {
                break;
            }
        }
        throw new OsException(operation, Errno.EAGAIN, "the kernel did not respond");
    }

    /** Receives one datagram into {@link #buffer}; returns its length, 0 if there is none, or the negative errno. */
    public int receive() {
        int received = (int) Libc.INSTANCE.recv(descriptor, octets, BUFFER_LENGTH, 0);
        if (received >= 0) {
            return received;
        }
        int errno = Libc.lastError();
        return errno == Errno.EAGAIN || errno == Errno.EINTR ? 0 : -errno;
    }

    /** The datagram of the last {@link #receive}, in host byte order. */
    public ByteBuffer buffer() {
        return buffer;
    }

    @Override
    public void close() {
        Libc.INSTANCE.close(descriptor);
    }
}
