package io.github.natexd.linux.libc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The address of a packet socket, and where and how a packet passed (packet(7)).
 * <pre>
 *    0               16              31
 *  0|    family     |   protocol    |   struct sockaddr_ll; protocol: network byte order, the others: host byte order
 *  4|        interface index        |
 *  8| hardware type |ptype  | length|   ptype: PACKET_…; length: octets of the address that count
 * 12|            address            |
 * 16|                               |
 * </pre>
 */
public final class LinkLayerAddress {
    public static final int LENGTH = 20;
    public static final int PACKET_TYPE = 10;
    public static final int PACKET_HOST = 0;
    public static final int PACKET_OUTGOING = 4;

    private static final int FAMILY = 0;
    private static final int PROTOCOL = 2;
    private static final int INTERFACE_INDEX = 4;
    private static final int HARDWARE_TYPE = 8;
    private static final int ADDRESS_LENGTH = 11;
    private static final int ADDRESS = 12;
    private static final short ETH_P_ALL = 3;
    private static final short ETH_P_IP = 0x0800;

    private final ByteBuffer host = Native.allocate(LENGTH);
    private final ByteBuffer network = host.duplicate().order(ByteOrder.BIG_ENDIAN);

    /** Binds a packet socket to packets of every protocol on one interface; index 0: on all interfaces. */
    public static void bind(int descriptor, int interfaceIndex, String operation) {
        bind(descriptor, interfaceIndex, ETH_P_ALL, operation);
    }

    /** Binds a packet socket to received IPv4 packets on all interfaces; what this host sends costs nothing. */
    public static void bindIncomingIpv4(int descriptor, String operation) {
        bind(descriptor, 0, ETH_P_IP, operation);
    }

    private static void bind(int descriptor, int interfaceIndex, short protocol, String operation) {
        LinkLayerAddress address = new LinkLayerAddress();
        address.host.putShort(FAMILY, (short) Libc.AF_PACKET).putInt(INTERFACE_INDEX, interfaceIndex);
        address.network.putShort(PROTOCOL, protocol);
        OsException.check(Native.bind(descriptor, address.host, LENGTH), operation);
    }

    /** Where the kernel may write it. */
    public long memory() {
        return Native.address(host);
    }

    public int interfaceIndex() {
        return host.getInt(INTERFACE_INDEX);
    }

    /** ARPHRD_… of the interface. */
    public int hardwareType() {
        return host.getShort(HARDWARE_TYPE) & 0xffff;
    }

    /** PACKET_… */
    public int packetType() {
        return host.get(PACKET_TYPE) & 0xff;
    }

    /** Left-aligned in 8 octets; {@link #addressLength} says how many count. */
    public long address() {
        return network.getLong(ADDRESS);
    }

    public int addressLength() {
        return host.get(ADDRESS_LENGTH) & 0xff;
    }
}
