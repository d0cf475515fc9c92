package io.github.natexd.linux.netlink;

/** News of links and IPv4 addresses (rtnetlink(7)): the guest network came, went or changed. Listens only. */
public final class RouteNews implements AutoCloseable {
    private static final int RTNLGRP_LINK = 1;
    private static final int RTNLGRP_IPV4_IFADDR = 5;
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_DELADDR = 21;
    /** struct ifinfomsg { u8 family, pad; u16 type; s32 index; u32 flags; u32 change; } */
    private static final int IFINFOMSG_LENGTH = 16;

    private static final int LINK_CHANGE = 12;
    private static final int IFF_PROMISC = 0x100;
    private static final int IFLA_WIRELESS = 11;

    private final NetlinkNews news = new NetlinkNews(
            NetlinkSocket.NETLINK_ROUTE,
            "listen to link and address notifications",
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

    /** Reads the waiting news; returns whether links or addresses may have changed in a way that matters. */
    public boolean drain() {
        return news.drain();
    }

    /**
     * A socket that becomes promiscuous (natexd's own does) changes nothing in the network. Neither do the events of a
     * wireless driver, which come every few seconds.
     */
    static boolean isRelevant(Messages message) {
        if (message.type() != RTM_NEWLINK || message.bodyLength() < IFINFOMSG_LENGTH) {
            return message.type() >= RTM_NEWLINK && message.type() <= RTM_DELADDR;
        }
        return message.buffer().getInt(message.body() + LINK_CHANGE) != IFF_PROMISC
                && !message.attributes(IFINFOMSG_LENGTH).find(IFLA_WIRELESS);
    }

    @Override
    public void close() {
        news.close();
    }
}
