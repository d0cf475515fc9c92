package io.github.natexd.linux.emulation;

import io.github.natexd.linux.libc.Errno;
import io.github.natexd.linux.libc.Native;
import io.github.natexd.linux.libc.OsException;
import io.github.natexd.linux.netlink.Interfaces;
import io.github.natexd.linux.netlink.NetlinkSocket;
import java.nio.ByteBuffer;

/**
 * Whether somebody has made an interface promiscuous, as the kernel counts it: by a packet socket too, which the flags of
 * {@code ip link} do not show. A driver learns this by a call; a user process that plays the driver from link news.
 */
public final class Promiscuity implements AutoCloseable {
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_GETLINK = 18;
    private static final int RTNLGRP_LINK = 1;
    private static final int IFLA_PROMISCUITY = 30;
    /** struct ifinfomsg { u8 family, pad; u16 type; s32 index; u32 flags; u32 change; } */
    private static final int IFINFOMSG_LENGTH = 16;

    private static final int INDEX = NetlinkSocket.HEADER_LENGTH + 4;
    private static final int ATTRIBUTES = NetlinkSocket.HEADER_LENGTH + IFINFOMSG_LENGTH;

    private final int index;
    private final NetlinkSocket news;
    private boolean promiscuous;

    private Promiscuity(int index) {
        this.index = index;
        this.news = new NetlinkSocket(NetlinkSocket.NETLINK_ROUTE, "follow the news of an interface");
    }

    /** Follows an interface of the current namespace, which must exist. */
    public static Promiscuity of(String interfaceName) {
        int index = Interfaces.index(interfaceName);
        if (index == 0) {
            throw new OsException("follow the news of " + interfaceName, Errno.ENODEV);
        }
        Promiscuity promiscuity = new Promiscuity(index);
        promiscuity.news.join(RTNLGRP_LINK);
        promiscuity.ask();
        return promiscuity;
    }

    private void ask() {
        ByteBuffer request = Native.allocate(ATTRIBUTES);
        NetlinkSocket.putHeader(request, 0, ATTRIBUTES, RTM_GETLINK, NetlinkSocket.NLM_F_REQUEST);
        request.putInt(INDEX, index);
        news.send(request, ATTRIBUTES);
    }

    public int descriptor() {
        return news.descriptor();
    }

    /** Takes what news there are. */
    public void update() {
        int received = news.receive();
        while (received != 0) {
            if (received < 0) {
                ask(); // news were lost: the present state instead
            } else {
                read(news.buffer(), received);
            }
            received = news.receive();
        }
    }

    public boolean promiscuous() {
        return promiscuous;
    }

    private void read(ByteBuffer buffer, int received) {
        int at = 0;
        while (at + ATTRIBUTES <= received) {
            int length = buffer.getInt(at);
            if (length < NetlinkSocket.HEADER_LENGTH || at + length > received) {
                return;
            }
            boolean link = (buffer.getShort(at + NetlinkSocket.TYPE) & 0xFFFF) == RTM_NEWLINK;
            if (link && length >= ATTRIBUTES && buffer.getInt(at + INDEX) == index) {
                readAttributes(buffer, at + ATTRIBUTES, at + length);
            }
            at += NetlinkSocket.align(length);
        }
    }

    private void readAttributes(ByteBuffer buffer, int begin, int end) {
        int at = begin;
        while (at + NetlinkSocket.ATTRIBUTE_HEADER_LENGTH <= end) {
            int length = buffer.getShort(at) & 0xFFFF;
            if (length < NetlinkSocket.ATTRIBUTE_HEADER_LENGTH || at + length > end) {
                return;
            }
            if ((buffer.getShort(at + 2) & 0xFFFF) == IFLA_PROMISCUITY) {
                promiscuous = buffer.getInt(at + NetlinkSocket.ATTRIBUTE_HEADER_LENGTH) != 0;
            }
            at += NetlinkSocket.align(length);
        }
    }

    @Override
    public void close() {
        news.close();
    }
}
