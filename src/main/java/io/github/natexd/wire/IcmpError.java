package io.github.natexd.wire;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A window onto one ICMP error, from its type to its last octet (RFC 792; length octet and extensions: RFC 4884).
 * <pre>
 *    0        8       16       24      31
 *  0|  type  |  code   |    checksum     |
 *  4| unused | length  | unused or MTU   |
 *  8|  embedded IPv4 header, then the first octets of its transport;
 *   |  possibly zeros up to 128 octets and extensions (MPLS labels)
 * </pre>
 * The meaning of octets 4 to 7 depends on the type; a redirect has an address there, a parameter problem a pointer.
 * To read the embedded packet, lay an {@link Ipv4Header} over {@link #embeddedOffset} and {@link #embeddedOctets}:
 * the length octet does not bound it, because real routers write arbitrary values there.
 */
public final class IcmpError {
    /** The octets in front of the embedded packet. */
    public static final int LENGTH = 8;

    public static final int TYPE_DESTINATION_UNREACHABLE = 3;
    public static final int TYPE_SOURCE_QUENCH = 4;
    public static final int TYPE_REDIRECT = 5;
    public static final int TYPE_TIME_EXCEEDED = 11;
    public static final int TYPE_PARAMETER_PROBLEM = 12;

    /** Of {@link #TYPE_TIME_EXCEEDED}: the time to live was used up on the way. */
    public static final int CODE_TTL_EXCEEDED = 0;
    /** Of {@link #TYPE_TIME_EXCEEDED}: fragments were missing for too long. */
    public static final int CODE_REASSEMBLY_TIME_EXCEEDED = 1;
    /** Of {@link #TYPE_DESTINATION_UNREACHABLE}: no process listens on the port. */
    public static final int CODE_PORT_UNREACHABLE = 3;
    /**
     * Of {@link #TYPE_DESTINATION_UNREACHABLE}: the packet is too long for the next link, and must not be fragmented.
     */
    public static final int CODE_FRAGMENTATION_NEEDED = 4;

    private static final int TYPE = 0;
    private static final int CODE = 1;
    private static final int CHECKSUM = 2;
    private static final int LENGTH_OCTET = 5;
    private static final int NEXT_HOP_MTU = 6;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private ByteBuffer buffer = NOTHING;
    private int offset;
    private int length;

    /** Whether this ICMP type reports an error about another packet (RFC 1122, section 3.2.2). */
    public static boolean isErrorType(int type) {
        return switch (type) {
            case TYPE_DESTINATION_UNREACHABLE,
                    TYPE_SOURCE_QUENCH,
                    TYPE_REDIRECT,
                    TYPE_TIME_EXCEEDED,
                    TYPE_PARAMETER_PROBLEM -> true;
            default -> false;
        };
    }

    /** Whether the header in front of the embedded packet is complete; if not, only {@link #offset} may be called. */
    public boolean check() {
        return length >= LENGTH;
    }

    /** Lays this view over the whole ICMP message: {@code length} octets, all that the checksum covers. */
    public IcmpError over(ByteBuffer buffer, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, buffer.limit());
        this.buffer = buffer;
        this.offset = offset;
        this.length = length;
        return this;
    }

    public int offset() {
        return offset;
    }

    /** The octets of the whole message. */
    public int length() {
        return length;
    }

    public int type() {
        return buffer.get(offset + TYPE) & 0xFF;
    }

    public int code() {
        return buffer.get(offset + CODE) & 0xFF;
    }

    public int checksum() {
        return buffer.getShort(offset + CHECKSUM) & 0xFFFF;
    }

    /** Whether the checksum agrees with all octets of the message, including extensions. */
    public boolean checksumOk() {
        return Checksum.sum(buffer, offset, length) == Checksum.INTACT;
    }

    /** The length of the padded quote in 32-bit words, 0 without extensions (RFC 4884, section 4); often wrong. */
    public int lengthOctet() {
        return buffer.get(offset + LENGTH_OCTET) & 0xFF;
    }

    /** Where the embedded packet begins in the buffer. */
    public int embeddedOffset() {
        return offset + LENGTH;
    }

    /** Of {@link #CODE_FRAGMENTATION_NEEDED}: the MTU of the next link (RFC 1191); 0 from old routers. */
    public int nextHopMtu() {
        return buffer.getShort(offset + NEXT_HOP_MTU) & 0xFFFF;
    }

    /** The octets behind the ICMP header: quote, padding, extensions. */
    public int embeddedOctets() {
        return length - LENGTH;
    }

    /** Repairs the checksum after octets have changed, given their sums before and after the change (RFC 1624). */
    public void repairChecksum(int formerSum, int sum) {
        int rest = Checksum.add(Checksum.complement(checksum()), Checksum.complement(formerSum));
        buffer.putShort(offset + CHECKSUM, (short) Checksum.complement(Checksum.add(rest, sum)));
    }

    /** The header as a packet printer shows it. */
    @Override
    public String toString() {
        return check()
                ? "ICMP type %d code %d, checksum 0x%04x, length %d".formatted(type(), code(), checksum(), length)
                : "ICMP cut off after " + length + " octets";
    }
}
