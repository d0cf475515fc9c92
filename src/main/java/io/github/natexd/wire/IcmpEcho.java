package io.github.natexd.wire;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A window onto one ICMP echo request or reply (RFC 792, page 14).
 * <pre>
 *    0        8       16       24      31
 *  0|  type  |  code   |    checksum     |
 *  4|   identifier     |    sequence     |
 *  8|  data ...
 * </pre>
 * Like {@link UdpHeader} it has no {@code check}: the caller ensures that there are at least {@value #LENGTH} octets.
 * {@link #type} shows whether they are an echo.
 */
public final class IcmpEcho {
    /** The octets of the header. */
    public static final int LENGTH = 8;

    public static final int TYPE_REPLY = 0;
    public static final int TYPE_REQUEST = 8;

    private static final int TYPE = 0;
    private static final int CODE = 1;
    private static final int CHECKSUM = 2;
    private static final int IDENTIFIER = 4;
    private static final int SEQUENCE = 6;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private ByteBuffer buffer = NOTHING;
    private int offset;

    /** Lays this view over the {@value #LENGTH} octets at {@code offset}. */
    public IcmpEcho over(ByteBuffer buffer, int offset) {
        Objects.checkFromIndexSize(offset, LENGTH, buffer.limit());
        this.buffer = buffer;
        this.offset = offset;
        return this;
    }

    public int offset() {
        return offset;
    }

    public int type() {
        return buffer.get(offset + TYPE) & 0xFF;
    }

    public int code() {
        return buffer.get(offset + CODE) & 0xFF;
    }

    public int checksum() {
        return unsignedShort(CHECKSUM);
    }

    public int identifier() {
        return unsignedShort(IDENTIFIER);
    }

    public int sequence() {
        return unsignedShort(SEQUENCE);
    }

    /** Replaces the identifier and repairs the checksum by the difference. */
    public void rewriteIdentifier(int identifier) {
        int checksum = Checksum.update16(checksum(), identifier(), identifier);
        buffer.putShort(offset + CHECKSUM, (short) checksum);
        buffer.putShort(offset + IDENTIFIER, (short) identifier);
    }

    /** The header as a packet printer shows it. */
    @Override
    public String toString() {
        return buffer == NOTHING
                ? "ICMP nowhere"
                : "ICMP %s, id %d, seq %d, checksum 0x%04x".formatted(kind(), identifier(), sequence(), checksum());
    }

    private String kind() {
        return switch (type()) {
            case TYPE_REQUEST -> "echo request";
            case TYPE_REPLY -> "echo reply";
            default -> "type " + type() + " code " + code();
        };
    }

    private int unsignedShort(int field) {
        return buffer.getShort(offset + field) & 0xFFFF;
    }
}
