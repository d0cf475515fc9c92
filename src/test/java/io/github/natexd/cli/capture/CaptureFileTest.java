package io.github.natexd.cli.capture;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.testkit.PcapBuilder;
import io.github.natexd.testkit.PcapngBuilder;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class CaptureFileTest {
    private static final long TIME = 1_700_000_000_123_456_789L;
    private static final long TIME_IN_MICROS = TIME / 1_000 * 1_000;
    private static final byte[] OCTETS = {1, 2, 3, 4, 5};

    @Test
    void readsPcapInBothByteOrdersAndResolutions() throws Exception {
        for (ByteOrder order : List.of(BIG_ENDIAN, LITTLE_ENDIAN)) {
            for (boolean nanos : new boolean[] {false, true}) {
                byte[] file = new PcapBuilder(order, nanos, LinkLayer.ETHERNET)
                        .packet(TIME, OCTETS)
                        .packet(TIME + 1_000_000_000, new byte[60_000], 70_000)
                        .bytes();

                List<Read> packets = read(file);

                assertEquals(2, packets.size());
                assertEquals(nanos ? TIME : TIME_IN_MICROS, packets.get(0).nanos);
                assertArrayEquals(OCTETS, packets.get(0).octets);
                assertEquals(1, packets.get(0).number);
                assertEquals(60_000, packets.get(1).octets.length);
                assertEquals(70_000, packets.get(1).originalLength);
            }
        }
    }

    @Test
    void readsPcapngOfSeveralSectionsAndInterfaces() throws Exception {
        byte[] file = new PcapngBuilder()
                .section(LITTLE_ENDIAN)
                .networkInterface(LinkLayer.ETHERNET)
                .networkInterface(LinkLayer.RAW, 9, 0)
                .packet(0, TIME / 1_000, OCTETS)
                .block(5, 20)
                .packet(1, TIME, OCTETS, 2)
                .section(BIG_ENDIAN)
                .networkInterface(LinkLayer.COOKED_2, 9, 10)
                .packet(0, TIME, OCTETS)
                .simplePacket(OCTETS)
                .bytes();

        List<Read> packets = read(file);

        assertEquals(4, packets.size());
        assertEquals(
                List.of(1, 101, 276, 276), packets.stream().map(p -> p.linkType).toList());
        assertEquals(
                List.of(TIME_IN_MICROS, TIME, TIME + 10_000_000_000L, TIME + 10_000_000_000L),
                packets.stream().map(p -> p.nanos).toList());
        assertEquals(CapturedPacket.Direction.OUT, packets.get(1).direction);
        assertEquals(CapturedPacket.Direction.UNKNOWN, packets.get(2).direction);
        packets.forEach(packet -> assertArrayEquals(OCTETS, packet.octets));
    }

    @Test
    void readsBinaryResolutionsAndClampsTimesBeyondReason() throws Exception {
        byte[] file = new PcapngBuilder()
                .section(BIG_ENDIAN)
                .networkInterface(LinkLayer.RAW, 0x80 | 10, 0)
                .networkInterface(LinkLayer.RAW, 0, 0)
                .networkInterface(LinkLayer.RAW, 6, -5)
                .packet(0, 1024 + 512, OCTETS)
                .packet(1, -1, OCTETS)
                .packet(2, 1_000_000, OCTETS)
                .bytes();

        assertEquals(
                List.of(1_500_000_000L, CapturedPacket.LAST_NANOS, 0L),
                read(file).stream().map(p -> p.nanos).toList());
    }

    @Test
    void skipsABlockLongerThanItsWindow() throws Exception {
        byte[] file = new PcapngBuilder()
                .section(BIG_ENDIAN)
                .block(0x0BAD, 1 << 20)
                .networkInterface(LinkLayer.RAW)
                .packet(0, 1, OCTETS)
                .bytes();

        assertEquals(1, read(file).size());
    }

    @Test
    void readsFromAStreamThatGivesOneOctetAtATime() throws Exception {
        byte[] file = PcapBuilder.of(LinkLayer.RAW).packet(TIME, OCTETS).bytes();
        InputStream slow = new ByteArrayInputStream(file) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, 1));
            }
        };

        try (CaptureFile capture = CaptureFile.open(slow)) {
            assertTrue(capture.next(new CapturedPacket()));
        }
    }

    @Test
    void tellsWhereAPcapIsDamaged() {
        byte[] good = PcapBuilder.of(LinkLayer.ETHERNET).packet(TIME, OCTETS).bytes();

        assertEquals("octet 0: the file is empty", complaint());
        assertEquals("octet 3: the file ends inside its first four octets", complaint(Arrays.copyOf(good, 3)));
        assertEquals("octet 23: the file ends inside the file header", complaint(Arrays.copyOf(good, 23)));
        assertEquals("octet 30: the file ends inside a packet's header", complaint(Arrays.copyOf(good, 30)));
        assertEquals("octet 44: the file ends inside a packet of 5 octets", complaint(Arrays.copyOf(good, 44)));
        assertEquals("octet 32: a packet of 4294967295 octets; the limit is 262144", complaint(with(good, 32, -1)));
        assertTrue(complaint(with(good, 20, 0x69)).startsWith("octet 20: link type 105 is not supported; "));
        assertEquals("octet 4: pcap of version 3.4; only 2.x is supported", complaint(with(good, 4, 0x00040003)));
        assertEquals(
                "octet 0: neither pcap nor pcapng: the file begins with 68616c6c",
                complaint("hallo".getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
        assertEquals(
                "octet 0: the file is compressed; unpack it first",
                complaint((byte) 0x1F, (byte) 0x8B, (byte) 8, (byte) 0));
    }

    @Test
    void tellsWhereAPcapngIsDamaged() {
        byte[] good = new PcapngBuilder()
                .section(LITTLE_ENDIAN)
                .networkInterface(LinkLayer.RAW)
                .packet(0, 1, OCTETS)
                .bytes();
        // The section header has 28 octets, the interface 20; the packet's block begins at 48.

        assertEquals("octet 8: 00000000 is not a byte-order magic", complaint(with(good, 8, 0)));
        assertEquals("octet 12: pcapng of version 2.0; only 1.x is supported", complaint(with(good, 12, 2)));
        assertEquals("octet 32: a block of 3 octets is impossible", complaint(with(good, 32, 3)));
        assertEquals("octet 32: an interface description of 0 octets is too short", complaint(with(good, 32, 12)));
        assertEquals(
                "octet 44: the block at octet 28 has two different lengths: 20 octets, then 24",
                complaint(with(good, 44, 24)));
        assertEquals("octet 56: a packet of interface 1, but 1 were described so far", complaint(with(good, 56, 1)));
        assertEquals("octet 68: a packet of 9 octets does not fit into its block", complaint(with(good, 68, 9)));
        assertEquals("octet 60: the file ends inside a packet block", complaint(Arrays.copyOf(good, 60)));
    }

    private record Read(
            long number,
            long nanos,
            int linkType,
            CapturedPacket.Direction direction,
            byte[] octets,
            int originalLength) {}

    private static List<Read> read(byte[] file) throws Exception {
        List<Read> packets = new ArrayList<>();
        CapturedPacket packet = new CapturedPacket();
        try (CaptureFile capture = CaptureFile.open(new ByteArrayInputStream(file))) {
            while (capture.next(packet)) {
                byte[] octets = new byte[packet.length];
                packet.buffer.get(0, octets);
                packets.add(new Read(
                        packet.number, packet.nanos, packet.linkType, packet.direction, octets, packet.originalLength));
            }
        }
        return packets;
    }

    private static String complaint(byte... file) {
        return assertThrows(DamagedCaptureException.class, () -> read(file)).getMessage();
    }

    private static byte[] with(byte[] file, int at, int littleEndian) {
        byte[] changed = file.clone();
        ByteBuffer.wrap(changed).order(LITTLE_ENDIAN).putInt(at, littleEndian);
        return changed;
    }
}
