package io.github.natexd.translate;

import static io.github.natexd.testkit.Packets.GATEWAY_MAC;
import static io.github.natexd.testkit.Packets.GUEST;
import static io.github.natexd.testkit.Packets.GUEST_MAC;
import static io.github.natexd.testkit.Packets.HOST;
import static io.github.natexd.testkit.Packets.ROUTER;
import static io.github.natexd.testkit.Packets.TARGET;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.mapping.Mapper;
import io.github.natexd.ports.Surroundings;
import io.github.natexd.report.Reason;
import io.github.natexd.testkit.Packets;
import io.github.natexd.testkit.ProbeBuilder;
import io.github.natexd.testkit.Selected;
import io.github.natexd.wire.Ipv4Header;
import io.github.natexd.wire.Probe;
import io.github.natexd.wire.ReadProbe;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is decided about an error, in the reasons' terms: what the mapper finds, and what a second look changes. */
class JudgementTest {
    private static final int PORT = 40000;
    private static final long MILLI = 1_000_000;
    private static final long NOW = 60_000 * MILLI;
    private static final byte[] ERROR = Packets.timeExceeded(ROUTER, HOST)
            .quoting(probe(HOST).bytes(), 28)
            .mpls(24001, 3, 1)
            .bytes();

    private final Mapper mapper = new Mapper(64, 30_000 * MILLI, 0);
    private final Translator translator =
            new Translator(Selected.BY_DEFAULT, mapper, new Surroundings(new int[] {HOST}, GUEST, 24, 1));
    private final Judgement judgement = new Judgement();

    @Test
    @DisplayName("R52: a certain guest's error is relayed, and the judgement tells whose it is")
    void aCertainGuestsErrorIsRelayed() {
        guest(probe(GUEST).id(7));
        egress(probe(HOST).id(7));

        judge(NOW);

        assertEquals(Reason.RELAYED, judgement.reason);
        assertEquals(GUEST, judgement.guest);
        assertEquals(PORT, judgement.guestPort);
        assertEquals(GUEST_MAC, judgement.guestMac);
        assertEquals(GATEWAY_MAC, judgement.gatewayMac);
        assertNotNull(judgement.sender);
    }

    @Test
    @DisplayName("R41, R52: an open error has a time, and is decided where nothing more is waited for")
    void anOpenErrorIsDecidedAtLast() {
        guest(probe(GUEST).id(7).checksum(0));
        egress(probe(HOST).id(9));

        judge(NOW + MILLI);
        assertTrue(judgement.open);
        assertEquals(NOW + 10 * MILLI, judgement.openUntilNanos / MILLI * MILLI);
        assertNull(judgement.sender);

        judgement.last = true;
        translator.read(judgement);
        translator.find(judgement, NOW + 2 * MILLI);
        assertFalse(judgement.open);
        assertEquals(Reason.COPIED_LIKELY, judgement.reason);
    }

    @Test
    @DisplayName("R15: what is the host's, nobody's, or ambiguous has no guest")
    void whatIsNoGuestsHasNone() {
        judge(NOW);
        assertEquals(Reason.NO_MAPPING, judgement.reason);

        egress(probe(HOST).id(9));
        judge(NOW + 10 * MILLI);
        assertEquals(Reason.HOST_PROBE, judgement.reason);

        guest(probe(GUEST).id(7).checksum(0));
        guest(probe(GUEST + 1).id(7).checksum(0));
        judge(NOW + 11 * MILLI);
        assertEquals(Reason.AMBIGUOUS, judgement.reason);
        assertTrue(judgement.reason.isUnmapped());
        assertNull(judgement.sender);
    }

    @Test
    @DisplayName("R48: what was read of an error is told, its labels only if they are asked for")
    void whatWasReadIsTold() {
        judge(NOW);

        assertTrue(judgement.errorRead && judgement.quoteRead);
        assertEquals(ROUTER, judgement.reporter);
        assertEquals(11, judgement.type);
        assertEquals(0, judgement.code);
        assertEquals(ERROR.length, judgement.totalLength);
        assertEquals(PORT, judgement.quoted.sourcePort);
        assertEquals(0, judgement.labels.count());
        translator.readDetails(judgement);
        assertEquals(1, judgement.labels.count());
        assertEquals(24001, judgement.labels.entry(0) >>> 12);
    }

    @Test
    @DisplayName("R3, R48: of what is not read nothing is told, whatever was read before")
    void ofWhatIsNotReadNothingIsTold() {
        guest(probe(GUEST).id(7));
        egress(probe(HOST).id(7));
        judge(NOW);
        translator.readDetails(judgement);

        judgement.begin(ByteBuffer.wrap(ERROR), 0, ERROR.length, NOW);
        assertFalse(judgement.errorRead || judgement.quoteRead);
        assertNull(judgement.sender);
        judgement.truncated = true;
        translator.read(judgement);
        translator.find(judgement, NOW);

        assertEquals(Reason.TRUNCATED, judgement.reason);
        assertFalse(judgement.errorRead || judgement.quoteRead || judgement.open);
        assertNull(judgement.sender);
        assertEquals(0, judgement.labels.count());
    }

    @Test
    @DisplayName("R48: the MTU of the next hop is told")
    void theMtuOfTheNextHopIsTold() {
        judge(
                Packets.fragmentationNeeded(ROUTER, HOST, 40_000)
                        .quoting(probe(HOST).bytes())
                        .bytes(),
                NOW);

        translator.readDetails(judgement);
        assertEquals(40_000, judgement.nextHopMtu);
    }

    @Test
    @DisplayName("R48: the details and the octets are those of the error, whatever was read since")
    void eachErrorOfABatchKeepsItsOwn() {
        guest(probe(GUEST).id(7));
        egress(probe(HOST).id(7));
        judge(ERROR.clone(), NOW);
        Judgement other = new Judgement();
        byte[] octets = Packets.fragmentationNeeded(ROUTER, HOST, 40_000)
                .quoting(probe(HOST).id(7).bytes())
                .bytes();
        other.begin(ByteBuffer.wrap(octets), 0, octets.length, NOW);
        translator.read(other);
        byte[] before = octets.clone();

        translator.readDetails(judgement);
        translator.rewrite(judgement);
        assertEquals(1, judgement.labels.count());
        assertArrayEquals(before, octets);

        translator.readDetails(other);
        assertEquals(40_000, other.nextHopMtu);
    }

    private void judge(long nowNanos) {
        judge(ERROR, nowNanos);
    }

    private void judge(byte[] packet, long nowNanos) {
        judgement.begin(ByteBuffer.wrap(packet), 0, packet.length, nowNanos);
        translator.read(judgement);
        translator.find(judgement, nowNanos);
    }

    private void guest(ProbeBuilder sent) {
        mapper.guestSighted(read(sent), GUEST_MAC, GATEWAY_MAC, NOW);
    }

    private void egress(ProbeBuilder sent) {
        mapper.egressSighted(read(sent), Mapper.NO_UID, NOW);
    }

    private static Probe read(ProbeBuilder sent) {
        byte[] packet = sent.bytes();
        Ipv4Header header = new Ipv4Header().over(ByteBuffer.wrap(packet), 0, packet.length);
        ReadProbe probe = new ReadProbe();
        assertEquals(Ipv4Header.Problem.NONE, header.check(false));
        assertTrue(probe.read(ByteBuffer.wrap(packet), header));
        return probe;
    }

    private static ProbeBuilder probe(int source) {
        return Packets.udpProbe(source, TARGET, PORT, 33434).ttl(1).dataOctets(32);
    }
}
