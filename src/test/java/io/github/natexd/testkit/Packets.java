package io.github.natexd.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.ports.GuestLink;
import io.github.natexd.wire.EthernetFrame;
import io.github.natexd.wire.Ipv4Address;
import io.github.natexd.wire.Ipv4Header;
import io.github.natexd.wire.MacAddress;
import io.github.natexd.wire.Protocol;
import io.github.natexd.wire.TcpHeader;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Builds the packets for tests: probes, and ICMP errors that quote them, with correct checksums unless a test asks for
 * a wrong one.
 *
 * <pre>
 * byte[] probe = Packets.udpProbe(HOST, TARGET, 40000, 33434).ttl(1).dataOctets(32).bytes();
 * byte[] error = Packets.timeExceeded(ROUTER, HOST).quoting(probe, 28).mpls(24001, 0, 1).bytes();
 * </pre>
 *
 * The checksums come from a simple word-by-word sum ({@link #sum}), not from {@code wire}: it is the oracle for the
 * code under test.
 */
public final class Packets {
    /** The addresses: a guest behind the NAT, the host's address on the uplink, a router and a target outside. */
    public static final int GUEST = Ipv4Address.parse("192.168.44.100");

    public static final int OTHER_GUEST = Ipv4Address.parse("192.168.44.101");
    public static final int GATEWAY = Ipv4Address.parse("192.168.44.2");
    public static final int HOST = Ipv4Address.parse("203.0.113.7");
    public static final int ROUTER = Ipv4Address.parse("198.51.100.1");
    public static final int TARGET = Ipv4Address.parse("192.0.2.80");
    public static final long GUEST_MAC = MacAddress.parse("00:0c:29:aa:bb:01");
    public static final long OTHER_GUEST_MAC = MacAddress.parse("00:0c:29:aa:bb:02");
    public static final long GATEWAY_MAC = MacAddress.parse("00:50:56:e0:00:02");

    /** The octet that {@link #amid} puts around a packet; a read or write there is noticed. */
    public static final byte FILLER = (byte) 0xa5;

    static final int ICMP = 1;
    static final int UDP = 17;
    static final int IPV4_LENGTH = 20;
    static final int HEAD_LENGTH = 8;

    private Packets() {}

    public static ProbeBuilder udpProbe(int source, int destination, int sourcePort, int destinationPort) {
        return new ProbeBuilder(UDP, source, destination, sourcePort, destinationPort);
    }

    public static ProbeBuilder echoProbe(int source, int destination, int identifier, int sequence) {
        return new ProbeBuilder(ICMP, source, destination, identifier, sequence);
    }

    /** Opens a TCP connection, with a TTL and a window that no kernel chooses. */
    public static byte[] syn(int source, int sourcePort, int destination, int destinationPort) {
        ByteBuffer packet = ByteBuffer.allocate(Ipv4Header.MIN_LENGTH + TcpHeader.MIN_LENGTH);
        Ipv4Header.write(packet, 0, 0, packet.capacity(), 0x1234, 0, 200, Protocol.TCP, source, destination);
        int at = Ipv4Header.MIN_LENGTH;
        TcpHeader.write(packet, at, sourcePort, destinationPort, 1_000_000, 0, TcpHeader.SYN, 5000, 0);
        new TcpHeader().over(packet, at, TcpHeader.MIN_LENGTH).computeChecksum(source, destination);
        return packet.array();
    }

    public static IcmpErrorBuilder icmpError(int type, int code, int reporter, int destination) {
        return new IcmpErrorBuilder(type, code, reporter, destination);
    }

    public static IcmpErrorBuilder timeExceeded(int reporter, int destination) {
        return icmpError(11, 0, reporter, destination);
    }

    public static IcmpErrorBuilder portUnreachable(int reporter, int destination) {
        return icmpError(3, 3, reporter, destination);
    }

    public static IcmpErrorBuilder fragmentationNeeded(int reporter, int destination, int mtu) {
        return icmpError(3, 4, reporter, destination).mtu(mtu);
    }

    /** An Ethernet II frame around an IPv4 packet. */
    public static byte[] frame(long destination, long source, byte[] packet) {
        ByteBuffer frame = ByteBuffer.allocate(14 + packet.length);
        frame.putShort((short) (destination >>> 32)).putInt((int) destination);
        frame.putShort((short) (source >>> 32)).putInt((int) source);
        frame.putShort((short) 0x0800).put(packet);
        return frame.array();
    }

    public static ByteBuffer buffer(byte[] octets) {
        return ByteBuffer.wrap(octets);
    }

    /** A copy outside the heap, as the queue's buffers are. */
    public static ByteBuffer direct(byte[] octets) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(octets.length);
        return buffer.put(0, octets);
    }

    /** Sends a packet in a frame. */
    public static void send(GuestLink link, long destination, long source, byte[] packet) {
        ByteBuffer frame = ByteBuffer.allocateDirect(EthernetFrame.LENGTH + packet.length);
        frame.put(EthernetFrame.LENGTH, packet);
        int index = link.queueFrame(destination, source, frame, EthernetFrame.LENGTH, packet.length);
        link.sendFrames();
        assertTrue(link.sent(index), "the interface takes no frame");
    }

    /** The packet at {@code offset} of a larger buffer, with {@link #FILLER} before and {@code behind} times behind. */
    public static ByteBuffer amid(byte[] packet, int offset, int behind) {
        byte[] octets = new byte[offset + packet.length + behind];
        Arrays.fill(octets, FILLER);
        System.arraycopy(packet, 0, octets, offset, packet.length);
        return ByteBuffer.wrap(octets);
    }

    public static byte[] octets(ByteBuffer buffer, int offset, int length) {
        byte[] octets = new byte[length];
        buffer.get(offset, octets);
        return octets;
    }

    /** The ones' complement sum, word by word, as RFC 1071 defines it. */
    public static int sum(byte[] octets, int offset, int length) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            int octet = octets[offset + i] & 0xFF;
            sum += i % 2 == 0 ? octet << 8 : octet;
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return sum;
    }

    /** Whether the IPv4 header that begins at {@code offset} has the right checksum. */
    public static boolean headerIntact(byte[] octets, int offset) {
        return sum(octets, offset, headerLength(octets, offset)) == 0xFFFF;
    }

    /** Whether the ICMP message in an outer packet has the right checksum. */
    public static boolean icmpIntact(byte[] packet) {
        int icmp = headerLength(packet, 0);
        return sum(packet, icmp, packet.length - icmp) == 0xFFFF;
    }

    /** Whether the transport of a whole, unfragmented UDP or ICMP packet at {@code offset} has the right checksum. */
    public static boolean transportIntact(byte[] octets, int offset) {
        ByteBuffer packet = ByteBuffer.wrap(octets);
        int transport = offset + headerLength(octets, offset);
        int length = offset + (packet.getShort(offset + 2) & 0xFFFF) - transport;
        byte[] covered = Arrays.copyOfRange(octets, transport, transport + length);
        if (octets[offset + 9] == ICMP) {
            return sum(covered, 0, length) == 0xFFFF;
        }
        boolean none = packet.getShort(transport + 6) == 0;
        return none || udpSum(packet.getInt(offset + 12), packet.getInt(offset + 16), covered) == 0xFFFF;
    }

    public static int headerLength(byte[] octets, int offset) {
        return (octets[offset] & 0x0F) * 4;
    }

    static int udpSum(int source, int destination, byte[] datagram) {
        ByteBuffer covered = ByteBuffer.allocate(12 + datagram.length);
        covered.putInt(source).putInt(destination).putShort((short) UDP).putShort((short) datagram.length);
        covered.put(datagram);
        return sum(covered.array(), 0, covered.capacity());
    }

    /** An IPv4 packet around a transport; the options' octets are padded to whole words with zeros (end of list). */
    static byte[] ipv4(Ipv4Fields fields, int protocol, int source, int destination, byte[] transport) {
        byte[] options = Arrays.copyOf(fields.options, (fields.options.length + 3) / 4 * 4);
        int headerLength = IPV4_LENGTH + options.length;
        int totalLength = fields.totalLength < 0 ? headerLength + transport.length : fields.totalLength;
        ByteBuffer packet = ByteBuffer.allocate(headerLength + transport.length);
        packet.put((byte) (0x40 | headerLength / 4)).put((byte) fields.tos).putShort((short) totalLength);
        packet.putShort((short) fields.id).putShort((short) fields.flagsAndOffset);
        packet.put((byte) fields.ttl).put((byte) protocol).putShort((short) 0);
        packet.putInt(source).putInt(destination).put(options).put(transport);
        int checksum = ~sum(packet.array(), 0, headerLength) & 0xFFFF;
        packet.putShort(10, (short) (checksum ^ fields.checksumDamage));
        return packet.array();
    }

    /** What probes and errors have in common: the fields of the IPv4 header that tests vary. */
    static final class Ipv4Fields {
        int tos;
        int id = 0x4a3b;
        int flagsAndOffset;
        int ttl = 64;
        int totalLength = -1;
        byte[] options = {};
        int checksumDamage;
    }
}
