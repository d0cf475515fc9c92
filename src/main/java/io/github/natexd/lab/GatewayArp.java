package io.github.natexd.lab;

import io.github.natexd.wire.EthernetFrame;
import io.github.natexd.wire.Ipv4Address;
import java.nio.ByteBuffer;

/** Tells guests the NAT's MAC address when they ask who has 192.168.44.2 (RFC 826). */
final class GatewayArp {
    static final int ETHER_TYPE = 0x0806;

    private static final int LENGTH = 28;
    /** Hardware type Ethernet, protocol type IPv4, lengths 6 and 4, in front of the operation. */
    private static final long ETHERNET_IPV4 = 0x0001_0800_0604_0000L;

    private static final int REQUEST = 1;
    private static final int REPLY = 2;
    private static final int GATEWAY = Ipv4Address.parse(Topology.GATEWAY);

    private GatewayArp() {}

    /** Writes the answer to a frame into {@code out}; answers its length, 0 if there is nothing to say. */
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
        out.put(at + 18, frame, at + 8, 10); // the asker's MAC and address
        return at + LENGTH;
    }
}
