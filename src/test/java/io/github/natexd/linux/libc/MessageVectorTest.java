package io.github.natexd.linux.libc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the kernel writes into message headers, seen over UDP from one socket to itself. */
class MessageVectorTest {
    private static final int LOOPBACK = 0x7f000001;
    private static final int SOCKADDR_IN_LENGTH = 16;
    private static final int ADDRESS = 4;
    private static final int SLOTS = 3;
    private static final int SLOT_LENGTH = 8;

    private final ByteBuffer name = Native.allocate(SOCKADDR_IN_LENGTH);
    private final MessageVector vector = new MessageVector(SLOTS, SLOT_LENGTH, SOCKADDR_IN_LENGTH);
    private int descriptor;

    @BeforeEach
    void open() {
        descriptor = OsException.check(Libc.INSTANCE.socket(Libc.AF_INET, Libc.SOCK_DGRAM, 0), "open a UDP socket");
        name.putShort(0, (short) Libc.AF_INET)
                .order(ByteOrder.BIG_ENDIAN)
                .putInt(ADDRESS, LOOPBACK)
                .order(ByteOrder.nativeOrder());
        OsException.check(Native.bind(descriptor, name, SOCKADDR_IN_LENGTH), "bind");
        ByteBuffer length = Native.allocate(Integer.BYTES).putInt(0, SOCKADDR_IN_LENGTH);
        OsException.check(
                Libc.INSTANCE.getsockname(descriptor, Native.address(name), Native.address(length)), "getsockname");
        Reference.reachabilityFence(length);
    }

    @AfterEach
    void close() {
        Libc.INSTANCE.close(descriptor);
    }

    @Test
    void eachMessageHasItsSlotItsLengthAndItsSender() {
        send("ab", "cdefgh");

        assertEquals(2, vector.receive(descriptor));

        assertEquals("ab", text(0));
        assertEquals("cdefgh", text(1));
        assertFalse(vector.filled());
        for (int slot = 0; slot < 2; slot++) {
            assertFalse(vector.truncated(slot));
            assertEquals(127, vector.nameOctet(slot, ADDRESS));
            assertEquals(1, vector.nameOctet(slot, ADDRESS + 3));
        }
    }

    @Test
    void messageThatExceedsItsSlotIsCutAndSaysSo() {
        send("exactly8", "more than 8", "less");

        assertEquals(3, vector.receive(descriptor));

        assertFalse(vector.truncated(0));
        assertTrue(vector.truncated(1));
        assertFalse(vector.truncated(2));
        assertEquals("more tha", text(1));
        assertEquals("less", text(2));
    }

    @Test
    void moreMessagesThanSlotsComeInTheNextReceive() {
        send("1", "2", "3", "4");

        assertEquals(3, vector.receive(descriptor));
        assertTrue(vector.filled());
        assertEquals("3", text(2));

        assertEquals(1, vector.receive(descriptor));
        assertFalse(vector.filled());
        assertEquals("4", text(0));
    }

    @Test
    void nothingToReceiveIsNoError() {
        assertEquals(0, vector.receive(descriptor));
        assertFalse(vector.filled());
    }

    @Test
    void failedReceiveReturnsTheErrorNumber() {
        int badDescriptor = 9;

        assertEquals(-badDescriptor, vector.receive(-1));
    }

    @Test
    void truncatedMessageIsReceivedWithItsWholeLengthOnRequest() {
        ByteBuffer room = Native.allocate(SLOT_LENGTH);
        MessageHeaders headers = new MessageHeaders(1);
        headers.octets(0, Native.address(room), SLOT_LENGTH);
        send("more than 8");

        assertEquals(1, headers.receive(descriptor, 1, Libc.MSG_DONTWAIT | Libc.MSG_TRUNC));

        assertEquals(11, headers.received(0));
        assertTrue(headers.truncated(0));
    }

    /** All in one call, beginning at the second of the headers. */
    private void send(String... texts) {
        MessageHeaders headers = new MessageHeaders(1 + texts.length);
        ByteBuffer[] octets = new ByteBuffer[texts.length];
        for (int i = 0; i < texts.length; i++) {
            octets[i] = Native.allocate(texts[i].length());
            octets[i].put(0, texts[i].getBytes(StandardCharsets.US_ASCII));
            headers.octets(1 + i, Native.address(octets[i]), texts[i].length());
            headers.name(1 + i, Native.address(name), SOCKADDR_IN_LENGTH);
        }
        assertEquals(texts.length, headers.send(descriptor, 1, texts.length, 0));
        Reference.reachabilityFence(octets);
    }

    private String text(int slot) {
        byte[] octets = new byte[vector.length(slot)];
        vector.octets().get(vector.offset(slot), octets);
        return new String(octets, StandardCharsets.US_ASCII);
    }
}
