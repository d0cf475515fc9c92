package io.github.natexd.linux.libc;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Who is at the other end of a connected unix socket. The kernel notes user and groups when the peer connects
 * (SO_PEERCRED in unix(7), SO_PEERGROUPS in socket.h): a reused process id cannot falsify them, and groups joined
 * or left later do not count.
 *
 * @param user effective user id
 * @param groups the effective group first, then the supplementary ones; ids
 */
public record Peer(int user, List<Integer> groups) {
    private static final int SO_PEERCRED = 17;
    private static final int SO_PEERGROUPS = 59;
    /** struct ucred { pid_t pid; uid_t uid; gid_t gid; } */
    private static final int UCRED_LENGTH = 12;

    private static final int UCRED_USER = 4;
    private static final int UCRED_GROUP = 8;

    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;

    private static final int GROUPS_USUAL = 256;
    /** NGROUPS_MAX of linux/limits.h. */
    private static final int GROUPS_MAX = 65_536;

    public Peer {
        groups = List.copyOf(groups);
    }

    /** Asks the kernel about a connected socket. */
    public static Peer of(int descriptor) {
        ByteBuffer credentials = Native.allocate(UCRED_LENGTH);
        OsException.check(
                get(descriptor, SO_PEERCRED, credentials), "ask who is at the other end of the control socket");
        List<Integer> groups = new ArrayList<>();
        groups.add(credentials.getInt(UCRED_GROUP));
        ByteBuffer more = Native.allocate(GROUPS_USUAL * Integer.BYTES);
        int octets = get(descriptor, SO_PEERGROUPS, more);
        if (octets < 0 && Libc.lastError() == Errno.ERANGE) {
            more = Native.allocate(GROUPS_MAX * Integer.BYTES);
            octets = get(descriptor, SO_PEERGROUPS, more);
        }
        // Kernels before 4.13 do not know the option: then the effective group is all there is.
        for (int at = 0; at < octets; at += Integer.BYTES) {
            groups.add(more.getInt(at));
        }
        return new Peer(credentials.getInt(UCRED_USER), groups);
    }

    /**
     * Sends what remains in a direct buffer to the peer without waiting; does not move the buffer's position.
     *
     * @return the number of octets sent; 0 if the peer must read first
     */
    public static int send(int descriptor, ByteBuffer octets) {
        try {
            long sent = Libc.INSTANCE.send(
                    descriptor,
                    Native.address(octets) + octets.position(),
                    octets.remaining(),
                    MSG_DONTWAIT | MSG_NOSIGNAL);
            return sent < 0 && (Libc.lastError() == Errno.EAGAIN || Libc.lastError() == Errno.EINTR)
                    ? 0
                    : OsException.check((int) sent, "send to a client");
        } finally {
            Reference.reachabilityFence(octets);
        }
    }

    /** Lets the peer leave this many octets unread; without CAP_NET_ADMIN, it stays as it is. */
    public static void sendBuffer(int descriptor, int octets) {
        Native.trySetOption(descriptor, Libc.SOL_SOCKET, Libc.SO_SNDBUFFORCE, octets);
    }

    /** {@code getsockopt}; returns how many octets the kernel wrote, or -1. */
    private static int get(int descriptor, int option, ByteBuffer value) {
        ByteBuffer length = Native.allocate(Integer.BYTES).putInt(0, value.capacity());
        try {
            int result = Libc.INSTANCE.getsockopt(
                    descriptor, Libc.SOL_SOCKET, option, Native.address(value), Native.address(length));
            return result < 0 ? result : length.getInt(0);
        } finally {
            Reference.reachabilityFence(value);
            Reference.reachabilityFence(length);
        }
    }
}
