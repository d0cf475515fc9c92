package io.github.natexd.linux.netlink;

import java.nio.ByteBuffer;

/**
 * A walk over the messages of one netlink datagram; one object serves datagram after datagram and allocates nothing.
 * <pre>
 *    0               16              31
 *  0|            length             |   struct nlmsghdr; length: header and body, without the padding
 *  4|     type      |     flags     |
 *  8|           sequence            |
 * 12|             port              |
 * 16| body: a fixed structure, then attributes; padded to 4 octets
 * </pre>
 * {@code messages.over(buffer, from, end); while (messages.next()) …}: after a {@link #next} that returned true the
 * body lies within the range. A message with an impossible length ends the walk, and so does a truncated header.
 */
public final class Messages {
    private final Attributes attributes = new Attributes();
    private ByteBuffer buffer = ByteBuffer.allocate(0);
    private int next;
    private int end;
    private int type;
    private int body;
    private int bodyLength;

    /** Starts a walk from octet {@code from} to before octet {@code end} of a buffer in host byte order. */
    public Messages over(ByteBuffer buffer, int from, int end) {
        this.buffer = buffer;
        this.next = from;
        this.end = end;
        return this;
    }

    /** Goes to the next message; false: there is none. */
    public boolean next() {
        if (next > end - NetlinkSocket.HEADER_LENGTH) {
            return false;
        }
        int messageLength = buffer.getInt(next);
        if (messageLength < NetlinkSocket.HEADER_LENGTH || messageLength > end - next) {
            next = end;
            return false;
        }
        type = buffer.getShort(next + NetlinkSocket.TYPE) & 0xffff;
        body = next + NetlinkSocket.HEADER_LENGTH;
        bodyLength = messageLength - NetlinkSocket.HEADER_LENGTH;
        next += NetlinkSocket.align(messageLength);
        return true;
    }

    public int type() {
        return type;
    }

    /** What the offsets count in. */
    public ByteBuffer buffer() {
        return buffer;
    }

    /** Where the body begins in the buffer. */
    public int body() {
        return body;
    }

    /** The body's octets, without the padding. */
    public int bodyLength() {
        return bodyLength;
    }

    /**
     * Starts a walk over the attributes of this message. It is the same object for every message.
     *
     * @param fixedLength octets of the fixed structure in front of them; a shorter body has no attributes
     */
    public Attributes attributes(int fixedLength) {
        return attributes.over(buffer, body + fixedLength, body + bodyLength);
    }
}
