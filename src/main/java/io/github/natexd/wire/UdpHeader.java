package io.github.natexd.wire;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A window onto one UDP header (RFC 768).
 * <pre>
 *    0        8       16       24      31
 *  0|   source port    | destination port|
 *  4|     length       |    checksum     |
 * </pre>
 * Routers quote at least these {@value #LENGTH} octets (RFC 792). The data may be missing, so the checksum of an
 * embedded header can be repaired by the difference, but not verified. There is no {@code check}: any eight octets are
 * a valid header, and a caller that has fewer must not lay this view over them.
 */
public final class UdpHeader {
    /** The octets of the header. */
    public static final int LENGTH = 8;

    private static final int SOURCE_PORT = 0;
    private static final int DESTINATION_PORT = 2;
    private static final int DATAGRAM_LENGTH = 4;
    private static final int CHECKSUM = 6;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private ByteBuffer buffer = NOTHING;
    private int offset;

    /** Lays this view over the {@value #LENGTH} octets at {@code offset}. */
    public UdpHeader over(ByteBuffer buffer, int offset) {
        Objects.checkFromIndexSize(offset, LENGTH, buffer.limit());
        this.buffer = buffer;
        this.offset = offset;
        return this;
    }

    public int offset() {
        return offset;
    }

    public int sourcePort() {
        return unsignedShort(SOURCE_PORT);
    }

    public int destinationPort() {
        return unsignedShort(DESTINATION_PORT);
    }

    /** The length field: the octets of header and data. */
    public int length() {
        return unsignedShort(DATAGRAM_LENGTH);
    }

    /** The checksum; 0 means that the sender computed none. */
    public int checksum() {
        return unsignedShort(CHECKSUM);
    }

    /**
     * Replaces the source port and repairs the checksum by the difference. The checksum covers the addresses, too (RFC
     * 768), so it is also repaired for the new source address; the IPv4 header does not change. A checksum of 0 stays.
     */
    public void rewriteSource(int formerAddress, int address, int port) {
        if (checksum() != 0) {
            int checksum = Checksum.update32(checksum(), formerAddress, address);
            putChecksum(Checksum.update16(checksum, sourcePort(), port));
        }
        buffer.putShort(offset + SOURCE_PORT, (short) port);
    }

    /**
     * Replaces the destination port and computes a new checksum for these addresses, over header and data: {@code
     * length} octets. A checksum of 0 stays.
     */
    public void rewriteDestination(int source, int destination, int port, int length) {
        buffer.putShort(offset + DESTINATION_PORT, (short) port);
        if (checksum() != 0) {
            buffer.putShort(offset + CHECKSUM, (short) 0);
            int head = Checksum.pseudoHeader(source, destination, Protocol.UDP, length);
            putChecksum(Checksum.complement(Checksum.add(head, Checksum.sum(buffer, offset, length))));
        }
    }

    /** A computed 0 becomes all ones, because 0 means that there is no checksum (RFC 768). */
    private void putChecksum(int computed) {
        buffer.putShort(offset + CHECKSUM, (short) (computed == 0 ? 0xFFFF : computed));
    }

    /** The header as a packet printer shows it. */
    @Override
    public String toString() {
        return buffer == NOTHING
                ? "UDP nowhere"
                : "UDP %d > %d, length %d, checksum 0x%04x"
                        .formatted(sourcePort(), destinationPort(), length(), checksum());
    }

    private int unsignedShort(int field) {
        return buffer.getShort(offset + field) & 0xFFFF;
    }
}
