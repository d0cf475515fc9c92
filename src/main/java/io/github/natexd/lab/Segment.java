package io.github.natexd.lab;

import io.github.natexd.wire.TcpHeader;
import java.nio.ByteBuffer;

/**
 * One TCP segment without addresses and ports.
 *
 * @param maximumSegment the value of the option of this name; 0 if there is none
 * @param data from its position to its limit
 */
record Segment(int sequence, int acknowledged, int flags, int window, int maximumSegment, ByteBuffer data) {
    static final ByteBuffer NO_DATA = ByteBuffer.allocate(0);

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** The sequence numbers that it uses: SYN and FIN count as one octet each. */
    int length() {
        return data.remaining() + (has(TcpHeader.SYN) ? 1 : 0) + (has(TcpHeader.FIN) ? 1 : 0);
    }

    /** The reset that this segment gets if it belongs to no connection (RFC 9293, section 3.10.7.1). */
    Segment refusal() {
        return has(TcpHeader.ACK)
                ? new Segment(acknowledged, 0, TcpHeader.RST, 0, 0, NO_DATA)
                : new Segment(0, sequence + length(), TcpHeader.RST | TcpHeader.ACK, 0, 0, NO_DATA);
    }
}
