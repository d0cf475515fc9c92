package io.github.natexd.linux.netlink;

import io.github.natexd.linux.libc.Errno;
import io.github.natexd.linux.libc.Native;
import io.github.natexd.linux.libc.OsException;
import java.util.function.Predicate;

/** A netlink socket that listens to groups of news and skips those that do not matter. */
final class NetlinkNews implements AutoCloseable {
    /** Datagrams read at a time; the rest makes the next poll return. */
    private static final int DATAGRAMS_MAX = 1024;

    private static final int RECEIVE_BUFFER = 1 << 20;

    private final NetlinkSocket netlink;
    private final Predicate<Messages> interest;
    private final Messages messages = new Messages();

    /** @param interest decides whether a message matters: the one at which the walk is */
    NetlinkNews(int protocol, String operation, Predicate<Messages> interest, int... groups) {
        this.interest = interest;
        netlink = new NetlinkSocket(protocol, operation);
        try {
            Native.setReceiveBuffer(netlink.descriptor(), RECEIVE_BUFFER);
            for (int group : groups) {
                netlink.join(group);
            }
        } catch (OsException e) {
            netlink.close();
            throw e;
        }
    }

    int descriptor() {
        return netlink.descriptor();
    }

    /** Reads the waiting news; returns whether any matter. Lost news might have, so they count. */
    boolean drain() {
        boolean relevant = false;
        for (int datagrams = 0; datagrams < DATAGRAMS_MAX; datagrams++) {
            int received = netlink.receive();
            if (received == 0) {
                break;
            }
            if (received < 0 && received != -Errno.ENOBUFS && received != -Errno.ENOMEM) {
                throw new OsException("listen to netlink notifications", -received);
            }
            relevant |= received < 0 || relevant(received);
        }
        return relevant;
    }

    private boolean relevant(int received) {
        messages.over(netlink.buffer(), 0, received);
        while (messages.next()) {
            if (interest.test(messages)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        netlink.close();
    }
}
