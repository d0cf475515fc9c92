package io.github.natexd.mapping;

import static io.github.natexd.testkit.Packets.GUEST;
import static io.github.natexd.testkit.Packets.HOST;
import static io.github.natexd.testkit.Packets.TARGET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.testkit.Packets;
import io.github.natexd.testkit.ProbeBuilder;
import io.github.natexd.wire.Ipv4Header;
import io.github.natexd.wire.Probe;
import io.github.natexd.wire.ReadProbe;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What speaks for two sightings being of one probe. */
class EvidenceTest {
    private static final int PORT = 40000;
    private static final int ID = 7;
    private static final long NOW = 1_000_000_000_000L;
    private static final long MILLI = 1_000_000;
    private static final int ALL = Evidence.PORT | Evidence.IDENTIFICATION | Evidence.CONTENT;

    @ParameterizedTest
    @CsvSource({
        "40000, 7, 1, 7", // all three
        "40000, 9, 1, 5",
        "61000, 7, 1, 6",
        "61000, 9, 1, 4",
        "40000, 7, 2, 3", // the content differs
        "40000, 9, 2, 1",
        "61000, 7, 2, 2",
        "61000, 9, 2, -1", // and nothing else agrees
    })
    @DisplayName("R12: port, IP ID and content are a piece each; another content alone rules the pair out")
    void eachPieceIsForItself(int port, int id, int data, int expected) {
        Sighting guests = guests(udp(GUEST, PORT).id(ID).data((byte) 1));
        Sighting leaving = leaving(udp(HOST, port).id(id).data((byte) data));

        assertEquals(expected, Evidence.of(guests, leaving));
        assertTrue(expected < 0 || Evidence.pieces(expected) == Integer.bitCount(expected));
    }

    @Test
    @DisplayName("R17: IP ID 0 says nothing, whether it leaves as 0 or as another")
    void identificationZeroSaysNothing() {
        Sighting guests = guests(udp(GUEST, PORT).id(0));

        assertEquals(
                Evidence.PORT | Evidence.CONTENT,
                Evidence.of(guests, leaving(udp(HOST, PORT).id(0))));
        assertEquals(
                Evidence.PORT | Evidence.CONTENT,
                Evidence.of(guests, leaving(udp(HOST, PORT).id(9))));
    }

    @Test
    @DisplayName("a missing checksum on either side says nothing: the two can be of one probe without any piece")
    void aMissingChecksumSaysNothing() {
        Sighting known = guests(udp(GUEST, PORT).id(ID).data((byte) 1));
        Sighting missing = guests(udp(GUEST, PORT).id(ID).data((byte) 1).checksum(0));

        assertEquals(
                0,
                Evidence.of(known, leaving(udp(HOST, 61000).id(9).data((byte) 2).checksum(0))));
        assertEquals(0, Evidence.of(missing, leaving(udp(HOST, 61000).id(9).data((byte) 2))));
    }

    @ParameterizedTest
    @CsvSource({"3, true", "2, true", "1, false", "4, false"})
    @DisplayName("the TTL that left is the guest's or one less")
    void theTimeToLiveIsKeptOrOneLess(int left, boolean possible) {
        Sighting guests = guests(udp(GUEST, PORT).id(ID).ttl(3));

        int agreeing = Evidence.of(guests, leaving(udp(HOST, PORT).id(ID).ttl(left)));

        assertEquals(possible ? ALL : Evidence.IMPOSSIBLE, agreeing);
    }

    @ParameterizedTest
    @CsvSource({"500000000, true", "500000001, false", "-20000000, true", "-20000001, false", "0, true"})
    @DisplayName("the probe leaves at most 500 ms after the guest's sighting, and at most 20 ms before it")
    void theTimesAreClose(long nanosAfter, boolean possible) {
        Sighting guests = guests(udp(GUEST, PORT).id(ID));

        int agreeing = Evidence.of(guests, sighting(udp(HOST, PORT).id(ID), true, NOW + nanosAfter));

        assertEquals(possible ? ALL : Evidence.IMPOSSIBLE, agreeing);
    }

    @Test
    @DisplayName("the clock may turn over between the two")
    void theClockMayTurnOver() {
        Sighting guests = sighting(udp(GUEST, PORT).id(ID), false, Long.MAX_VALUE);

        assertEquals(ALL, Evidence.of(guests, sighting(udp(HOST, PORT).id(ID), true, Long.MIN_VALUE + MILLI)));
    }

    @Test
    @DisplayName("R12: another length is another probe; an echo whose length is unknown may be any")
    void anUnknownLengthFitsAny() {
        Sighting fragment = guests(echo(GUEST).dataOctets(32).flagsAndOffset(0x2000));
        Sighting whole = guests(echo(GUEST).dataOctets(32));
        int longer = Evidence.of(whole, leaving(echo(HOST).dataOctets(40)));

        assertEquals(Evidence.IMPOSSIBLE, longer);
        assertEquals(ALL, Evidence.of(fragment, leaving(echo(HOST).dataOctets(32))));
        assertEquals(ALL, Evidence.of(whole, leaving(echo(HOST).dataOctets(32).flagsAndOffset(0x2000))));
    }

    @Test
    @DisplayName("R18: another protocol, destination or destination port is another probe")
    void anotherClassIsAnotherProbe() {
        Sighting guests = guests(Packets.udpProbe(GUEST, TARGET, PORT, 33434).id(ID));

        assertEquals(
                Evidence.IMPOSSIBLE,
                Evidence.of(
                        guests,
                        leaving(Packets.udpProbe(HOST, TARGET, PORT, 33435).id(ID))));
        assertEquals(
                Evidence.IMPOSSIBLE,
                Evidence.of(
                        guests,
                        leaving(Packets.udpProbe(HOST, TARGET + 1, PORT, 33434).id(ID))));
        assertEquals(
                Evidence.IMPOSSIBLE,
                Evidence.of(
                        guests,
                        leaving(Packets.echoProbe(HOST, TARGET, PORT, 33434).id(ID))));
    }

    @ParameterizedTest
    @CsvSource({"40000, 7, 1, 7", "40000, 9, 2, 1", "61000, 7, 2, 2", "61000, 9, 1, 4", "61000, 9, 2, 0"})
    @DisplayName(
            "R49: a quote has the same three pieces; one that agrees in none is no evidence, nor is it ruled out here")
    void aQuoteHasTheSamePieces(int port, int id, int data, int expected) {
        Sighting guests = guests(udp(GUEST, PORT).id(ID).data((byte) 1));

        assertEquals(
                expected, Evidence.ofQuote(guests, read(udp(HOST, port).id(id).data((byte) data))));
    }

    private static ProbeBuilder udp(int source, int port) {
        return Packets.udpProbe(source, TARGET, port, 33434).ttl(3);
    }

    private static ProbeBuilder echo(int source) {
        return Packets.echoProbe(source, TARGET, 1, 1).ttl(3).id(ID).checksum(0x1234);
    }

    private static Sighting guests(ProbeBuilder sent) {
        return sighting(sent, false, NOW);
    }

    private static Sighting leaving(ProbeBuilder sent) {
        return sighting(sent, true, NOW);
    }

    private static Sighting sighting(ProbeBuilder sent, boolean leaving, long nanos) {
        Sighting sighting = new Sighting();
        sighting.copyOf(read(sent));
        sighting.leaving = leaving;
        sighting.sightedNanos = nanos;
        return sighting;
    }

    private static Probe read(ProbeBuilder sent) {
        byte[] packet = sent.bytes();
        ByteBuffer buffer = ByteBuffer.wrap(packet);
        Ipv4Header header = new Ipv4Header().over(buffer, 0, packet.length);
        ReadProbe probe = new ReadProbe();
        assertEquals(Ipv4Header.Problem.NONE, header.check(true));
        assertTrue(probe.read(buffer, header));
        return probe;
    }
}
