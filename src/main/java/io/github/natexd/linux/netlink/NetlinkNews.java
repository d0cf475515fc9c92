package io.github.natexd.linux.netlink;

import io.github.natexd.linux.libc.Errno;
import io.github.natexd.linux.libc.Native;
import io.github.natexd.linux.libc.OsException;

/** A netlink socket that listens to groups of news, and reads over what is of no interest. */
final class NetlinkNews implements AutoCloseable {
    /** Datagrams read in one go; what is left makes the next poll return. */
    private static final int DATAGRAMS_MAX = 1024;

    private static final int RECEIVE_BUFFER = 1 << 20;

    private final NetlinkSocket netlink;
    private final Interest interest;
    private final Messages messages = new Messages();

    /** Decides on one message: the one that the walk stands at. */
    interface Interest {
        boolean in(Messages message);
    }

    NetlinkNews(int protocol, String operation, Interest interest, int... groups) {
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

    /** Reads what is there; answers whether something of interest came, or news were lost, which may have been. */
    boolean drain() {
        boolean relevant = false;
        for (int datagrams = 0; datagrams < DATAGRAMS_MAX; datagrams++) {
            int received = netlink.receive();
            if (received == 0) {
                break;
            }
            if (received < 0 && received != -Errno.ENOBUFS && received != -Errno.ENOMEM) {
                throw new OsException("listen to netlink news", -received);
            }
            relevant |= received < 0 || relevant(received);
        }
        return relevant;
    }

    private boolean relevant(int received) {
        messages.over(netlink.buffer(), 0, received);
        while (messages.next()) {
            if (interest.in(messages)) {
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
