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
 * Routers quote at least these {@value #LENGTH} octets (RFC 792); what follows may be missing, so the checksum can be
 * repaired by the difference but, of an embedded header, never be verified. There is no {@code check}: any eight
 * octets are such a header, and a caller that has fewer must not lay this view over them.
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

    /** The octets of header and data as the sender counted them. */
    public int length() {
        return unsignedShort(DATAGRAM_LENGTH);
    }

    /** The checksum; 0 means that the sender computed none. */
    public int checksum() {
        return unsignedShort(CHECKSUM);
    }

    /** Replaces the source port; the checksum stays as it was. */
    public void rewriteSourcePort(int port) {
        buffer.putShort(offset + SOURCE_PORT, (short) port);
    }

    public void rewriteChecksum(int checksum) {
        buffer.putShort(offset + CHECKSUM, (short) checksum);
    }

    private int unsignedShort(int field) {
        return buffer.getShort(offset + field) & 0xFFFF;
    }
}
