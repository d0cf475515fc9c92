package io.github.natexd.wire;

import static io.github.natexd.testkit.Packets.GUEST;
import static io.github.natexd.testkit.Packets.HOST;
import static io.github.natexd.testkit.Packets.ROUTER;
import static io.github.natexd.testkit.Packets.TARGET;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.testkit.PacketFile;
import io.github.natexd.testkit.Packets;
import io.github.natexd.testkit.ProbeBuilder;
import io.github.natexd.wire.Ipv4Header.Problem;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class Ipv4HeaderTest {
    private static final int CASES = 1_000_000;

    private final Ipv4Header header = new Ipv4Header();

    @Test
    void readsEveryField() {
        byte[] packet = PacketFile.read("time-exceeded-quoting-28-octets");

        header.over(Packets.amid(packet, 14, 4), 14, packet.length);

        assertEquals(Problem.NONE, header.check(false));
        assertEquals(14, header.offset());
        assertEquals(56, header.octetsAtHand());
        assertEquals(20, header.headerLength());
        assertEquals(0, header.optionsLength());
        assertEquals(0xC0, header.typeOfService());
        assertEquals(56, header.totalLength());
        assertEquals(0x4a3b, header.identification());
        assertEquals(250, header.timeToLive());
        assertEquals(Protocol.ICMP, header.protocol());
        assertEquals(0x0f8d, header.headerChecksum());
        assertEquals(ROUTER, header.source());
        assertEquals(HOST, header.destination());
        assertEquals(34, header.transportOffset());
        assertEquals(36, header.transportOctets());
        assertTrue(header.checksumOk());
    }

    @Test
    void acceptsAHeaderWithNothingBehindIt() {
        ByteBuffer buffer = ByteBuffer.allocate(Ipv4Header.MIN_LENGTH);
        Ipv4Header.write(buffer, 0, 0, Ipv4Header.MIN_LENGTH, 1, 0, 64, Protocol.UDP, HOST, TARGET);
        header.over(buffer, 0, Ipv4Header.MIN_LENGTH);

        assertEquals(Problem.NONE, header.check(false));
        assertEquals(0, header.transportOctets());
        assertEquals(Problem.NONE, header.check(true));
        assertEquals(0, header.transportOctets());
    }

    @Test
    void writesEveryOctetOfAHeaderAndNoOther() {
        ByteBuffer buffer = Packets.amid(new byte[0], 14 + Ipv4Header.MIN_LENGTH, 6);
        byte[] wanted = Packets.udpProbe(HOST, TARGET, 1, 2)
                .tos(0x10)
                .id(0xBEEF)
                .flagsAndOffset(Ipv4Header.DONT_FRAGMENT)
                .ttl(3)
                .bytes();

        Ipv4Header.write(buffer, 14, 0x10, 28, 0xBEEF, Ipv4Header.DONT_FRAGMENT, 3, Protocol.UDP, HOST, TARGET);

        assertArrayEquals(Packets.octets(Packets.buffer(wanted), 0, 20), Packets.octets(buffer, 14, 20));
        assertFillerAround(buffer, 14, 34);
    }

    @Test
    @DisplayName("R2, R5: options are skipped")
    void skipsOptions() {
        for (int words = 0; words <= 10; words++) {
            byte[] packet = probe().options(new byte[4 * words]).bytes();

            header.over(Packets.buffer(packet), 0, packet.length);

            assertEquals(Problem.NONE, header.check(false));
            assertEquals(4 * words, header.optionsLength());
            assertEquals(20 + 4 * words, header.transportOffset());
            assertEquals(8, header.transportOctets());
            assertTrue(header.checksumOk());
        }
    }

    @Test
    @DisplayName("R2, R6: distinguishes no fragment, a first fragment and a later fragment")
    void tellsFragmentsApart() {
        assertFragment(0x0000, false, false, false, 0);
        assertFragment(Ipv4Header.DONT_FRAGMENT, true, false, false, 0);
        assertFragment(Ipv4Header.MORE_FRAGMENTS, false, true, false, 0);
        assertFragment(Ipv4Header.MORE_FRAGMENTS | 1, false, true, true, 8);
        assertFragment(0x1FFF, false, false, true, 65528);
        assertFragment(0x8000, false, false, false, 0); // the reserved bit
    }

    @Test
    @DisplayName("R2: every truncation of an outer header is refused")
    void refusesEveryTruncationOfAnOuterHeader() {
        byte[] packet = probe().options(new byte[8]).bytes();
        for (int octets = 0; octets < packet.length; octets++) {
            ByteBuffer exactly = Packets.buffer(Packets.octets(Packets.buffer(packet), 0, octets));

            Problem problem = header.over(exactly, 0, octets).check(false);

            assertEquals(octets < 28 ? Problem.TRUNCATED : Problem.TOTAL_LENGTH, problem);
            assertEquals(0, header.transportOctets());
        }
    }

    @Test
    @DisplayName("R5: an embedded header may claim more than is quoted")
    void acceptsAnEmbeddedHeaderThatClaimsMoreThanIsQuoted() {
        byte[] packet = probe().dataOctets(32).bytes();

        Problem problem = header.over(Packets.buffer(packet), 0, 28).check(true);

        assertEquals(Problem.NONE, problem);
        assertEquals(60, header.totalLength());
        assertEquals(8, header.transportOctets());
    }

    @Test
    @DisplayName("R5: the total length of an embedded header is no bound, even if it is too small")
    void theTotalLengthOfAnEmbeddedHeaderIsNoBoundEvenWhereItIsTooSmall() {
        byte[] packet = probe().totalLength(0).bytes();

        Problem problem = header.over(Packets.buffer(packet), 0, 28).check(true);

        assertEquals(Problem.NONE, problem);
        assertEquals(8, header.transportOctets());
    }

    @Test
    void theTotalLengthOfAnOuterHeaderBoundsTheTransport() {
        byte[] packet = probe().bytes();
        ByteBuffer padded = Packets.amid(packet, 0, 18);

        Problem problem = header.over(padded, 0, padded.limit()).check(false);

        assertEquals(Problem.NONE, problem);
        assertEquals(8, header.transportOctets());
    }

    @Test
    void refusesATotalLengthBelowTheHeader() {
        byte[] packet = probe().totalLength(19).bytes();

        assertEquals(
                Problem.TOTAL_LENGTH, header.over(Packets.buffer(packet), 0, 28).check(false));
    }

    @Test
    @DisplayName("R2, R5: other versions and headers of fewer than five words are refused")
    void refusesOtherVersionsAndShortHeaders() {
        byte[] packet = probe().bytes();
        for (int first = 0; first <= 0xFF; first++) {
            packet[0] = (byte) first;

            Problem problem =
                    header.over(Packets.buffer(packet), 0, packet.length).check(true);

            int words = first & 0x0F;
            Problem wanted = first >>> 4 != 4
                    ? Problem.VERSION
                    : words < 5 ? Problem.HEADER_LENGTH : words * 4 > packet.length ? Problem.TRUNCATED : Problem.NONE;
            assertEquals(wanted, problem);
        }
    }

    @Test
    void refusesARegionOutsideTheBuffer() {
        ByteBuffer buffer = ByteBuffer.allocate(28);

        assertThrows(IndexOutOfBoundsException.class, () -> header.over(buffer, 1, 28));
        assertThrows(IndexOutOfBoundsException.class, () -> header.over(buffer, 0, -1));
        assertThrows(IndexOutOfBoundsException.class, () -> header.over(buffer.limit(20), 0, 21));
    }

    @Test
    void seesAWrongChecksum() {
        byte[] packet = probe().wrongHeaderChecksum().bytes();

        assertEquals(
                Problem.NONE,
                header.over(Packets.buffer(packet), 0, packet.length).check(false));
        assertFalse(header.checksumOk());
    }

    @Test
    void rewritesAgreeWithAFullRecompute() {
        SplittableRandom random = new SplittableRandom(1624);
        byte[] packet = probe().options(new byte[4]).bytes();
        ByteBuffer buffer = Packets.buffer(packet);
        header.over(buffer, 0, packet.length);
        assertEquals(Problem.NONE, header.check(false));
        for (int i = 0; i < CASES; i++) {
            int source = edgeOr(random, random.nextInt());
            int destination = edgeOr(random, random.nextInt());
            int identification = edgeOr(random, random.nextInt()) & 0xFFFF;

            header.rewriteSource(source);
            header.rewriteDestination(destination);
            header.rewriteIdentification(identification);

            assertTrue(header.source() == source && header.destination() == destination);
            assertTrue(header.identification() == identification);
            int checksum = header.headerChecksum();
            buffer.putShort(10, (short) 0);
            assertTrue(checksum == Checksum.complement(Packets.sum(packet, 0, 24)), () -> "%08x %08x %04x"
                    .formatted(source, destination, identification));
            buffer.putShort(10, (short) checksum);
        }
    }

    @Test
    void aRewriteKeepsAWrongChecksumWrong() {
        byte[] packet = probe().wrongHeaderChecksum().bytes();
        byte[] original = packet.clone();
        header.over(Packets.buffer(packet), 0, packet.length);
        assertEquals(Problem.NONE, header.check(true));

        header.rewriteSource(GUEST);
        assertFalse(header.checksumOk());
        header.rewriteSource(HOST);

        assertArrayEquals(original, packet);
    }

    @Test
    void aRewriteTouchesItsFieldAndTheChecksumOnly() {
        byte[] packet = probe().options(new byte[4]).dataOctets(9).bytes();
        ByteBuffer buffer = Packets.amid(packet, 3, 5);
        header.over(buffer, 3, packet.length);
        assertEquals(Problem.NONE, header.check(false));

        header.rewriteSource(GUEST);

        for (int i = 0; i < packet.length; i++) {
            boolean mayChange = i == 10 || i == 11 || i >= 12 && i < 16;
            assertTrue(mayChange || buffer.get(3 + i) == packet[i], "octet " + i);
        }
        assertFillerAround(buffer, 3, 3 + packet.length);
    }

    private static ProbeBuilder probe() {
        return Packets.udpProbe(HOST, TARGET, 40000, 33434);
    }

    private static int edgeOr(SplittableRandom random, int value) {
        return switch (random.nextInt(8)) {
            case 0 -> 0;
            case 1 -> -1;
            case 2 -> 0xFFFF;
            case 3 -> 0xFFFF0000;
            default -> value;
        };
    }

    private void assertFragment(int word, boolean df, boolean mf, boolean later, int offset) {
        byte[] packet = probe().flagsAndOffset(word).bytes();
        assertEquals(
                Problem.NONE,
                header.over(Packets.buffer(packet), 0, packet.length).check(true));
        assertEquals(df, header.dontFragment());
        assertEquals(mf, header.moreFragments());
        assertEquals(later, header.isLaterFragment());
        assertEquals(mf || later, header.isFragment());
        assertEquals(offset, header.fragmentOffset());
    }

    private static void assertFillerAround(ByteBuffer buffer, int from, int to) {
        for (int i = 0; i < buffer.limit(); i++) {
            assertTrue(i >= from && i < to || buffer.get(i) == Packets.FILLER, "octet " + i);
        }
    }
}
