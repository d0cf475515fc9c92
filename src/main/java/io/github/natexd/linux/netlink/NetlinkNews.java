package io.github.natexd.linux.netlink;

import io.github.natexd.linux.libc.Errno;
import io.github.natexd.linux.libc.Native;
import io.github.natexd.linux.libc.OsException;
import java.nio.ByteBuffer;

/** A netlink socket that listens to groups of news, and reads over what is of no interest. */
final class NetlinkNews implements AutoCloseable {
    /** Datagrams read in one go; what is left makes the next poll return. */
    private static final int DATAGRAMS_MAX = 1024;

    private static final int RECEIVE_BUFFER = 1 << 20;

    private final NetlinkSocket netlink;
    private final Interest interest;

    /** Decides on one message: the buffer (host byte order), where it begins and ends, and its type. */
    interface Interest {
        boolean in(ByteBuffer buffer, int message, int end, int type);
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
        ByteBuffer buffer = netlink.buffer();
        int message = 0;
        while (message + NetlinkSocket.HEADER_LENGTH <= received) {
            int length = buffer.getInt(message);
            if (length < NetlinkSocket.HEADER_LENGTH || length > received - message) {
                break;
            }
            int type = buffer.getShort(message + NetlinkSocket.TYPE) & 0xffff;
            if (interest.in(buffer, message, message + length, type)) {
                return true;
            }
            message += NetlinkSocket.align(length);
        }
        return false;
    }

    /** Where the attribute of this type begins among those from {@code from} to {@code end}; -1: there is none. */
    static int attribute(ByteBuffer buffer, int from, int end, int type) {
        int attribute = from;
        while (attribute + NetlinkSocket.ATTRIBUTE_HEADER_LENGTH <= end) {
            int length = buffer.getShort(attribute) & 0xffff;
            if (length < NetlinkSocket.ATTRIBUTE_HEADER_LENGTH || length > end - attribute) {
                break;
            }
            if ((buffer.getShort(attribute + 2) & 0x3fff) == type) {
                return attribute;
            }
            attribute += NetlinkSocket.align(length);
        }
        return -1;
    }

    @Override
    public void close() {
        netlink.close();
    }
}
