package io.github.natexd.linux.netlink;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The network interfaces of the calling thread's namespace: one rtnetlink dump, which changes nothing. */
public final class Links {
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_GETLINK = 18;
    /** struct ifinfomsg { u8 family, pad; u16 type; s32 index; u32 flags; u32 change; } */
    private static final int IFINFOMSG_LENGTH = 16;

    private static final int INDEX = 4;
    private static final int LINK_FLAGS = 8;
    private static final int IFF_UP = 1;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MASTER = 10;
    private static final int IFLA_PROMISCUITY = 30;

    private Links() {}

    /**
     * One interface.
     *
     * @param up set up by an administrator; it may still have no carrier
     * @param enslaved a port of a bridge, bond or the like: its packets pass the master too
     * @param promiscuity how many users have made it promiscuous; the flags of {@code ip link} ignore packet sockets
     */
    public record Link(int index, String name, boolean up, boolean enslaved, int promiscuity) {}

    public static List<Link> all() {
        List<Link> found = new ArrayList<>();
        NetlinkDump.ask(RTM_GETLINK, IFINFOMSG_LENGTH, 0, "list the network interfaces", message -> {
            if (message.type() == RTM_NEWLINK && message.bodyLength() >= IFINFOMSG_LENGTH) {
                found.add(read(message));
            }
        });
        return found;
    }

    public static Optional<Link> named(String name) {
        return all().stream().filter(link -> link.name().equals(name)).findFirst();
    }

    static Link read(Messages message) {
        String name = "";
        boolean enslaved = false;
        int promiscuity = 0;
        Attributes attributes = message.attributes(IFINFOMSG_LENGTH);
        while (attributes.next()) {
            switch (attributes.type()) {
                case IFLA_IFNAME -> name = text(message.buffer(), attributes.offset(), attributes.length());
                case IFLA_MASTER -> enslaved = true;
                case IFLA_PROMISCUITY -> promiscuity = attributes.hostInt();
                default -> {}
            }
        }
        int index = message.buffer().getInt(message.body() + INDEX);
        boolean up = (message.buffer().getInt(message.body() + LINK_FLAGS) & IFF_UP) != 0;
        return new Link(index, name, up, enslaved, promiscuity);
    }

    /** A string without the NUL behind it. */
    private static String text(ByteBuffer buffer, int offset, int octetsOfValue) {
        byte[] octets = new byte[octetsOfValue];
        buffer.get(offset, octets);
        int length = octets.length;
        while (length > 0 && octets[length - 1] == 0) {
            length--;
        }
        return new String(octets, 0, length, StandardCharsets.UTF_8);
    }
}
