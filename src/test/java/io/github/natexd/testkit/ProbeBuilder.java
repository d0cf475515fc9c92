package io.github.natexd.testkit;

import java.nio.ByteBuffer;

/** Builds a UDP or ICMP echo probe; {@link Packets} creates the builder. */
public final class ProbeBuilder {
    private final Packets.Ipv4Fields ipv4 = new Packets.Ipv4Fields();
    private final int protocol;
    private final int source;
    private final int destination;
    private final int first;
    private final int second;
    private int icmpType = 8;
    private byte[] data = {};
    private int checksum = -1;

    /** The two numbers are the ports of UDP, or the identifier and sequence number of ICMP echo. */
    ProbeBuilder(int protocol, int source, int destination, int first, int second) {
        this.protocol = protocol;
        this.source = source;
        this.destination = destination;
        this.first = first;
        this.second = second;
        ipv4.ttl = 1;
    }

    public ProbeBuilder ttl(int ttl) {
        ipv4.ttl = ttl;
        return this;
    }

    public ProbeBuilder id(int id) {
        ipv4.id = id;
        return this;
    }

    public ProbeBuilder tos(int tos) {
        ipv4.tos = tos;
        return this;
    }

    /** The whole word of flags and fragment offset: 0x4000 is DF, 0x2000 MF, the rest the offset in eights. */
    public ProbeBuilder flagsAndOffset(int word) {
        ipv4.flagsAndOffset = word;
        return this;
    }

    public ProbeBuilder options(byte... options) {
        ipv4.options = options.clone();
        return this;
    }

    /** Claims another total length than the packet has. */
    public ProbeBuilder totalLength(int octets) {
        ipv4.totalLength = octets;
        return this;
    }

    public ProbeBuilder wrongHeaderChecksum() {
        ipv4.checksumDamage = 0x0100;
        return this;
    }

    /** For ICMP: sets a type other than echo request. */
    public ProbeBuilder icmpType(int type) {
        icmpType = type;
        return this;
    }

    public ProbeBuilder data(byte... octets) {
        data = octets.clone();
        return this;
    }

    /** Adds this number of octets, counting from 0x40, as Linux' traceroute fills its probes. */
    public ProbeBuilder dataOctets(int count) {
        data = new byte[count];
        for (int i = 0; i < count; i++) {
            data[i] = (byte) (0x40 + i);
        }
        return this;
    }

    /** Sets this transport checksum, right or wrong; for UDP, 0 means that there is none. */
    public ProbeBuilder checksum(int value) {
        checksum = value;
        return this;
    }

    public byte[] bytes() {
        return Packets.ipv4(ipv4, protocol, source, destination, transport());
    }

    public ByteBuffer buffer() {
        return Packets.buffer(bytes());
    }

    private byte[] transport() {
        ByteBuffer octets = ByteBuffer.allocate(Packets.HEAD_LENGTH + data.length);
        boolean udp = protocol == Packets.UDP;
        int checksumOffset = udp ? 6 : 2;
        if (udp) {
            octets.putShort((short) first).putShort((short) second);
            octets.putShort((short) octets.capacity()).putShort((short) 0);
        } else {
            octets.put((byte) icmpType).put((byte) 0).putShort((short) 0);
            octets.putShort((short) first).putShort((short) second);
        }
        octets.put(data);
        octets.putShort(checksumOffset, (short) (checksum < 0 ? rightChecksum(octets.array(), udp) : checksum));
        return octets.array();
    }

    private int rightChecksum(byte[] octets, boolean udp) {
        if (!udp) {
            return ~Packets.sum(octets, 0, octets.length) & 0xFFFF;
        }
        int computed = ~Packets.udpSum(source, destination, octets) & 0xFFFF;
        return computed == 0 ? 0xFFFF : computed; // RFC 768: 0 means "none"
    }
}
