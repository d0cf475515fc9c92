package io.github.natexd.linux.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.linux.libc.Native;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The walk over the messages of a datagram, over octets as the kernel writes them and as it never would. */
class MessagesTest {
    private static final int FROM = 4;
    private static final int HEADER = 16;
    private static final int FIXED = 4;

    private final ByteBuffer buffer = Native.allocate(128);
    private final Messages messages = new Messages();
    private int end = FROM;

    @Test
    void visitsEveryMessageWithItsBodyAndAttributes() {
        put(0x400, FIXED + 8);
        NetlinkSocket.putAttributeHeader(buffer, FROM + HEADER + FIXED, Integer.BYTES, 9);
        buffer.putInt(FROM + HEADER + FIXED + 4, 77);
        put(0xffff, 0);

        messages.over(buffer, FROM, end);

        assertNext(0x400, FROM + HEADER, FIXED + 8);
        Attributes attributes = messages.attributes(FIXED);
        assertTrue(attributes.find(9));
        assertEquals(77, attributes.hostInt());
        assertFalse(attributes.next());
        assertNext(0xffff, FROM + 2 * HEADER + FIXED + 8, 0);
        assertEnded();
    }

    @Test
    void nextMessageBeginsBehindThePadding() {
        put(1, 5);
        put(2, 0);

        messages.over(buffer, FROM, end);

        assertNext(1, FROM + HEADER, 5);
        assertNext(2, FROM + HEADER + 8 + HEADER, 0);
        assertEnded();
    }

    @Test
    void bodyShorterThanItsFixedStructureHasNoAttributes() {
        put(1, FIXED - 1);
        put(1, FIXED);

        messages.over(buffer, FROM, end);

        assertTrue(messages.next());
        assertFalse(messages.attributes(FIXED).next());
        assertTrue(messages.next());
        assertFalse(messages.attributes(FIXED).next());
    }

    @Test
    void attributesEndWithTheirMessage() {
        put(1, FIXED + 4);
        NetlinkSocket.putAttributeHeader(buffer, FROM + HEADER + FIXED, Integer.BYTES, 9);
        put(2, 8);

        messages.over(buffer, FROM, end);

        assertTrue(messages.next());
        assertFalse(messages.attributes(FIXED).next());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 15, -1, Integer.MIN_VALUE, 21, 4096, Integer.MAX_VALUE})
    void impossibleLengthEndsTheWalk(int length) {
        put(1, 0);
        put(2, 4);
        buffer.putInt(end - HEADER - 4, length);

        messages.over(buffer, FROM, end);

        assertNext(1, FROM + HEADER, 0);
        assertEnded();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 15})
    void truncatedHeaderEndsTheWalk(int octets) {
        put(1, 0);
        put(2, 0);

        messages.over(buffer, FROM, end - HEADER + octets);

        assertNext(1, FROM + HEADER, 0);
        assertEnded();
    }

    @Test
    void nothingReceivedIsNoMessage() {
        put(1, 0);

        messages.over(buffer, 0, 0);
        assertEnded();

        int errno = 105;
        messages.over(buffer, 0, -errno);
        assertEnded();
    }

    private void assertNext(int type, int body, int bodyLength) {
        assertTrue(messages.next());
        assertEquals(type, messages.type());
        assertEquals(body, messages.body());
        assertEquals(bodyLength, messages.bodyLength());
    }

    private void assertEnded() {
        assertFalse(messages.next());
        assertFalse(messages.next());
    }

    private void put(int type, int bodyLength) {
        NetlinkSocket.putHeader(buffer, end, HEADER + bodyLength, type, 0);
        end += NetlinkSocket.align(HEADER + bodyLength);
    }
}
