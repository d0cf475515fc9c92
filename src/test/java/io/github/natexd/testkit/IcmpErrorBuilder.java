package io.github.natexd.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Builds an ICMP error; {@link Packets} creates the builder. */
public final class IcmpErrorBuilder {
    /** A quote in front of extensions is padded to this many octets (RFC 4884, section 4.5). */
    private static final int PADDED_QUOTE = 128;

    private static final int CLASS_MPLS = 1;
    private static final int CLASS_INTERFACE = 2;

    private final Packets.Ipv4Fields ipv4 = new Packets.Ipv4Fields();
    private final int type;
    private final int code;
    private final int reporter;
    private final int destination;
    private final ByteArrayOutputStream objects = new ByteArrayOutputStream();
    private byte[] quote = {};
    private int lengthOctet = -1;
    private int mtu;
    private int checksumDamage;

    IcmpErrorBuilder(int type, int code, int reporter, int destination) {
        this.type = type;
        this.code = code;
        this.reporter = reporter;
        this.destination = destination;
        ipv4.ttl = 250;
        ipv4.tos = 0xC0;
    }

    /** Quotes the first octets of a packet, or all of it if it is shorter. */
    public IcmpErrorBuilder quoting(byte[] packet, int octets) {
        quote = Arrays.copyOf(packet, Math.min(octets, packet.length));
        return this;
    }

    public IcmpErrorBuilder quoting(byte[] packet) {
        return quoting(packet, packet.length);
    }

    public IcmpErrorBuilder ttl(int ttl) {
        ipv4.ttl = ttl;
        return this;
    }

    public IcmpErrorBuilder id(int id) {
        ipv4.id = id;
        return this;
    }

    public IcmpErrorBuilder tos(int tos) {
        ipv4.tos = tos;
        return this;
    }

    public IcmpErrorBuilder flagsAndOffset(int word) {
        ipv4.flagsAndOffset = word;
        return this;
    }

    public IcmpErrorBuilder options(byte... options) {
        ipv4.options = options.clone();
        return this;
    }

    public IcmpErrorBuilder totalLength(int octets) {
        ipv4.totalLength = octets;
        return this;
    }

    public IcmpErrorBuilder wrongHeaderChecksum() {
        ipv4.checksumDamage = 0x0100;
        return this;
    }

    public IcmpErrorBuilder wrongChecksum() {
        checksumDamage = 0x0100;
        return this;
    }

    /** The last two octets before the quote: the MTU of fragmentation needed. */
    public IcmpErrorBuilder mtu(int octets) {
        mtu = octets;
        return this;
    }

    /** Claims this length of the padded quote in words, right or wrong; otherwise 32 with extensions, 0 without. */
    public IcmpErrorBuilder lengthOctet(int words) {
        lengthOctet = words;
        return this;
    }

    /** Adds an MPLS label stack of one entry (RFC 4950). */
    public IcmpErrorBuilder mpls(int label, int trafficClass, int ttl) {
        int bottomOfStack = 1;
        int entry = label << 12 | trafficClass << 9 | bottomOfStack << 8 | ttl;
        return extension(CLASS_MPLS, 1, ByteBuffer.allocate(4).putInt(entry).array());
    }

    /** Adds interface information: the index of the interface the probe came in on (RFC 5837). */
    public IcmpErrorBuilder incomingInterface(int index) {
        int roleIncomingWithIndex = 0x08;
        return extension(
                CLASS_INTERFACE,
                roleIncomingWithIndex,
                ByteBuffer.allocate(4).putInt(index).array());
    }

    /** Adds any object (RFC 4884, section 8). */
    public IcmpErrorBuilder extension(int objectClass, int objectType, byte... payload) {
        ByteBuffer object = ByteBuffer.allocate(4 + payload.length);
        object.putShort((short) object.capacity())
                .put((byte) objectClass)
                .put((byte) objectType)
                .put(payload);
        objects.writeBytes(object.array());
        return this;
    }

    public byte[] bytes() {
        return Packets.ipv4(ipv4, Packets.ICMP, reporter, destination, message());
    }

    public ByteBuffer buffer() {
        return Packets.buffer(bytes());
    }

    private byte[] message() {
        boolean extended = objects.size() > 0;
        byte[] padded = extended ? Arrays.copyOf(quote, PADDED_QUOTE) : quote;
        byte[] extensions = extended ? extensions() : new byte[0];
        int words = lengthOctet >= 0 ? lengthOctet : extended ? PADDED_QUOTE / 4 : 0;
        ByteBuffer octets = ByteBuffer.allocate(Packets.HEAD_LENGTH + padded.length + extensions.length);
        octets.put((byte) type).put((byte) code).putShort((short) 0);
        octets.put((byte) 0).put((byte) words).putShort((short) mtu);
        octets.put(padded).put(extensions);
        int checksum = ~Packets.sum(octets.array(), 0, octets.capacity()) & 0xFFFF;
        octets.putShort(2, (short) (checksum ^ checksumDamage));
        return octets.array();
    }

    private byte[] extensions() {
        ByteBuffer octets = ByteBuffer.allocate(4 + objects.size());
        int version2 = 0x2000;
        octets.putShort((short) version2).putShort((short) 0).put(objects.toByteArray());
        octets.putShort(2, (short) ~Packets.sum(octets.array(), 0, octets.capacity()));
        return octets.array();
    }
}
