package io.github.natexd.cli.capture;

import io.github.natexd.wire.EthernetFrame;

/**
 * Strips the link-layer header of a captured packet. A mutable holder, filled again for every packet.
 * <pre>
 * Ethernet    0|destination MAC | 6|source MAC | 12|ether type, or VLAN tags of 4 octets before it
 * cooked      0|packet type | 2|hardware type | 4|address length | 6|address | 14|ether type
 * cooked, 2   0|ether type | 2|zero | 4|interface | 8|hardware type | 10|packet type | 11|address length | 12|address
 * raw IP      nothing
 * </pre>
 */
public final class LinkLayer {
    public static final int ETHERNET = 1;
    static final int RAW_BSD = 12;
    public static final int RAW = 101;
    public static final int COOKED = 113;
    public static final int IPV4 = 228;
    public static final int COOKED_2 = 276;

    /** No MAC address is known. */
    public static final long NO_MAC = 0;

    private static final int COOKED_LENGTH = 16;
    private static final int COOKED_2_LENGTH = 20;
    private static final int OUTGOING = 4;
    private static final int MAC_LENGTH = 6;
    private static final int VLAN_TAG_LENGTH = 4;
    private static final int VLAN_TAGS_LIMIT = 2;
    private static final int TYPE_VLAN = 0x8100;
    private static final int TYPE_PROVIDER_VLAN = 0x88A8;

    private final EthernetFrame frame = new EthernetFrame();
    private int offset;
    private int length;
    private long source;
    private long destination;
    private CapturedPacket.Direction direction = CapturedPacket.Direction.UNKNOWN;

    public static boolean isRead(int linkType) {
        return switch (linkType) {
            case ETHERNET, RAW_BSD, RAW, COOKED, IPV4, COOKED_2 -> true;
            default -> false;
        };
    }

    /** The message for a link type that is not supported. */
    static String complaint(int linkType) {
        return "link type " + linkType
                + " is not supported; supported are Ethernet (1), raw IP (12, 101, 228) and Linux cooked (113, 276)";
    }

    /** Returns whether the packet may be IPv4; if so, the accessors return its place, sender and receiver. */
    public boolean strip(CapturedPacket packet) {
        source = NO_MAC;
        destination = NO_MAC;
        direction = packet.direction;
        return switch (packet.linkType) {
            case ETHERNET -> ethernet(packet);
            case COOKED -> cooked(packet);
            case COOKED_2 -> cooked2(packet);
            case RAW_BSD, RAW, IPV4 -> rest(packet, 0);
            default -> false;
        };
    }

    /** Where the IPv4 header begins in the packet's buffer. */
    public int offset() {
        return offset;
    }

    /** The number of octets from there on; short Ethernet frames are padded. */
    public int length() {
        return length;
    }

    /** The sender's MAC address, or NO_MAC. */
    public long source() {
        return source;
    }

    /** The receiver's MAC address, or NO_MAC; a cooked header does not have it. */
    public long destination() {
        return destination;
    }

    public CapturedPacket.Direction direction() {
        return direction;
    }

    private boolean ethernet(CapturedPacket packet) {
        if (!frame.over(packet.buffer, 0, packet.length).check()) {
            return false;
        }
        source = frame.source();
        destination = frame.destination();
        int type = frame.etherType();
        int at = EthernetFrame.LENGTH;
        for (int tags = 0; isVlan(type); tags++) {
            at += VLAN_TAG_LENGTH;
            if (tags == VLAN_TAGS_LIMIT || at > packet.length) {
                return false;
            }
            type = packet.buffer.getShort(at - Short.BYTES) & 0xFFFF;
        }
        return type == EthernetFrame.TYPE_IPV4 && rest(packet, at);
    }

    private static boolean isVlan(int type) {
        return type == TYPE_VLAN || type == TYPE_PROVIDER_VLAN;
    }

    private boolean cooked(CapturedPacket packet) {
        return packet.length >= COOKED_LENGTH
                && cooked(packet, COOKED_LENGTH, octets2(packet, 14), octets2(packet, 0), octets2(packet, 4), 6);
    }

    private boolean cooked2(CapturedPacket packet) {
        return packet.length >= COOKED_2_LENGTH
                && cooked(packet, COOKED_2_LENGTH, octets2(packet, 0), octet(packet, 10), octet(packet, 11), 12);
    }

    private boolean cooked(
            CapturedPacket packet,
            int headerLength,
            int etherType,
            int packetType,
            int addressLength,
            int addressOffset) {
        if (etherType != EthernetFrame.TYPE_IPV4) {
            return false;
        }
        direction = packetType == OUTGOING ? CapturedPacket.Direction.OUT : CapturedPacket.Direction.IN;
        if (addressLength == MAC_LENGTH) {
            source = (long) octets2(packet, addressOffset) << 32
                    | Integer.toUnsignedLong(packet.buffer.getInt(addressOffset + Short.BYTES));
        }
        return rest(packet, headerLength);
    }

    private static int octet(CapturedPacket packet, int at) {
        return packet.buffer.get(at) & 0xFF;
    }

    private static int octets2(CapturedPacket packet, int at) {
        return packet.buffer.getShort(at) & 0xFFFF;
    }

    private boolean rest(CapturedPacket packet, int at) {
        offset = at;
        length = packet.length - at;
        return true;
    }
}
