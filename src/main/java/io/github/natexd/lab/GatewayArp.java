package io.github.natexd.lab;

import io.github.natexd.wire.EthernetFrame;
import io.github.natexd.wire.Ipv4Address;
import java.nio.ByteBuffer;

/** Responds with the NAT's MAC address to guests' ARP requests for 192.168.44.2 (RFC 826). */
final class GatewayArp {
    static final int ETHER_TYPE = 0x0806;

    private static final int LENGTH = 28;
    /** The fields in front of the operation: hardware type Ethernet, protocol type IPv4, lengths 6 and 4. */
    private static final long ETHERNET_IPV4 = 0x0001_0800_0604_0000L;

    private static final int REQUEST = 1;
    private static final int REPLY = 2;
    private static final int GATEWAY = Ipv4Address.parse(Topology.GATEWAY);

    private GatewayArp() {}

    /** Writes the reply to a frame into {@code out}; returns its length, or 0 if there is no reply. */
    static int answer(ByteBuffer frame, int length, long askersMac, ByteBuffer out) {
        int at = EthernetFrame.LENGTH;
        if (length < at + LENGTH
                || frame.getLong(at) != (ETHERNET_IPV4 | REQUEST)
                || frame.getInt(at + 24) != GATEWAY) {
            return 0;
        }
        EthernetFrame.write(out, 0, askersMac, Topology.NAT_MAC, ETHER_TYPE);
        out.putLong(at, ETHERNET_IPV4 | REPLY);
        out.putShort(at + 8, (short) (Topology.NAT_MAC >>> 32)).putInt(at + 10, (int) Topology.NAT_MAC);
        out.putInt(at + 14, GATEWAY);
        out.put(at + 18, frame, at + 8, 10); // the requester's MAC and IPv4 addresses
        return at + LENGTH;
    }
}
