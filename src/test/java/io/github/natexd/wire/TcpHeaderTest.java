package io.github.natexd.wire;

import static io.github.natexd.testkit.Packets.GUEST;
import static io.github.natexd.testkit.Packets.TARGET;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.testkit.Packets;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TcpHeaderTest {
    private static final int AT = 3;
    /** A SYN as Linux sends it: MSS 1460, SACK permitted, timestamps, nothing, window scale 7. */
    private static final String SYN =
            "9c40 0050 89abcdef 00000000 a002 faf0 bc7c 0000" + "020405b4 0402 080a aabbccdd00000000 01 030307";

    private final TcpHeader tcp = new TcpHeader();

    @Test
    void readsEveryField() {
        assertTrue(over(SYN).check());

        assertEquals(AT, tcp.offset());
        assertEquals(40000, tcp.sourcePort());
        assertEquals(80, tcp.destinationPort());
        assertEquals(0x89abcdef, tcp.sequence());
        assertEquals(0, tcp.acknowledged());
        assertEquals(40, tcp.headerLength());
        assertEquals(TcpHeader.SYN, tcp.flags());
        assertEquals(64240, tcp.window());
        assertEquals(0xbc7c, tcp.checksum());
        assertEquals(1460, tcp.maximumSegment());
        assertEquals(AT + 40, tcp.dataOffset());
        assertEquals(0, tcp.dataOctets());
    }

    @ParameterizedTest
    @CsvSource({
        "6000 0000, 0", // end of options
        "6000 01010101, 0",
        "6000 020405dc, 1500",
        "7000 01010204 ffff0000, 65535",
        "7000 01 03030702040218, 536",
        "7000 0402 020405b4 0000, 1460", // behind the shortest option
        "6000 02040000, 0",
        "6000 02060000, 0", // longer than the header
        "6000 02000000, 0", // a length that would never end
        "6000 03010101, 0",
        "6000 01010102, 0", // nothing but its kind is at hand
        "6000 02030101, 0",
        "6000 01010204, 0" // the value is not at hand
    })
    void findsTheMaximumSegmentInTheOptions(String lengthAndOptions, int expected) {
        String[] parts = lengthAndOptions.split(" ", 2);
        String head = "0001 0002 00000003 00000004" + parts[0] + "0000 0000 0000" + parts[1];
        ByteBuffer segment = ByteBuffer.wrap(Arrays.copyOf(octets(head), parts[0].startsWith("7") ? 28 : 24));

        assertTrue(tcp.over(segment, 0, segment.capacity()).check());

        assertEquals(expected, tcp.maximumSegment());
    }

    @Test
    void aHeaderLongerOrShorterThanCanBeIsNone() {
        for (int words = 0; words < 16; words++) {
            ByteBuffer segment = ByteBuffer.allocate(44).put(12, (byte) (words << 4));

            assertEquals(words >= 5 && words <= 11, tcp.over(segment, 0, 44).check(), words + " words");
        }
        assertFalse(tcp.over(ByteBuffer.allocate(19), 0, 19).check());
        assertThrows(IndexOutOfBoundsException.class, () -> tcp.over(ByteBuffer.allocate(20), 1, 20));
    }

    @Test
    void whatIsWrittenIsRead() {
        ByteBuffer buffer = Packets.amid(new byte[24 + 5], AT, 4);
        buffer.put(AT + 24, new byte[] {1, 2, 3, 4, 5});

        int headerLength = TcpHeader.write(buffer, AT, 0xFFFE, 443, -2, -3, TcpHeader.SYN | TcpHeader.ACK, 65535, 1460);
        tcp.over(buffer, AT, headerLength + 5).computeChecksum(GUEST, TARGET);

        assertEquals(24, headerLength);
        assertTrue(tcp.check());
        assertEquals(0xFFFE, tcp.sourcePort());
        assertEquals(443, tcp.destinationPort());
        assertEquals(-2, tcp.sequence());
        assertEquals(-3, tcp.acknowledged());
        assertEquals(18, tcp.flags());
        assertEquals(65535, tcp.window());
        assertEquals(1460, tcp.maximumSegment());
        assertEquals(5, tcp.dataOctets());
        assertTrue(intact(Packets.octets(buffer, AT, 29)));
        assertArrayEquals(new byte[] {Packets.FILLER, Packets.FILLER}, Packets.octets(buffer, AT - 2, 2));
        assertArrayEquals(new byte[] {Packets.FILLER, Packets.FILLER}, Packets.octets(buffer, AT + 29, 2));
    }

    @Test
    void withoutAMaximumSegmentThereAreNoOptions() {
        ByteBuffer buffer = Packets.amid(new byte[20], AT, 4);

        assertEquals(20, TcpHeader.write(buffer, AT, 1, 2, 3, 4, TcpHeader.ACK, 5, 0));

        assertTrue(tcp.over(buffer, AT, 20).check());
        assertEquals(0, tcp.maximumSegment());
        assertEquals(Packets.FILLER, buffer.get(AT + 20));
    }

    @Test
    void aChecksumCoversAddressesHeaderAndData() {
        ByteBuffer buffer = ByteBuffer.allocate(21);
        TcpHeader.write(buffer, 0, 1, 2, 3, 4, TcpHeader.ACK, 5, 0);
        tcp.over(buffer, 0, 21).computeChecksum(GUEST, TARGET);

        assertTrue(tcp.checksumOk(GUEST, TARGET));
        assertFalse(tcp.checksumOk(GUEST, TARGET + 1));
        for (int i = 0; i < 21; i++) {
            byte before = buffer.get(i);
            buffer.put(i, (byte) (before + 1));
            assertFalse(tcp.checksumOk(GUEST, TARGET), "octet " + i);
            buffer.put(i, before);
        }
    }

    @Test
    void noiseIsReadWithinItsBounds() {
        SplittableRandom random = new SplittableRandom(9293);
        int headers = 0;
        for (int i = 0; i < 100_000; i++) {
            byte[] octets = new byte[random.nextInt(64)];
            random.nextBytes(octets);
            if (tcp.over(ByteBuffer.wrap(octets), 0, octets.length).check()) {
                headers++;
                assertTrue(tcp.maximumSegment() <= 0xFFFF && tcp.dataOctets() >= 0);
                assertTrue(tcp.dataOffset() + tcp.dataOctets() == octets.length);
            }
            assertTrue(tcp.toString().startsWith("TCP "));
        }
        assertTrue(headers > 10_000, "many cases should be headers");
    }

    @Test
    void printsAsAPacketPrinterDoes() {
        assertEquals("TCP cut off after 0 octets", new TcpHeader().toString());
        assertEquals(
                "TCP 40000 > 80, seq 2309737967, ack 0, flags 0x02, window 64240, length 40, checksum 0xbc7c",
                over(SYN).toString());
        assertEquals(
                "TCP 1 > 2, seq 3, ack 4, flags 0x10, window 6, length 20, checksum 0x0007",
                over("0001 0002 00000003 00000004 5010 0006 0007 0000").toString());
    }

    private TcpHeader over(String hex) {
        byte[] segment = octets(hex);
        return tcp.over(Packets.amid(segment, AT, 4), AT, segment.length);
    }

    private static byte[] octets(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    /** By the sum of the test kit. */
    private static boolean intact(byte[] segment) {
        ByteBuffer covered = ByteBuffer.allocate(12 + segment.length);
        covered.putInt(GUEST).putInt(TARGET).putShort((short) 6).putShort((short) segment.length);
        covered.put(segment);
        return Packets.sum(covered.array(), 0, covered.capacity()) == 0xFFFF;
    }
}
