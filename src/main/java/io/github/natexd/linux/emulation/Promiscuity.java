package io.github.natexd.linux.emulation;

import io.github.natexd.linux.libc.Errno;
import io.github.natexd.linux.libc.Native;
import io.github.natexd.linux.libc.OsException;
import io.github.natexd.linux.netlink.Attributes;
import io.github.natexd.linux.netlink.Interfaces;
import io.github.natexd.linux.netlink.Messages;
import io.github.natexd.linux.netlink.NetlinkSocket;
import java.nio.ByteBuffer;

/**
 * Whether an interface is promiscuous, as the kernel counts it: also through packet sockets, which the flags of
 * {@code ip link} do not show. A driver gets a call when it changes; a process that plays the driver reads link news.
 */
public final class Promiscuity implements AutoCloseable {
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_GETLINK = 18;
    private static final int RTNLGRP_LINK = 1;
    private static final int IFLA_PROMISCUITY = 30;
    /** struct ifinfomsg { u8 family, pad; u16 type; s32 index; u32 flags; u32 change; } */
    private static final int IFINFOMSG_LENGTH = 16;

    private static final int INDEX = 4;

    private final int index;
    private final NetlinkSocket news;
    private final Messages messages = new Messages();
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
        int length = NetlinkSocket.HEADER_LENGTH + IFINFOMSG_LENGTH;
        ByteBuffer request = Native.allocate(length);
        NetlinkSocket.putHeader(request, 0, length, RTM_GETLINK, NetlinkSocket.NLM_F_REQUEST);
        request.putInt(NetlinkSocket.HEADER_LENGTH + INDEX, index);
        news.send(request, length);
    }

    public int descriptor() {
        return news.descriptor();
    }

    /** Reads the waiting news. */
    public void update() {
        int received = news.receive();
        while (received != 0) {
            if (received < 0) {
                ask(); // news were lost: ask for the present state instead
            } else {
                read(received);
            }
            received = news.receive();
        }
    }

    public boolean promiscuous() {
        return promiscuous;
    }

    private void read(int received) {
        messages.over(news.buffer(), 0, received);
        while (messages.next()) {
            if (isAboutTheInterface()) {
                Attributes attributes = messages.attributes(IFINFOMSG_LENGTH);
                if (attributes.find(IFLA_PROMISCUITY)) {
                    promiscuous = attributes.hostInt() != 0;
                }
            }
        }
    }

    private boolean isAboutTheInterface() {
        return messages.type() == RTM_NEWLINK
                && messages.bodyLength() >= IFINFOMSG_LENGTH
                && messages.buffer().getInt(messages.body() + INDEX) == index;
    }

    @Override
    public void close() {
        news.close();
    }
}
