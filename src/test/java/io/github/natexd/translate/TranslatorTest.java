package io.github.natexd.translate;

import static io.github.natexd.testkit.Packets.GATEWAY_MAC;
import static io.github.natexd.testkit.Packets.GUEST;
import static io.github.natexd.testkit.Packets.GUEST_MAC;
import static io.github.natexd.testkit.Packets.HOST;
import static io.github.natexd.testkit.Packets.ROUTER;
import static io.github.natexd.testkit.Packets.TARGET;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.mapping.Mapper;
import io.github.natexd.ports.Surroundings;
import io.github.natexd.report.Reason;
import io.github.natexd.testkit.IcmpErrorBuilder;
import io.github.natexd.testkit.PacketFile;
import io.github.natexd.testkit.Packets;
import io.github.natexd.testkit.ProbeBuilder;
import io.github.natexd.testkit.Selected;
import io.github.natexd.wire.Ipv4Header;
import io.github.natexd.wire.Probe;
import io.github.natexd.wire.ReadProbe;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Rewriting held against an oracle that knows nothing of differences: the error as the router would have sent it had
 * there been no NAT, built from nothing with every checksum computed in full.
 */
class TranslatorTest {
    private static final int CASES = 120_000;
    private static final int PORT = 40000;
    private static final int DAMAGED_CASES = 20_000;
    private static final long NOW = 60_000_000_000L;
    private static final long LIFETIME = 30_000_000_000L;

    private final Mapper mapper = new Mapper(4, LIFETIME, 0);
    private final Translator translator = translator(mapper);

    @Test
    @DisplayName(
            "R23-R28, R32-R35: 120,000 seeded random errors become what they had been without a NAT, octet by octet")
    void equalsTheErrorWithoutNat() {
        Random random = new Random(20261120);
        for (int i = 0; i < CASES; i++) {
            Case c = new Case(random);
            byte[] egress = c.probe(c.host, c.natPort, c.natId);
            byte[] quotedByRouter = c.quoted(c.host, c.natPort, c.natId);
            byte[] expected = c.error(c.guest, c.quoted(c.guest, c.guestPort, c.guestId));

            byte[] rewritten =
                    rewritten(c.probe(c.guest, c.guestPort, c.guestId), egress, c.error(c.host, quotedByRouter));

            assertArrayEquals(expected, rewritten, "case " + i);
        }
    }

    @Test
    @DisplayName("R9: a wrong embedded IPv4 checksum stays wrong by the same difference")
    void aWrongHeaderChecksumStaysWrongByTheSameDifference() {
        Random random = new Random(9);
        for (int i = 0; i < DAMAGED_CASES; i++) {
            int damaged = random.nextInt(0x10000);
            byte[] error = error(quote -> quote);
            ByteBuffer.wrap(error).putShort(28 + 10, (short) damaged);
            repairOuter(error);
            byte[] rewritten = rewritten(probe(GUEST).bytes(), probe(HOST).bytes(), error);

            int off = sumOf(error, 28, 20);
            assertEquals(off, sumOf(rewritten, 28, 20), "what is wrong with the embedded header");
            assertTrue(Packets.icmpIntact(rewritten) && Packets.headerIntact(rewritten, 0));
        }
    }

    @Test
    @DisplayName("R10, R29: an unexplained remainder in the embedded UDP checksum survives (dublin-traceroute)")
    void anUnexplainedUdpRemainderSurvives() {
        Random random = new Random(29);
        for (int i = 0; i < DAMAGED_CASES; i++) {
            int checksum = 1 + random.nextInt(0xFFFF);
            byte[] error = error(quote -> quote.checksum(checksum));
            byte[] rewritten = rewritten(probe(GUEST).bytes(), probe(HOST).bytes(), error);

            int before = remainder(checksum, probe(HOST).bytes());
            assertEquals(before, remainder(checksumIn(rewritten), probe(GUEST).bytes()));
            assertTrue(checksumIn(rewritten) != 0, "0 would say that there is none");
            assertTrue(Packets.icmpIntact(rewritten));
        }
    }

    @Test
    @DisplayName("R28: an embedded UDP checksum of 0 stays 0 (Jool #135)")
    void noChecksumStaysNone() {
        byte[] error = error(quote -> quote.checksum(0));
        byte[] rewritten = rewritten(
                probe(GUEST).checksum(0).bytes(), probe(HOST).checksum(0).bytes(), error);
        assertEquals(0, checksumIn(rewritten));
    }

    @Test
    @DisplayName("R28: for every UDP checksum there is: a computed 0 becomes 0xFFFF, and none becomes 0")
    void aComputedZeroBecomesAllOnes() {
        int allOnes = 0;
        for (int data = 0; data < 0x10000; data++) {
            byte[] octets = {(byte) (data >>> 8), (byte) data};
            byte[] guests = probe(GUEST).data(octets).bytes();
            byte[] rewritten = rewritten(guests, probe(HOST).data(octets).bytes(), error(quote -> quote.data(octets)));
            int expected = ByteBuffer.wrap(guests).getShort(26) & 0xFFFF;
            assertEquals(expected, checksumIn(rewritten));
            allOnes += expected == 0xFFFF ? 1 : 0;
        }
        assertTrue(allOnes > 0, "the edge was met");
    }

    @Test
    @DisplayName("R33, R11: a label stack behind a length octet that lies is delivered octet by octet")
    void extensionsSurviveALyingLengthOctet() {
        byte[] error = PacketFile.read("time-exceeded-with-mpls-and-length-17-words");
        byte[] rewritten = rewritten(probe(GUEST).bytes(), probe(HOST).bytes(), error);

        assertArrayEquals(
                Arrays.copyOfRange(error, 28 + 28, error.length), Arrays.copyOfRange(rewritten, 28 + 28, error.length));
        assertEquals(17, rewritten[25]);
        assertTrue(Packets.icmpIntact(rewritten));
    }

    /** What a router made of the probe before it quoted it; all of it stays, and none of it keeps the guest from it. */
    static Stream<Arguments> quotes() {
        UnaryOperator<ProbeBuilder> firstFragment =
                quote -> quote.flagsAndOffset(0x2000).totalLength(44);
        UnaryOperator<ProbeBuilder> altered =
                quote -> quote.tos(0x28).ttl(0).totalLength(64).flagsAndOffset(0x4000);
        return Stream.of(
                Arguments.of(Named.of("a first fragment (VPP-1466)", firstFragment)),
                Arguments.of(Named.of("another TOS, TTL, length and DF (Malone & Luckie)", altered)));
    }

    @ParameterizedTest
    @MethodSource("quotes")
    @DisplayName("R6, R25, R26: a quote that is not as the probe left is delivered with what the router made of it")
    void whatARouterMadeOfTheQuoteStays(UnaryOperator<ProbeBuilder> router) {
        byte[] rewritten = rewritten(probe(GUEST).bytes(), probe(HOST).bytes(), error(router));

        byte[] expected = Packets.timeExceeded(ROUTER, GUEST)
                .quoting(router.apply(probe(GUEST)).bytes(), 28)
                .bytes();
        assertArrayEquals(expected, rewritten);
    }

    @Test
    @DisplayName("the static guest gets its own address in both headers, and the port that was quoted")
    void theStaticGuestGetsItsAddresses() {
        byte[] error = error(quote -> quote);
        ByteBuffer packet = Packets.direct(error);
        Judgement judgement = judged(translator, packet, 0, error.length);
        assertEquals(Reason.NO_MAPPING, judgement.reason);

        judgement.copyTo(GUEST, GUEST_MAC, GATEWAY_MAC);
        translator.rewrite(judgement);

        byte[] expected = Packets.timeExceeded(ROUTER, GUEST)
                .quoting(probe(GUEST).bytes(), 28)
                .bytes();
        assertArrayEquals(expected, Packets.octets(packet, 0, error.length));
    }

    @Test
    @DisplayName("R2, R4-R8: what is judged is not written to")
    void judgingWritesNothing() {
        Random random = new Random(2);
        byte[] error = error(quote -> quote);
        for (int i = 0; i < 10_000; i++) {
            byte[] octets = error.clone();
            octets[random.nextInt(octets.length)] = (byte) random.nextInt();
            ByteBuffer packet = Packets.amid(octets, 8, 8);
            judged(translator, packet, 8, octets.length);
            assertArrayEquals(Packets.amid(octets, 8, 8).array(), packet.array());
        }
    }

    @Test
    @DisplayName("R41: reading neither writes to an error nor reads beyond its end, however short it is")
    void readingEndsWithThePacket() {
        byte[] error = error(quote -> quote);
        for (int length = 0; length <= error.length; length++) {
            for (int headerWords = 0; headerWords < 16; headerWords++) {
                byte[] octets = Arrays.copyOf(error, length);
                if (length > 0) {
                    octets[0] = (byte) (0x40 | headerWords);
                }
                if (length >= 28) { // whole headers: what is short is the quote
                    ByteBuffer headers = ByteBuffer.wrap(octets);
                    headers.putShort(2, (short) length).putShort(22, (short) 0);
                    headers.putShort(22, (short) ~Packets.sum(octets, 20, length - 20));
                }
                ByteBuffer packet = Packets.amid(octets, 8, 0);
                Judgement judgement = new Judgement();
                judgement.begin(packet, 8, length, NOW);
                translator.read(judgement);
                mapper.fetch();
                assertArrayEquals(Packets.amid(octets, 8, 0).array(), packet.array());
            }
        }
    }

    /** Everything that varies from one random error to the next. */
    private static final class Case {
        private static final int LONGEST_DATA = 1392;
        private static final int LENGTH_BEFORE_EXTENSIONS = 128;

        final boolean udp;
        final int host;
        final int guest;
        final int guestPort;
        final int natPort;
        final int guestId;
        final int natId;
        private final int destination;
        private final int destinationPort;
        private final byte[] data;
        private final byte[] options;
        private final byte[] outerOptions;
        private final boolean checksumNone;
        private final int quotedTtl;
        private final int quotedTos;
        private final int transportQuoted;
        private final int kind;
        private final int outerId;
        private final int label;

        Case(Random random) {
            udp = random.nextBoolean();
            host = edge(random, random.nextInt());
            guest = GUEST + random.nextInt(100);
            guestPort = edge16(random);
            natPort = random.nextInt(3) == 0 ? edge16(random) : guestPort;
            guestId = edge16(random);
            natId = random.nextInt(3) == 0 ? edge16(random) : guestId;
            destination = edge(random, random.nextInt());
            destinationPort = edge16(random);
            data = new byte[random.nextInt(4) == 0 ? random.nextInt(LONGEST_DATA + 1) : random.nextInt(64)];
            fill(random, data);
            options = new byte[random.nextInt(3) == 0 ? 4 * random.nextInt(11) : 0];
            random.nextBytes(options);
            outerOptions = new byte[random.nextInt(3) == 0 ? 4 * random.nextInt(11) : 0];
            random.nextBytes(outerOptions);
            checksumNone = random.nextInt(8) == 0;
            quotedTtl = random.nextInt(2);
            quotedTos = random.nextInt(256);
            transportQuoted = random.nextInt(3) == 0 ? 8 : 8 + random.nextInt(data.length + 1);
            kind = random.nextInt(5);
            outerId = edge16(random);
            label = random.nextInt(1 << 20);
        }

        byte[] probe(int source, int port, int id) {
            return builder(source, port, id).ttl(1).bytes();
        }

        byte[] quoted(int source, int port, int id) {
            return builder(source, port, id).ttl(quotedTtl).tos(quotedTos).bytes();
        }

        byte[] error(int to, byte[] quoted) {
            IcmpErrorBuilder error =
                    switch (kind) {
                        case 0 -> Packets.portUnreachable(ROUTER, to);
                        case 1 -> Packets.fragmentationNeeded(ROUTER, to, 1280 + (label & 0xFF));
                        default -> Packets.timeExceeded(ROUTER, to);
                    };
            error.id(outerId).options(outerOptions).quoting(quoted, 20 + options.length + transportQuoted);
            boolean extended = kind == 2 && 20 + options.length + transportQuoted <= LENGTH_BEFORE_EXTENSIONS;
            return extended ? error.mpls(label, 3, 1).incomingInterface(label).bytes() : error.bytes();
        }

        private ProbeBuilder builder(int source, int port, int id) {
            ProbeBuilder probe = udp
                    ? Packets.udpProbe(source, destination, port, destinationPort)
                    : Packets.echoProbe(source, destination, port, destinationPort);
            probe.id(id).data(data).options(options);
            return udp && checksumNone ? probe.checksum(0) : probe;
        }

        /** Mostly any number, sometimes one at the edges of ones' complement. */
        private static int edge16(Random random) {
            return switch (random.nextInt(8)) {
                case 0 -> 0;
                case 1 -> 0xFFFF;
                default -> random.nextInt(0x10000);
            };
        }

        private static int edge(Random random, int any) {
            return switch (random.nextInt(16)) {
                case 0 -> 0x0A000000;
                case 1 -> 0x0AFFFFFF;
                default -> any;
            };
        }

        private static void fill(Random random, byte[] octets) {
            switch (random.nextInt(4)) {
                case 0 -> Arrays.fill(octets, (byte) 0);
                case 1 -> Arrays.fill(octets, (byte) 0xFF);
                default -> random.nextBytes(octets);
            }
        }
    }

    /** The error after a guest's probe and the NAT's copy of it have been sighted. */
    private static byte[] rewritten(byte[] guests, byte[] egress, byte[] error) {
        Mapper mapper = new Mapper(4, LIFETIME, 0);
        mapper.guestSighted(probe(guests), GUEST_MAC, GATEWAY_MAC, NOW);
        mapper.egressSighted(probe(egress), -1, NOW);
        ByteBuffer packet = Packets.amid(error, 16, 16);
        Translator translator = translator(mapper);

        Judgement judgement = judged(translator, packet, 16, error.length);
        boolean likely = judgement.reason == Reason.COPIED_LIKELY; // where port or IP ID is all that agrees, or nothing
        assertTrue(likely || judgement.reason == Reason.RELAYED, () -> "became " + judgement.reason);
        translator.rewrite(judgement);

        byte[] octets = Packets.octets(packet, 16, error.length);
        assertArrayEquals(Packets.amid(octets, 16, 16).array(), packet.array(), "nothing around it is written (R34)");
        return octets;
    }

    private static Judgement judged(Translator translator, ByteBuffer packet, int offset, int length) {
        Judgement judgement = new Judgement();
        judgement.begin(packet, offset, length, NOW);
        judgement.last = true;
        translator.read(judgement);
        translator.find(judgement, NOW);
        return judgement;
    }

    private static Translator translator(Mapper mapper) {
        return new Translator(Selected.BY_DEFAULT, mapper, new Surroundings(new int[] {HOST}, GUEST, 24, 1));
    }

    private static Probe probe(byte[] packet) {
        ByteBuffer buffer = ByteBuffer.wrap(packet);
        Ipv4Header header = new Ipv4Header().over(buffer, 0, packet.length);
        assertEquals(Ipv4Header.Problem.NONE, header.check(false));
        ReadProbe probe = new ReadProbe();
        assertTrue(probe.read(buffer, header));
        return probe;
    }

    private static ProbeBuilder probe(int source) {
        return Packets.udpProbe(source, TARGET, PORT, 33434).ttl(1).dataOctets(32);
    }

    private static byte[] error(UnaryOperator<ProbeBuilder> quote) {
        byte[] quoted = quote.apply(probe(HOST)).bytes();
        return Packets.timeExceeded(ROUTER, HOST).quoting(quoted, 28).bytes();
    }

    private static void repairOuter(byte[] error) {
        ByteBuffer packet = ByteBuffer.wrap(error);
        packet.putShort(22, (short) 0);
        packet.putShort(22, (short) ~Packets.sum(error, 20, error.length - 20));
    }

    /** A sum as a number modulo 0xFFFF: the two zeros of ones' complement are one. */
    private static int sumOf(byte[] octets, int offset, int length) {
        return Packets.sum(octets, offset, length) % 0xFFFF;
    }

    private static int checksumIn(byte[] error) {
        return ByteBuffer.wrap(error).getShort(28 + 26) & 0xFFFF;
    }

    /** How far a checksum is from the right one. */
    private static int remainder(int checksum, byte[] rightPacket) {
        int right = ByteBuffer.wrap(rightPacket).getShort(26) & 0xFFFF;
        return Math.floorMod(checksum - right, 0xFFFF);
    }
}
