package io.github.natexd.linux.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.linux.libc.Native;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The walk over attributes, over octets as the kernel writes them and as it never would. */
class AttributesTest {
    private static final int FROM = 8;
    private static final int NLA_F_NESTED = 0x8000;
    private static final int NLA_F_NET_BYTEORDER = 0x4000;

    private final ByteBuffer buffer = filled(64);
    private final Attributes attributes = new Attributes();
    private int end = FROM;

    @Test
    void visitsEveryAttributeInOrder() {
        putInt(1, 0x01020304);
        putInt(2, 0x05060708);

        start();

        assertNext(1, FROM + 4, 4);
        assertEquals(0x01020304, attributes.hostInt());
        assertEquals(0x04030201, attributes.networkInt());
        assertNext(2, FROM + 12, 4);
        assertEquals(0x05060708, attributes.hostInt());
        assertEnded();
    }

    @Test
    void paddingCountsNeitherForTheValueNorForTheNextAttribute() {
        putOctets(1, (byte) 'v', (byte) 'm', (byte) '8', (byte) 'x', (byte) 0);
        putInt(2, 7);

        start();

        assertNext(1, FROM + 4, 5);
        assertNext(2, FROM + 16, 4);
        assertEnded();
    }

    @Test
    void flagsAreNoPartOfTheType() {
        putInt(3 | NLA_F_NESTED, 0);
        putInt(4 | NLA_F_NET_BYTEORDER, 0);
        putInt(0x3fff | NLA_F_NESTED | NLA_F_NET_BYTEORDER, 0);

        start();

        assertNext(3, FROM + 4, 4);
        assertNext(4, FROM + 12, 4);
        assertNext(0x3fff, FROM + 20, 4);
        assertEnded();
    }

    @Test
    void attributeWithoutAValueIsOne() {
        putOctets(5);

        start();

        assertNext(5, FROM + 4, 0);
        assertEnded();
    }

    @Test
    void longestLengthIsNotNegative() {
        ByteBuffer large = filled(0x10000);
        large.putShort(0, (short) 0xffff).putShort(2, (short) 9);

        attributes.over(large, 0, large.capacity());

        assertTrue(attributes.next());
        assertEquals(0xffff - 4, attributes.length());
        assertEnded();
    }

    @Test
    void emptyRangeHasNone() {
        start();

        assertEnded();
    }

    @Test
    void rangeThatEndsBeforeItBeginsHasNone() {
        attributes.over(buffer, FROM, FROM - 4);

        assertEnded();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void truncatedHeaderEndsTheWalk(int octets) {
        putInt(1, 7);
        putOctets(2);
        end -= 4 - octets;

        start();

        assertNext(1, FROM + 4, 4);
        assertEnded();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void lengthShorterThanTheHeaderEndsTheWalk(int length) {
        putInt(1, 7);
        putInt(2, 7);
        buffer.putShort(end - 8, (short) length);

        start();

        assertNext(1, FROM + 4, 4);
        assertEnded();
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 12, 0x7fff, 0x8000, 0xffff})
    void lengthBeyondTheEndEndsTheWalk(int length) {
        putInt(1, 7);
        putInt(2, 7);
        buffer.putShort(end - 8, (short) length);

        start();

        assertNext(1, FROM + 4, 4);
        assertEnded();
    }

    @Test
    void lastAttributeNeedsNoPadding() {
        putInt(1, 7);
        putOctets(2, (byte) 1);
        end -= 3;

        start();

        assertNext(1, FROM + 4, 4);
        assertNext(2, FROM + 12, 1);
        assertEquals(0, attributes.hostInt());
        assertEnded();
    }

    @Test
    void octetsOfPaddingAtTheEndAreNoAttribute() {
        putInt(1, 7);
        end += 3;

        start();

        assertNext(1, FROM + 4, 4);
        assertEnded();
    }

    @Test
    void shortValueIsNoNumber() {
        putOctets(1, (byte) 1, (byte) 2, (byte) 3);

        start();

        assertNext(1, FROM + 4, 3);
        assertEquals(0, attributes.hostInt());
        assertEquals(0, attributes.networkInt());
    }

    @Test
    void findGoesToTheFirstOfItsTypeFromWhereTheWalkStands() {
        putInt(1, 10);
        putInt(2 | NLA_F_NESTED, 20);
        putInt(1, 30);

        start();

        assertTrue(attributes.find(2));
        assertEquals(20, attributes.hostInt());
        assertTrue(attributes.find(1));
        assertEquals(30, attributes.hostInt());
        assertFalse(attributes.find(1));
    }

    @Test
    void walkStartsAnewInAnotherRange() {
        putInt(1, 7);
        start();
        assertTrue(attributes.next());
        assertEnded();

        start();

        assertNext(1, FROM + 4, 4);
    }

    @Test
    void whateverTheOctetsEachValueLiesWithinTheRangeAndTheWalkEnds() {
        Random random = new Random(1);
        for (int round = 0; round < 20_000; round++) {
            for (int i = 0; i < buffer.capacity(); i += 2) {
                // Small numbers are plausible lengths: they lead further into the range.
                buffer.putShort(i, (short) (random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(24)));
            }
            int from = random.nextInt(buffer.capacity());
            int until = random.nextInt(buffer.capacity() + 1);

            attributes.over(buffer, from, until);

            int steps = 0;
            while (attributes.next()) {
                assertTrue(attributes.offset() >= from + 4);
                assertTrue(attributes.length() >= 0);
                assertTrue(attributes.offset() + attributes.length() <= until);
                attributes.hostInt();
                steps++;
            }
            assertTrue(steps <= buffer.capacity() / 4);
            assertFalse(attributes.next());
        }
    }

    private void start() {
        attributes.over(buffer, FROM, end);
    }

    private void assertNext(int type, int offset, int length) {
        assertTrue(attributes.next());
        assertEquals(type, attributes.type());
        assertEquals(offset, attributes.offset());
        assertEquals(length, attributes.length());
    }

    private void assertEnded() {
        assertFalse(attributes.next());
        assertFalse(attributes.next());
    }

    private void putInt(int type, int value) {
        NetlinkSocket.putAttributeHeader(buffer, end, Integer.BYTES, type);
        buffer.putInt(end + 4, value);
        end += 8;
    }

    private void putOctets(int type, byte... value) {
        NetlinkSocket.putAttributeHeader(buffer, end, value.length, type);
        buffer.put(end + 4, value);
        end += NetlinkSocket.align(4 + value.length);
    }

    /** Octets nobody has written are no zeros. */
    private static ByteBuffer filled(int octets) {
        ByteBuffer memory = Native.allocate(octets);
        for (int i = 0; i < octets; i++) {
            memory.put(i, (byte) 0xa5);
        }
        return memory;
    }
}
