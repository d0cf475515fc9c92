package io.github.natexd.linux.netlink;

import io.github.natexd.linux.libc.Errno;
import io.github.natexd.linux.libc.Native;
import io.github.natexd.linux.libc.OsException;
import io.github.natexd.linux.libc.Poller;
import java.nio.ByteBuffer;

/** One question to rtnetlink and all of its answer. Asking causes no news for others. */
final class NetlinkDump {
    private static final int TIMEOUT_MILLIS = 2000;
    /** More datagrams than any dump of links or addresses has (each has room for some 300 addresses). */
    private static final int DATAGRAMS_MAX = 4096;

    /** Takes one message of the answer: the buffer (host byte order), where it begins and ends, and its type. */
    interface Message {
        void take(ByteBuffer buffer, int message, int end, int type);
    }

    private NetlinkDump() {}

    /**
     * Asks for everything of a kind.
     *
     * @param type RTM_GET…
     * @param fixedLength the length of the fixed structure behind the header; its first octet becomes {@code family}
     */
    static void ask(int type, int fixedLength, int family, String operation, Message each) {
        try (NetlinkSocket netlink = new NetlinkSocket(NetlinkSocket.NETLINK_ROUTE, operation)) {
            int length = NetlinkSocket.HEADER_LENGTH + fixedLength;
            ByteBuffer request = Native.allocate(length);
            NetlinkSocket.putHeader(request, 0, length, type, NetlinkSocket.NLM_F_REQUEST | NetlinkSocket.NLM_F_DUMP);
            request.put(NetlinkSocket.HEADER_LENGTH, (byte) family);
            netlink.send(request, length);
            read(netlink, operation, each);
        }
    }

    private static void read(NetlinkSocket netlink, String operation, Message each) {
        Poller poller = new Poller(1);
        poller.register(netlink.descriptor());
        for (int datagrams = 0; datagrams < DATAGRAMS_MAX; datagrams++) {
            int received = netlink.receive();
            if (received < 0) {
                throw new OsException(operation, -received);
            }
            if (received == 0 && poller.poll(TIMEOUT_MILLIS) == 0) {
                throw new OsException(operation, Errno.EAGAIN, "the kernel did not answer");
            }
            if (readDatagram(netlink.buffer(), received, each)) {
                return;
            }
        }
        throw new OsException(operation, Errno.EMSGSIZE, "the answer does not end");
    }

    /** Answers whether the dump ended with this datagram. */
    private static boolean readDatagram(ByteBuffer buffer, int received, Message each) {
        int offset = 0;
        while (offset + NetlinkSocket.HEADER_LENGTH <= received) {
            int length = buffer.getInt(offset);
            if (length < NetlinkSocket.HEADER_LENGTH || length > received - offset) {
                return false;
            }
            int type = buffer.getShort(offset + NetlinkSocket.TYPE) & 0xffff;
            if (type == NetlinkSocket.NLMSG_DONE || type == NetlinkSocket.NLMSG_ERROR) {
                return true;
            }
            each.take(buffer, offset, offset + length, type);
            offset += NetlinkSocket.align(length);
        }
        return false;
    }
}
