package io.github.natexd.wire;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A window onto one IPv4 header inside a larger byte region (RFC 791, section 3.1).
 * <pre>
 *    0        8       16       24      31
 *  0|ver |ihl |  tos   |  total length   |
 *  4|  identification  |flg|frag offset  |
 *  8|  ttl   |protocol | header checksum |
 * 12|           source address           |
 * 16|         destination address        |
 * 20|         options, 0 to 40 octets ...
 * </pre>
 * {@link #check} decides once whether the header is valid; after that no accessor can leave the header. This class is
 * for outer and embedded headers; only an embedded header may have a total length beyond the octets at hand, because
 * routers quote a prefix.
 */
public final class Ipv4Header {
    /** The octets of a header without options. */
    public static final int MIN_LENGTH = 20;

    /** Why a region is not an IPv4 header. */
    public enum Problem {
        NONE,
        /** The octets at hand end before the header does. */
        TRUNCATED,
        /** The version is not 4. */
        VERSION,
        /** The header length is below 20 octets. */
        HEADER_LENGTH,
        /** The total length is less than the header or, in an outer header, more than the octets at hand. */
        TOTAL_LENGTH
    }

    private static final int VERSION_AND_HEADER_LENGTH = 0;
    private static final int TYPE_OF_SERVICE = 1;
    private static final int TOTAL_LENGTH = 2;
    private static final int IDENTIFICATION = 4;
    private static final int FLAGS_AND_OFFSET = 6;
    private static final int TIME_TO_LIVE = 8;
    private static final int PROTOCOL = 9;
    private static final int HEADER_CHECKSUM = 10;
    private static final int SOURCE = 12;
    private static final int DESTINATION = 16;

    public static final int DONT_FRAGMENT = 0x4000;
    public static final int MORE_FRAGMENTS = 0x2000;
    private static final int FRAGMENT_OFFSET = 0x1FFF;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private ByteBuffer buffer = NOTHING;
    private int offset;
    private int octetsAtHand;
    private int transportOctets;

    /**
     * Decides whether the octets at hand begin with a complete IPv4 header. Unless the result is {@link Problem#NONE},
     * only {@link #offset} and {@link #octetsAtHand} may be called.
     *
     * <p>The total length of an embedded header is neither checked nor used: routers quote a prefix, pad it (RFC
     * 4884, section 4.5), and some of them even rewrite the field.
     */
    public Problem check(boolean embedded) {
        if (octetsAtHand < MIN_LENGTH) {
            return Problem.TRUNCATED;
        }
        if ((buffer.get(offset + VERSION_AND_HEADER_LENGTH) & 0xF0) != 0x40) {
            return Problem.VERSION;
        }
        int headerLength = headerLength();
        if (headerLength < MIN_LENGTH) {
            return Problem.HEADER_LENGTH;
        }
        if (headerLength > octetsAtHand) {
            return Problem.TRUNCATED;
        }
        if (embedded) {
            transportOctets = octetsAtHand - headerLength;
            return Problem.NONE;
        }
        int totalLength = totalLength();
        if (totalLength < headerLength || totalLength > octetsAtHand) {
            return Problem.TOTAL_LENGTH;
        }
        transportOctets = totalLength - headerLength;
        return Problem.NONE;
    }

    /** Lays this view over a region; nothing beyond {@code octetsAtHand} will be read or written. */
    public Ipv4Header over(ByteBuffer buffer, int offset, int octetsAtHand) {
        Objects.checkFromIndexSize(offset, octetsAtHand, buffer.limit());
        this.buffer = buffer;
        this.offset = offset;
        this.octetsAtHand = octetsAtHand;
        this.transportOctets = 0;
        return this;
    }

    public int offset() {
        return offset;
    }

    public int octetsAtHand() {
        return octetsAtHand;
    }

    /** The octets of the header, including options: 20 to 60. */
    public int headerLength() {
        return (buffer.get(offset + VERSION_AND_HEADER_LENGTH) & 0x0F) * 4;
    }

    public int optionsLength() {
        return headerLength() - MIN_LENGTH;
    }

    public int typeOfService() {
        return buffer.get(offset + TYPE_OF_SERVICE) & 0xFF;
    }

    /** The total length field; in an embedded header it bounds nothing. */
    public int totalLength() {
        return unsignedShort(TOTAL_LENGTH);
    }

    public int identification() {
        return unsignedShort(IDENTIFICATION);
    }

    public boolean dontFragment() {
        return (unsignedShort(FLAGS_AND_OFFSET) & DONT_FRAGMENT) != 0;
    }

    public boolean moreFragments() {
        return (unsignedShort(FLAGS_AND_OFFSET) & MORE_FRAGMENTS) != 0;
    }

    /** Where this fragment begins in the whole datagram, in octets. */
    public int fragmentOffset() {
        return (unsignedShort(FLAGS_AND_OFFSET) & FRAGMENT_OFFSET) * 8;
    }

    public boolean isFragment() {
        return (unsignedShort(FLAGS_AND_OFFSET) & (MORE_FRAGMENTS | FRAGMENT_OFFSET)) != 0;
    }

    /** Whether this is a fragment that does not begin with the transport header. */
    public boolean isLaterFragment() {
        return fragmentOffset() != 0;
    }

    public int timeToLive() {
        return buffer.get(offset + TIME_TO_LIVE) & 0xFF;
    }

    public int protocol() {
        return buffer.get(offset + PROTOCOL) & 0xFF;
    }

    public int headerChecksum() {
        return unsignedShort(HEADER_CHECKSUM);
    }

    public boolean checksumOk() {
        return Checksum.sum(buffer, offset, headerLength()) == Checksum.INTACT;
    }

    public int source() {
        return buffer.getInt(offset + SOURCE);
    }

    public int destination() {
        return buffer.getInt(offset + DESTINATION);
    }

    /** Where the transport header begins in the buffer, behind options. */
    public int transportOffset() {
        return offset + headerLength();
    }

    /**
     * The octets at hand behind the header; 0 unless {@link #check} has found no problem. An outer header's total
     * length limits them.
     */
    public int transportOctets() {
        return transportOctets;
    }

    /** Replaces the source address and repairs the header checksum by the difference. */
    public void rewriteSource(int address) {
        rewriteAddress(SOURCE, address);
    }

    /** Replaces the destination address and repairs the header checksum by the difference. */
    public void rewriteDestination(int address) {
        rewriteAddress(DESTINATION, address);
    }

    /** Replaces the identification and repairs the header checksum by the difference. */
    public void rewriteIdentification(int identification) {
        int checksum = Checksum.update16(headerChecksum(), identification(), identification);
        putShort(IDENTIFICATION, identification);
        putShort(HEADER_CHECKSUM, checksum);
    }

    /** Computes the header checksum, and ignores the old one. */
    public void recomputeHeaderChecksum() {
        putShort(HEADER_CHECKSUM, 0);
        putShort(HEADER_CHECKSUM, Checksum.complement(Checksum.sum(buffer, offset, headerLength())));
    }

    /** Writes a header without options, with its checksum. */
    public static void write(
            ByteBuffer buffer,
            int offset,
            int typeOfService,
            int totalLength,
            int identification,
            int flagsAndOffset,
            int timeToLive,
            int protocol,
            int source,
            int destination) {
        buffer.put(offset + VERSION_AND_HEADER_LENGTH, (byte) 0x45);
        buffer.put(offset + TYPE_OF_SERVICE, (byte) typeOfService);
        buffer.putShort(offset + TOTAL_LENGTH, (short) totalLength);
        buffer.putShort(offset + IDENTIFICATION, (short) identification);
        buffer.putShort(offset + FLAGS_AND_OFFSET, (short) flagsAndOffset);
        buffer.put(offset + TIME_TO_LIVE, (byte) timeToLive);
        buffer.put(offset + PROTOCOL, (byte) protocol);
        buffer.putShort(offset + HEADER_CHECKSUM, (short) 0);
        buffer.putInt(offset + SOURCE, source);
        buffer.putInt(offset + DESTINATION, destination);
        int checksum = Checksum.complement(Checksum.sum(buffer, offset, MIN_LENGTH));
        buffer.putShort(offset + HEADER_CHECKSUM, (short) checksum);
    }

    /** The header as a packet printer shows it. */
    @Override
    public String toString() {
        return octetsAtHand < MIN_LENGTH
                ? "IPv4 cut off after " + octetsAtHand + " octets"
                : "IPv4 %s > %s, protocol %d, ttl %d, id %d, fragment offset %d, length %d, checksum 0x%04x"
                        .formatted(
                                Ipv4Address.text(source()),
                                Ipv4Address.text(destination()),
                                protocol(),
                                timeToLive(),
                                identification(),
                                fragmentOffset(),
                                totalLength(),
                                headerChecksum());
    }

    private int unsignedShort(int field) {
        return buffer.getShort(offset + field) & 0xFFFF;
    }

    private void rewriteAddress(int field, int address) {
        int checksum = Checksum.update32(headerChecksum(), buffer.getInt(offset + field), address);
        buffer.putInt(offset + field, address);
        putShort(HEADER_CHECKSUM, checksum);
    }

    private void putShort(int field, int value) {
        buffer.putShort(offset + field, (short) value);
    }
}
