package io.github.natexd.linux.packet;

import io.github.natexd.linux.libc.Libc;
import io.github.natexd.linux.libc.Native;
import io.github.natexd.linux.libc.OsException;
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
final class LinkLayerAddress {
    static final int LENGTH = 20;
    static final int PACKET_TYPE = 10;
    static final int PACKET_OUTGOING = 4;

    private static final int FAMILY = 0;
    private static final int PROTOCOL = 2;
    private static final int INTERFACE_INDEX = 4;
    private static final int HARDWARE_TYPE = 8;
    private static final int ADDRESS_LENGTH = 11;
    private static final int ADDRESS = 12;
    private static final short ETH_P_ALL = 3;

    private final ByteBuffer host = Native.allocate(LENGTH);
    private final ByteBuffer network = host.duplicate().order(ByteOrder.BIG_ENDIAN);

    /** Binds a packet socket to packets of every protocol on one interface; index 0: on all interfaces. */
    static void bind(int descriptor, int interfaceIndex, String operation) {
        LinkLayerAddress address = new LinkLayerAddress();
        address.host.putShort(FAMILY, (short) Libc.AF_PACKET).putInt(INTERFACE_INDEX, interfaceIndex);
        address.network.putShort(PROTOCOL, ETH_P_ALL);
        OsException.check(Native.bind(descriptor, address.host, LENGTH), operation);
    }

    /** Where the kernel may write it. */
    long memory() {
        return Native.address(host);
    }

    int interfaceIndex() {
        return host.getInt(INTERFACE_INDEX);
    }

    /** ARPHRD_… of the interface. */
    int hardwareType() {
        return host.getShort(HARDWARE_TYPE) & 0xffff;
    }

    /** PACKET_… */
    int packetType() {
        return host.get(PACKET_TYPE) & 0xff;
    }

    /** Left-aligned in 8 octets; {@link #addressLength} says how many count. */
    long address() {
        return network.getLong(ADDRESS);
    }

    int addressLength() {
        return host.get(ADDRESS_LENGTH) & 0xff;
    }
}
