package io.github.natexd.linux.packet;

import io.github.natexd.linux.libc.Errno;
import io.github.natexd.linux.libc.Libc;
import io.github.natexd.linux.libc.LinkLayerAddress;
import io.github.natexd.linux.libc.MessageVector;
import io.github.natexd.linux.libc.Native;
import io.github.natexd.linux.libc.OsException;
import io.github.natexd.linux.netlink.Interfaces;
import io.github.natexd.ports.GuestLink;
import java.nio.ByteBuffer;

/**
 * The guest network as one port of its hub sees it: a promiscuous packet socket (packet(7)), bound to the interface.
 * <pre>
 * struct packet_mreq { 0 int ifindex; 4 u16 type; 6 u16 address length; 8 u8 address[8]; }
 * </pre>
 * When the interface disappears, the kernel reports it once. The socket receives nothing more, even if the interface
 * returns: open a new one then.
 */
public final class PacketSocket implements GuestLink, AutoCloseable {
    /** Longer frames (guests may send up to 9216 octets whatever the MTU) are cut: only their headers matter. */
    private static final int PROBE_SLOT_LENGTH = 2048;

    private static final int CAPTURE_SLOT_LENGTH = 16 * 1024;
    private static final int FRAMES = 64;
    private static final int RECEIVE_BUFFER = 8 << 20;
    private static final int NO_FILTER = -1;

    private static final int SOL_PACKET = 263;
    private static final int PACKET_ADD_MEMBERSHIP = 1;
    private static final int MEMBERSHIP_LENGTH = 16;
    private static final short PACKET_MR_PROMISC = 1;

    private final int descriptor;
    private int mtu;
    private final MessageVector messages;
    private final FrameBatch frames = new FrameBatch();
    private boolean gone;
    private int maxTtl;
    private boolean echoReplies;

    private PacketSocket(int descriptor, int mtu, int maxTtl, int slotLength) {
        this.descriptor = descriptor;
        this.maxTtl = maxTtl;
        this.mtu = mtu;
        this.messages = new MessageVector(FRAMES, slotLength, LinkLayerAddress.LENGTH);
    }

    /** Receives probes with a TTL of at most {@code maxTtl}, and ICMP errors: IPv4, no later fragments. */
    public static PacketSocket open(String interfaceName, int maxTtl) {
        return open(interfaceName, maxTtl, PROBE_SLOT_LENGTH);
    }

    /** Receives every frame: for captures. */
    public static PacketSocket openUnfiltered(String interfaceName) {
        return open(interfaceName, NO_FILTER, CAPTURE_SLOT_LENGTH);
    }

    /**
     * Throws early what would make {@link #open} fail on every interface: a missing permission, a kernel without packet
     * sockets. Takes ten milliseconds, because the kernel waits that long before it closes a packet socket.
     */
    public static void check() {
        Libc.INSTANCE.close(socket("open a packet socket"));
    }

    /** Protocol 0 receives nothing: no frame can slip in before the filter is attached and the interface is chosen. */
    private static int socket(String operation) {
        int type = Libc.SOCK_RAW | Libc.SOCK_CLOEXEC | Libc.SOCK_NONBLOCK;
        int descriptor = Libc.INSTANCE.socket(Libc.AF_PACKET, type, 0);
        if (descriptor < 0) {
            int errno = Libc.lastError();
            String hint =
                    switch (errno) {
                        case Errno.EPERM -> "CAP_NET_RAW is missing: run as root or as natexd.service";
                        case Errno.EAFNOSUPPORT ->
                            "the kernel has no packet sockets (CONFIG_PACKET): modprobe af_packet";
                        default -> "";
                    };
            throw new OsException(operation, errno, hint);
        }
        return descriptor;
    }

    private static PacketSocket open(String interfaceName, int maxTtl, int slotLength) {
        String operation = "bind packet socket to " + interfaceName;
        int index = index(interfaceName, operation);
        int descriptor = socket(operation);
        try {
            if (maxTtl != NO_FILTER) {
                PacketFilter.probes(maxTtl).attach(descriptor);
            }
            Native.setReceiveBuffer(descriptor, RECEIVE_BUFFER);
            LinkLayerAddress.bind(descriptor, index, operation);
            becomePromiscuous(descriptor, index, operation);
            return new PacketSocket(descriptor, Interfaces.mtu(interfaceName), maxTtl, slotLength);
        } catch (OsException e) {
            Libc.INSTANCE.close(descriptor);
            throw e;
        }
    }

    static int index(String interfaceName, String operation) {
        int index = Interfaces.index(interfaceName);
        if (index == 0) {
            throw new OsException(
                    operation, Errno.ENODEV, "no such interface; is VMware running? see `natexctl doctor`");
        }
        return index;
    }

    /** Only once per interface: each time all listeners of rtnetlink get news, the NAT process among them. */
    static void becomePromiscuous(int descriptor, int index, String operation) {
        ByteBuffer membership = Native.allocate(MEMBERSHIP_LENGTH);
        membership.putInt(0, index).putShort(4, PACKET_MR_PROMISC);
        int result = Native.setOption(descriptor, SOL_PACKET, PACKET_ADD_MEMBERSHIP, membership, MEMBERSHIP_LENGTH);
        OsException.check(result, operation + ": receive frames for others");
    }

    /** From now on receives probes with a TTL of at most {@code maxTtl}; the change loses no frame. */
    public void maxTtl(int changed) {
        maxTtl = changed;
        filter();
    }

    @Override
    public void echoReplies(boolean wanted) {
        if (wanted != echoReplies) {
            echoReplies = wanted;
            filter();
        }
    }

    private void filter() {
        PacketFilter.probes(maxTtl, echoReplies).attach(descriptor);
    }

    /** The descriptor to poll for input. */
    public int descriptor() {
        return descriptor;
    }

    @Override
    public int receive() {
        if (gone) {
            return -1;
        }
        int received = messages.receive(descriptor);
        if (received >= 0) {
            return received;
        }
        if (FrameBatch.isGone(-received)) {
            gone = true;
            return -1;
        }
        if (received == -Errno.ENOBUFS || received == -Errno.ENOMEM) {
            return 0;
        }
        throw new OsException("receive from packet socket", -received);
    }

    @Override
    public boolean mayHaveMore() {
        return messages.filled();
    }

    @Override
    public ByteBuffer buffer(int index) {
        return messages.octets();
    }

    @Override
    public int offset(int index) {
        return messages.offset(index);
    }

    @Override
    public int length(int index) {
        return messages.length(index);
    }

    @Override
    public boolean outgoing(int index) {
        return messages.nameOctet(index, LinkLayerAddress.PACKET_TYPE) == LinkLayerAddress.PACKET_OUTGOING;
    }

    @Override
    public void time(boolean on) {
        messages.time(descriptor, on);
    }

    @Override
    public long arrivedEpochNanos(int index) {
        return messages.nanos(index);
    }

    @Override
    public int mtu() {
        return mtu;
    }

    /** The interface's MTU has perhaps changed. */
    public void mtu(int present) {
        mtu = present;
    }

    @Override
    public int queueFrame(long destinationMac, long sourceMac, ByteBuffer packet, int offset, int length) {
        return frames.put(destinationMac, sourceMac, packet, offset, length);
    }

    @Override
    public boolean sendFrames() {
        // The kernel reports the error only once: the next receive will not see it again.
        gone |= frames.send(descriptor) != 0;
        return !gone;
    }

    @Override
    public boolean sent(int index) {
        return frames.sent(index);
    }

    @Override
    public void close() {
        Libc.INSTANCE.close(descriptor);
    }
}
