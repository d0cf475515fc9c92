package io.github.natexd.linux.netlink;

import java.nio.ByteBuffer;

/**
 * A walk over the attributes of one netlink message; one object serves message after message and allocates nothing.
 * <pre>
 *    0               16              31
 *  0|    length     |     type      |   struct nlattr; length: this header and the value, without the padding
 *  4| value, padded to 4 octets …   |
 * </pre>
 * {@code attributes.over(buffer, from, end); while (attributes.next()) …}: after a {@link #next} that returned true the
 * value lies within the range. An attribute with an impossible length ends the walk, and so does a truncated header.
 */
public final class Attributes {
    /** Without NLA_F_NESTED and NLA_F_NET_BYTEORDER. */
    private static final int TYPE_MASK = 0x3fff;

    private ByteBuffer buffer = ByteBuffer.allocate(0);
    private int next;
    private int end;
    private int type;
    private int offset;
    private int length;

    /** Starts a walk from octet {@code from} to before octet {@code end} of a buffer in host byte order. */
    public Attributes over(ByteBuffer buffer, int from, int end) {
        this.buffer = buffer;
        this.next = from;
        this.end = end;
        return this;
    }

    /** Goes to the next attribute; false: there is none. */
    public boolean next() {
        if (next > end - NetlinkSocket.ATTRIBUTE_HEADER_LENGTH) {
            return false;
        }
        int header = buffer.getInt(next); // length below, type above: every platform of natexd is little-endian
        int attributeLength = header & 0xffff;
        if (attributeLength < NetlinkSocket.ATTRIBUTE_HEADER_LENGTH || attributeLength > end - next) {
            next = end;
            return false;
        }
        type = header >>> 16 & TYPE_MASK;
        offset = next + NetlinkSocket.ATTRIBUTE_HEADER_LENGTH;
        length = attributeLength - NetlinkSocket.ATTRIBUTE_HEADER_LENGTH;
        next += NetlinkSocket.align(attributeLength);
        return true;
    }

    /** Goes to the next attribute of this type; false: there is none. */
    public boolean find(int wanted) {
        while (next()) {
            if (type == wanted) {
                return true;
            }
        }
        return false;
    }

    public int type() {
        return type;
    }

    /** Where the value begins in the buffer. */
    public int offset() {
        return offset;
    }

    /** The value's octets, without the padding. */
    public int length() {
        return length;
    }

    /** The value as a number in host byte order; 0 if it has fewer than four octets. */
    public int hostInt() {
        return length < Integer.BYTES ? 0 : buffer.getInt(offset);
    }

    /** Eight octets of the value, from {@code at} on, as a number in network byte order; 0 if they are not there. */
    public long networkLong(int at) {
        return length < at + Long.BYTES ? 0 : Long.reverseBytes(buffer.getLong(offset + at));
    }

    /** The value's first four octets as a number in network byte order; 0 if it has fewer. */
    public int networkInt() {
        return Integer.reverseBytes(hostInt());
    }
}
