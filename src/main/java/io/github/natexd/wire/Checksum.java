package io.github.natexd.wire;

import java.nio.ByteBuffer;

/**
 * The Internet checksum (RFC 1071) and its repair by difference (RFC 1624).
 *
 * <p>A <em>sum</em> is a 16-bit ones' complement sum; a <em>checksum</em> is its complement, which is in the header.
 * A header is intact if its sum, including the checksum, is {@link #INTACT}.
 *
 * <p>Ones' complement has two zeros. A sum is 0 only if all octets are zero, so in all other cases the checksum is
 * never 0xFFFF. In UDP, 0 means "not computed"; callers have to handle that.
 */
public final class Checksum {
    /** The sum of an intact header, including its checksum. */
    public static final int INTACT = 0xFFFF;

    private Checksum() {}

    /** The ones' complement sum of {@code length} octets; if the number is odd, a zero octet is assumed at the end. */
    public static int sum(ByteBuffer buffer, int offset, int length) {
        // Big-endian 32-bit words can be added directly: 2^16 is 1 in ones' complement, so the upper half of the
        // long only collects carries, which are added at the end. 2^31 octets cannot overflow it. Reads two words at a
        // time.
        long sum = 0;
        int at = offset;
        int end = offset + length;
        for (; at + Long.BYTES <= end; at += Long.BYTES) {
            long octets = buffer.getLong(at);
            sum += (octets >>> 32) + (octets & 0xFFFF_FFFFL);
        }
        if (at + Integer.BYTES <= end) {
            sum += buffer.getInt(at) & 0xFFFF_FFFFL;
            at += Integer.BYTES;
        }
        if (at + Short.BYTES <= end) {
            sum += buffer.getShort(at) & 0xFFFF;
            at += Short.BYTES;
        }
        if (at < end) {
            sum += (buffer.get(at) & 0xFF) << 8;
        }
        return fold(sum);
    }

    /** The ones' complement sum of two 16-bit values. */
    public static int add(int a, int b) {
        int sum = a + b;
        return (sum & 0xFFFF) + (sum >>> 16);
    }

    /** The ones' complement of a 16-bit value: turns a sum into a checksum, and a checksum into a sum. */
    public static int complement(int value) {
        return ~value & 0xFFFF;
    }

    /**
     * The checksum after one 16-bit word it covers has changed: HC' = ~(~HC + ~m + m') (RFC 1624, eqn. 3).
     *
     * <p>A wrong checksum stays wrong by the same amount. If the word does not change, neither does the checksum, even
     * if it is 0xFFFF, which no computation yields.
     */
    public static int update16(int checksum, int oldWord, int newWord) {
        if (oldWord == newWord) {
            return checksum;
        }
        return complement(add(add(complement(checksum), complement(oldWord)), newWord));
    }

    /** The checksum after two adjacent words it covers, at an even offset, have changed; see {@link #update16}. */
    public static int update32(int checksum, int oldInt, int newInt) {
        return update16(update16(checksum, oldInt >>> 16, newInt >>> 16), oldInt & 0xFFFF, newInt & 0xFFFF);
    }

    /** The sum of the pseudo-header that the checksums of UDP and TCP include (RFC 768); ICMP has none. */
    public static int pseudoHeader(int source, int destination, int protocol, int length) {
        return fold((source & 0xFFFF_FFFFL) + (destination & 0xFFFF_FFFFL) + protocol + length);
    }

    private static int fold(long sum) {
        long folded = (sum & 0xFFFF_FFFFL) + (sum >>> 32);
        folded = (folded & 0xFFFF) + (folded >>> 16);
        folded = (folded & 0xFFFF) + (folded >>> 16);
        return (int) ((folded & 0xFFFF) + (folded >>> 16));
    }
}
