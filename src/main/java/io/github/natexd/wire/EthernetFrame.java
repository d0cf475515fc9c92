package io.github.natexd.wire;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A window onto one Ethernet II frame without preamble and check sequence (IEEE 802.3, clause 3).
 * <pre>
 *    0        8       16       24      31
 *  0|          destination MAC
 *  4|                 |   source MAC
 *  8|                                   |
 * 12|   ether type    |  payload ...
 * </pre>
 * VLAN tags are not decoded, because VMware's hub carries none: a tagged frame is a frame of another type.
 */
public final class EthernetFrame {
    /** The octets of the header. */
    public static final int LENGTH = 14;

    public static final int TYPE_IPV4 = 0x0800;

    private static final int DESTINATION = 0;
    private static final int SOURCE = 6;
    private static final int ETHER_TYPE = 12;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private ByteBuffer buffer = NOTHING;
    private int offset;
    private int length;

    /** Whether the header is complete; if not, only {@link #offset} may be called. */
    public boolean check() {
        return length >= LENGTH;
    }

    /** Lays this view over {@code length} octets, header and payload. */
    public EthernetFrame over(ByteBuffer buffer, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, buffer.limit());
        this.buffer = buffer;
        this.offset = offset;
        this.length = length;
        return this;
    }

    public int offset() {
        return offset;
    }

    public long destination() {
        return mac(offset + DESTINATION);
    }

    public long source() {
        return mac(offset + SOURCE);
    }

    public int etherType() {
        return buffer.getShort(offset + ETHER_TYPE) & 0xFFFF;
    }

    public boolean isIpv4() {
        return etherType() == TYPE_IPV4;
    }

    public int payloadOffset() {
        return offset + LENGTH;
    }

    /** The octets behind the header; short frames are padded, so there may be more than the packet has. */
    public int payloadOctets() {
        return length - LENGTH;
    }

    /** Writes a header of {@link #LENGTH} octets. */
    public static void write(ByteBuffer buffer, int offset, long destination, long source, int etherType) {
        buffer.putShort(offset + DESTINATION, (short) (destination >>> 32));
        buffer.putInt(offset + DESTINATION + Short.BYTES, (int) destination);
        buffer.putShort(offset + SOURCE, (short) (source >>> 32));
        buffer.putInt(offset + SOURCE + Short.BYTES, (int) source);
        buffer.putShort(offset + ETHER_TYPE, (short) etherType);
    }

    /** The header as a packet printer shows it. */
    @Override
    public String toString() {
        return length < LENGTH
                ? "Ethernet cut off after " + length + " octets"
                : "Ethernet %s > %s, type 0x%04x, length %d"
                        .formatted(MacAddress.text(source()), MacAddress.text(destination()), etherType(), length);
    }

    private long mac(int at) {
        return (buffer.getShort(at) & 0xFFFFL) << 32 | (buffer.getInt(at + Short.BYTES) & 0xFFFF_FFFFL);
    }
}
