package io.github.natexd.linux.netlink;

import java.nio.ByteBuffer;

/**
 * News of links and IPv4 addresses (rtnetlink(7)): the guest network came, went or changed. Listens only.
 * <pre>
 * struct ifinfomsg { 16 u8 family; 18 u16 type; 20 int index; 24 u32 flags; 28 u32 change; }  behind the 16-octet header
 * </pre>
 */
public final class RouteNews implements AutoCloseable {
    private static final int RTNLGRP_LINK = 1;
    private static final int RTNLGRP_IPV4_IFADDR = 5;
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_DELADDR = 21;
    private static final int LINK_CHANGE = 28;
    private static final int LINK_ATTRIBUTES = 32;
    private static final int IFF_PROMISC = 0x100;
    private static final int IFLA_WIRELESS = 11;

    private final NetlinkNews news = new NetlinkNews(
            NetlinkSocket.NETLINK_ROUTE,
            "listen to link and address news",
            RouteNews::isRelevant,
            RTNLGRP_LINK,
            RTNLGRP_IPV4_IFADDR);

    /** In the network namespace of the calling thread. */
    public static RouteNews open() {
        return new RouteNews();
    }

    private RouteNews() {}

    public int descriptor() {
        return news.descriptor();
    }

    /** Reads what is there; answers whether links or addresses may have changed in a way that matters. */
    public boolean drain() {
        return news.drain();
    }

    /**
     * A join of a promiscuous socket, our own among them, tells nothing about the network; nor do the events of a
     * wireless driver, which come every few seconds.
     */
    private static boolean isRelevant(ByteBuffer buffer, int message, int end, int type) {
        if (type != RTM_NEWLINK || message + LINK_ATTRIBUTES > end) {
            return type >= RTM_NEWLINK && type <= RTM_DELADDR;
        }
        return buffer.getInt(message + LINK_CHANGE) != IFF_PROMISC
                && NetlinkNews.attribute(buffer, message + LINK_ATTRIBUTES, end, IFLA_WIRELESS) < 0;
    }

    @Override
    public void close() {
        news.close();
    }
}
