package io.github.natexd.linux.netlink;

import io.github.natexd.linux.libc.Errno;
import io.github.natexd.linux.libc.Native;
import io.github.natexd.linux.libc.OsException;
import io.github.natexd.linux.libc.Poller;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** One request to rtnetlink and its whole reply. It causes no news for other listeners. */
final class NetlinkDump {
    private static final int TIMEOUT_MILLIS = 2000;
    /** More datagrams than any dump of links or addresses has (each has room for about 300 addresses). */
    private static final int DATAGRAMS_MAX = 4096;

    private NetlinkDump() {}

    /**
     * Asks for everything of a kind.
     *
     * @param type RTM_GET…
     * @param fixedLength the length of the fixed structure behind the header; its first octet becomes {@code family}
     * @param each takes each message of the reply: the one at which the walk is
     */
    static void ask(int type, int fixedLength, int family, String operation, Consumer<Messages> each) {
        try (NetlinkSocket netlink = new NetlinkSocket(NetlinkSocket.NETLINK_ROUTE, operation)) {
            int length = NetlinkSocket.HEADER_LENGTH + fixedLength;
            ByteBuffer request = Native.allocate(length);
            NetlinkSocket.putHeader(request, 0, length, type, NetlinkSocket.NLM_F_REQUEST | NetlinkSocket.NLM_F_DUMP);
            request.put(NetlinkSocket.HEADER_LENGTH, (byte) family);
            netlink.send(request, length);
            read(netlink, operation, each);
        }
    }

    private static void read(NetlinkSocket netlink, String operation, Consumer<Messages> each) {
        Messages messages = new Messages();
        Poller poller = new Poller(1);
        poller.register(netlink.descriptor());
        for (int datagrams = 0; datagrams < DATAGRAMS_MAX; datagrams++) {
            int received = netlink.receive();
            if (received < 0) {
                throw new OsException(operation, -received);
            }
            if (received == 0 && poller.poll(TIMEOUT_MILLIS) == 0) {
                throw new OsException(operation, Errno.EAGAIN, "the kernel did not respond");
            }
            if (readDatagram(messages.over(netlink.buffer(), 0, received), each)) {
                return;
            }
        }
        throw new OsException(operation, Errno.EMSGSIZE, "the reply does not end");
    }

    /** Whether the dump ended with this datagram. */
    private static boolean readDatagram(Messages messages, Consumer<Messages> each) {
        while (messages.next()) {
            if (messages.type() == NetlinkSocket.NLMSG_DONE || messages.type() == NetlinkSocket.NLMSG_ERROR) {
                return true;
            }
            each.accept(messages);
        }
        return false;
    }
}
