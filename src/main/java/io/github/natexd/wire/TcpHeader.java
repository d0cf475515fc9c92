package io.github.natexd.wire;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A window onto one TCP segment, header in front (RFC 9293, section 3.1).
 * <pre>
 *    0        8       16       24      31
 *  0|   source port    | destination port|
 *  4|          sequence number           |
 *  8|       acknowledgment number        |
 * 12|len|    flags     |     window      |
 * 16|     checksum     | urgent pointer  |
 * 20|         options, 0 to 40 octets ...
 * </pre>
 * {@link #check} decides once; after it no accessor can leave the segment.
 */
public final class TcpHeader {
    /** The octets of a header without options. */
    public static final int MIN_LENGTH = 20;

    public static final int FIN = 1;
    public static final int SYN = 2;
    public static final int RST = 4;
    public static final int PSH = 8;
    public static final int ACK = 16;

    private static final int SOURCE_PORT = 0;
    private static final int DESTINATION_PORT = 2;
    private static final int SEQUENCE = 4;
    private static final int ACKNOWLEDGED = 8;
    private static final int LENGTH_AND_FLAGS = 12;
    private static final int WINDOW = 14;
    private static final int CHECKSUM = 16;
    private static final int URGENT_POINTER = 18;

    /** The eight flags that RFC 9293 knows. */
    private static final int FLAGS = 0xFF;

    private static final int OPTION_END = 0;
    private static final int OPTION_NOTHING = 1;
    private static final int OPTION_MAXIMUM_SEGMENT = 2;
    private static final int MAXIMUM_SEGMENT_LENGTH = 4;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private ByteBuffer buffer = NOTHING;
    private int offset;
    private int length;

    /** Whether a whole header is at hand; if not, no query but {@link #offset} may be asked. */
    public boolean check() {
        return length >= MIN_LENGTH && headerLength() >= MIN_LENGTH && headerLength() <= length;
    }

    /** Lays this view over the whole segment: {@code length} octets, all that the checksum covers. */
    public TcpHeader over(ByteBuffer buffer, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, buffer.limit());
        this.buffer = buffer;
        this.offset = offset;
        this.length = length;
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

    /** The number of the first octet of data, modulo 2^32; of a SYN its own number. */
    public int sequence() {
        return buffer.getInt(offset + SEQUENCE);
    }

    /** The number of the octet expected next, modulo 2^32; without meaning unless {@link #ACK} is set. */
    public int acknowledged() {
        return buffer.getInt(offset + ACKNOWLEDGED);
    }

    /** The octets of the header, options included: 20 to 60. */
    public int headerLength() {
        return (buffer.get(offset + LENGTH_AND_FLAGS) >>> 4 & 0x0F) * Integer.BYTES;
    }

    public int flags() {
        return unsignedShort(LENGTH_AND_FLAGS) & FLAGS;
    }

    /** The window as it is in the header, without any scaling. */
    public int window() {
        return unsignedShort(WINDOW);
    }

    public int checksum() {
        return unsignedShort(CHECKSUM);
    }

    /** Whether the checksum is right for a segment between these addresses. */
    public boolean checksumOk(int source, int destination) {
        int sum = Checksum.pseudoHeader(source, destination, Protocol.TCP, length);
        return Checksum.add(sum, Checksum.sum(buffer, offset, length)) == Checksum.INTACT;
    }

    public int dataOffset() {
        return offset + headerLength();
    }

    public int dataOctets() {
        return length - headerLength();
    }

    /** The octets of data that the sender is willing to receive in one segment (option 2); 0 if it does not say. */
    public int maximumSegment() {
        int end = dataOffset();
        int at = offset + MIN_LENGTH;
        while (at < end && buffer.get(at) != OPTION_END) {
            if (buffer.get(at) == OPTION_NOTHING) {
                at++;
                continue;
            }
            int optionLength = at + 1 < end ? buffer.get(at + 1) & 0xFF : 0;
            if (optionLength < 2 || optionLength > end - at) {
                return 0;
            }
            if (buffer.get(at) == OPTION_MAXIMUM_SEGMENT && optionLength == MAXIMUM_SEGMENT_LENGTH) {
                return buffer.getShort(at + 2) & 0xFFFF;
            }
            at += optionLength;
        }
        return 0;
    }

    /**
     * Writes a header; its checksum is 0 until {@link #computeChecksum}.
     *
     * @param maximumSegment the value of the only option; 0: no option
     * @return the octets of the header
     */
    public static int write(
            ByteBuffer buffer,
            int offset,
            int sourcePort,
            int destinationPort,
            int sequence,
            int acknowledged,
            int flags,
            int window,
            int maximumSegment) {
        int headerLength = MIN_LENGTH + (maximumSegment == 0 ? 0 : MAXIMUM_SEGMENT_LENGTH);
        buffer.putShort(offset + SOURCE_PORT, (short) sourcePort);
        buffer.putShort(offset + DESTINATION_PORT, (short) destinationPort);
        buffer.putInt(offset + SEQUENCE, sequence);
        buffer.putInt(offset + ACKNOWLEDGED, acknowledged);
        buffer.putShort(offset + LENGTH_AND_FLAGS, (short) (headerLength / Integer.BYTES << 12 | flags));
        buffer.putShort(offset + WINDOW, (short) window);
        buffer.putShort(offset + CHECKSUM, (short) 0);
        buffer.putShort(offset + URGENT_POINTER, (short) 0);
        if (maximumSegment != 0) {
            int option = OPTION_MAXIMUM_SEGMENT << 24 | MAXIMUM_SEGMENT_LENGTH << 16 | maximumSegment;
            buffer.putInt(offset + MIN_LENGTH, option);
        }
        return headerLength;
    }

    /** Computes the checksum anew, over header and data, for a segment between these addresses. */
    public void computeChecksum(int source, int destination) {
        buffer.putShort(offset + CHECKSUM, (short) 0);
        int sum = Checksum.pseudoHeader(source, destination, Protocol.TCP, length);
        sum = Checksum.add(sum, Checksum.sum(buffer, offset, length));
        buffer.putShort(offset + CHECKSUM, (short) Checksum.complement(sum));
    }

    /** The header as a packet printer shows it. */
    @Override
    public String toString() {
        return length < MIN_LENGTH
                ? "TCP cut off after " + length + " octets"
                : "TCP %d > %d, seq %d, ack %d, flags 0x%02x, window %d, length %d, checksum 0x%04x"
                        .formatted(
                                sourcePort(),
                                destinationPort(),
                                sequence() & 0xFFFF_FFFFL,
                                acknowledged() & 0xFFFF_FFFFL,
                                flags(),
                                window(),
                                length,
                                checksum());
    }

    private int unsignedShort(int field) {
        return buffer.getShort(offset + field) & 0xFFFF;
    }
}
