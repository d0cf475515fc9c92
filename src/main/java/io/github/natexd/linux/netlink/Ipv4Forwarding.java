package io.github.natexd.linux.netlink;

import io.github.natexd.linux.libc.Errno;
import io.github.natexd.linux.libc.Libc;
import io.github.natexd.linux.libc.Native;
import io.github.natexd.linux.libc.OsException;
import io.github.natexd.linux.libc.Poller;
import java.nio.ByteBuffer;

/**
 * Whether this host forwards IPv4 packets: net.ipv4.ip_forward, asked through rtnetlink, because a hardened service sees
 * no {@code /proc/sys}.
 * <pre>
 * request, RTM_GETNETCONF: nlmsghdr, struct netconfmsg { u8 family } padded to 4, NETCONFA_IFINDEX = all interfaces
 * reply,   RTM_NEWNETCONF: the same, NETCONFA_FORWARDING and others; each value an s32 (linux/netconf.h)
 * </pre>
 */
public final class Ipv4Forwarding {
    private static final int RTM_NEWNETCONF = 80;
    private static final int RTM_GETNETCONF = 82;
    private static final int NETCONFMSG_LENGTH = 4;
    private static final int NETCONFA_IFINDEX = 1;
    private static final int NETCONFA_FORWARDING = 2;
    private static final int NETCONFA_IFINDEX_ALL = -1;
    private static final int ATTRIBUTES = NetlinkSocket.HEADER_LENGTH + NETCONFMSG_LENGTH;

    private static final int TIMEOUT_MILLIS = 2000;
    private static final String OPERATION = "ask whether this host forwards IPv4 packets";

    private Ipv4Forwarding() {}

    /** @throws OsException if the kernel does not answer */
    public static boolean isOn() {
        try (NetlinkSocket netlink = new NetlinkSocket(NetlinkSocket.NETLINK_ROUTE, OPERATION)) {
            int length = ATTRIBUTES + NetlinkSocket.ATTRIBUTE_HEADER_LENGTH + Integer.BYTES;
            ByteBuffer request = Native.allocate(length);
            NetlinkSocket.putHeader(request, 0, length, RTM_GETNETCONF, NetlinkSocket.NLM_F_REQUEST);
            request.put(NetlinkSocket.HEADER_LENGTH, (byte) Libc.AF_INET);
            NetlinkSocket.putAttributeHeader(request, ATTRIBUTES, Integer.BYTES, NETCONFA_IFINDEX);
            request.putInt(ATTRIBUTES + NetlinkSocket.ATTRIBUTE_HEADER_LENGTH, NETCONFA_IFINDEX_ALL);
            netlink.send(request, length);
            Poller poller = new Poller(1);
            poller.register(netlink.descriptor());
            poller.poll(TIMEOUT_MILLIS);
            return read(netlink.buffer(), netlink.receive());
        }
    }

    private static boolean read(ByteBuffer answer, int received) {
        Messages messages = new Messages().over(answer, 0, received);
        if (!messages.next()) {
            throw new OsException(OPERATION, received < 0 ? -received : Errno.EAGAIN, "the kernel did not respond");
        }
        if (messages.type() == NetlinkSocket.NLMSG_ERROR) {
            throw new OsException(OPERATION, -answer.getInt(messages.body()));
        }
        Attributes attributes = messages.attributes(NETCONFMSG_LENGTH);
        if (messages.type() != RTM_NEWNETCONF || !attributes.find(NETCONFA_FORWARDING)) {
            throw new OsException(OPERATION, Errno.EINVAL, "the kernel's reply does not contain it");
        }
        return attributes.hostInt() != 0;
    }
}
