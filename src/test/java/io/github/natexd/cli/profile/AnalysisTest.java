package io.github.natexd.cli.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.cli.profile.Finding.State;
import io.github.natexd.cli.profile.Packet.Kind;
import io.github.natexd.cli.profile.Packet.Quote;
import io.github.natexd.cli.profile.Packet.Segment;
import io.github.natexd.wire.Ipv4Address;
import io.github.natexd.wire.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the analysis concludes from packets made for it, one trait at a time. */
class AnalysisTest {
    private static final int GUEST = Ipv4Address.parse("192.168.44.128");
    private static final int HOST = Ipv4Address.parse("203.0.113.7");
    private static final int TARGET = Ipv4Address.parse("192.0.2.80");
    private static final int OTHER_TARGET = Ipv4Address.parse("192.0.2.81");
    private static final int ROUTER = Ipv4Address.parse("198.51.100.1");
    private static final long MILLI = 1_000_000;
    private static final int SYN = 2;
    private static final int ACK = 16;

    private final List<Packet> guestSide = new ArrayList<>();
    private final List<Packet> hostSide = new ArrayList<>();

    @Test
    void withoutPacketsEverythingIsUnknown() {
        NatReport report = report();

        assertEquals(Optional.empty(), report.guestNetwork());
        assertTrue(Stream.of(report.udp(), report.icmp(), report.tcp())
                .flatMap(List::stream)
                .allMatch(finding -> finding.state() == State.UNKNOWN));
    }

    @Test
    void aMachineWithoutGuestsIsUnknown() {
        hostSide.add(udp(1, HOST, 40_000, TARGET, 7, 64));
        hostSide.add(udp(2, TARGET, 53, HOST, 9, 50));

        assertEquals(State.UNKNOWN, state(report().udp(), Trait.PORT_KEPT));
    }

    @Test
    void headersThatAreKeptAreKept() {
        guestSide.add(udp(1, GUEST, 40_000, TARGET, 7, 5));
        hostSide.add(udp(2, HOST, 40_000, TARGET, 7, 5));

        NatReport report = report();

        assertEquals("192.168.44.0/24", report.guestNetwork().orElseThrow().toString());
        assertEquals(State.YES, state(report.udp(), Trait.PORT_KEPT));
        assertEquals(State.YES, state(report.udp(), Trait.IP_ID_KEPT));
        assertEquals(State.YES, state(report.udp(), Trait.TTL_KEPT));
        assertEquals(State.UNKNOWN, state(report.udp(), Trait.SAME_PORT));
        assertEquals(State.UNKNOWN, state(report.udp(), Trait.TIME_EXCEEDED));
        assertEquals(State.UNKNOWN, state(report.icmp(), Trait.IDENTIFIER_KEPT));
    }

    @Test
    void headersThatAreReplacedAreReplaced() {
        guestSide.add(udp(1, GUEST, 40_000, TARGET, 7, 5));
        hostSide.add(udp(2, HOST, 61_000, TARGET, 99, 4));

        NatReport report = report();

        assertEquals(State.NO, state(report.udp(), Trait.PORT_KEPT));
        assertEquals(State.NO, state(report.udp(), Trait.IP_ID_KEPT));
        assertEquals(State.NO, state(report.udp(), Trait.TTL_KEPT));
    }

    @Test
    void anIpIdOfZeroSaysNothing() {
        guestSide.add(udp(1, GUEST, 40_000, TARGET, 0, 5));
        hostSide.add(udp(2, HOST, 40_000, TARGET, 99, 5));

        assertEquals(State.UNKNOWN, state(report().udp(), Trait.IP_ID_KEPT));
    }

    @Test
    void whatTheHostSendsAlikeIsNotTakenForTheGuests() {
        guestSide.add(udp(1, GUEST, 40_000, TARGET, 7, 5));
        hostSide.add(udp(2, HOST, 40_000, TARGET, 7, 5));
        hostSide.add(udp(3, HOST, 41_000, TARGET, 8, 5));

        assertEquals(State.UNKNOWN, state(report().udp(), Trait.PORT_KEPT));
    }

    @Test
    void aPortForEachDestinationIsSeen() {
        guestSide.add(udp(1, GUEST, 40_000, TARGET, 7, 5));
        guestSide.add(udp(2, GUEST, 40_000, OTHER_TARGET, 8, 5));
        hostSide.add(udp(1, HOST, 61_000, TARGET, 7, 5));
        hostSide.add(udp(2, HOST, 61_001, OTHER_TARGET, 8, 5));

        assertEquals(State.NO, state(report().udp(), Trait.SAME_PORT));
    }

    @Test
    void oneIdentifierForAllSequenceNumbersIsOneDestination() {
        guestSide.add(echo(1, Kind.ECHO_REQUEST, GUEST, 5, TARGET, 1, 64));
        guestSide.add(echo(2, Kind.ECHO_REQUEST, GUEST, 5, TARGET, 2, 64));
        hostSide.add(echo(1, Kind.ECHO_REQUEST, HOST, 9, TARGET, 1, 64));
        hostSide.add(echo(2, Kind.ECHO_REQUEST, HOST, 9, TARGET, 2, 64));

        NatReport report = report();

        assertEquals(State.NO, state(report.icmp(), Trait.IDENTIFIER_KEPT));
        assertEquals(State.UNKNOWN, state(report.icmp(), Trait.SAME_IDENTIFIER));
    }

    @Test
    void rebuiltRepliesAreSeen() {
        guestSide.add(echo(1, Kind.ECHO_REQUEST, GUEST, 5, TARGET, 1, 64));
        hostSide.add(echo(1, Kind.ECHO_REQUEST, HOST, 5, TARGET, 1, 64));
        hostSide.add(echo(2, Kind.ECHO_REPLY, TARGET, 1, HOST, 5, 55));
        guestSide.add(echo(3, Kind.ECHO_REPLY, TARGET, 1, GUEST, 5, 128));

        assertEquals(State.NO, state(report().icmp(), Trait.REPLY_TTL_KEPT));
    }

    @Test
    void errorsThatReachTheGuestAreHandedOver() {
        guestSide.add(udp(1, GUEST, 40_000, TARGET, 7, 1));
        hostSide.add(udp(2, HOST, 61_000, TARGET, 7, 1));
        hostSide.add(error(3, 11, HOST, 61_000));
        guestSide.add(error(4, 11, GUEST, 40_000));

        assertEquals(State.YES, state(report().udp(), Trait.TIME_EXCEEDED));
        assertEquals(State.UNKNOWN, state(report().udp(), Trait.PORT_UNREACHABLE));
        assertEquals(State.UNKNOWN, state(report().icmp(), Trait.TIME_EXCEEDED));
    }

    @Test
    void errorsThatStayAtTheHostAreNot() {
        guestSide.add(udp(1, GUEST, 40_000, TARGET, 7, 1));
        hostSide.add(udp(2, HOST, 61_000, TARGET, 7, 1));
        hostSide.add(error(3, 11, HOST, 61_000));

        assertEquals(State.NO, state(report().udp(), Trait.TIME_EXCEEDED));
    }

    @Test
    void aHandshakeThatTheGuestDoesNotCompleteShowsAProxy() {
        guestSide.add(tcp(1, GUEST, 40_000, TARGET, 80, new Segment(SYN, 1000, 0, 0)));
        guestSide.add(tcp(5, TARGET, 80, GUEST, 40_000, new Segment(SYN | ACK, 99, 1001, 0)));
        hostSide.add(tcp(2, HOST, 61_000, TARGET, 80, new Segment(SYN, 7777, 0, 0)));
        hostSide.add(tcp(3, TARGET, 80, HOST, 61_000, new Segment(SYN | ACK, 50, 7778, 0)));
        hostSide.add(tcp(4, HOST, 61_000, TARGET, 80, new Segment(ACK, 7778, 51, 0)));

        NatReport report = report();

        assertEquals(State.YES, state(report.tcp(), Trait.PROXIED));
        assertEquals(State.YES, state(report.tcp(), Trait.HANDSHAKE_WITHOUT_GUEST));
        assertEquals(State.NO, state(report.tcp(), Trait.SEQUENCE_KEPT));
        assertEquals(State.UNKNOWN, state(report.tcp(), Trait.KEEPALIVES_FORWARDED));
    }

    @Test
    void aNatThatReplacesTheGuestsSequenceNumbersIsNoProxy() {
        guestSide.add(tcp(1, GUEST, 40_000, TARGET, 80, new Segment(SYN, 1000, 0, 0)));
        hostSide.add(tcp(2, HOST, 40_000, TARGET, 80, new Segment(SYN, 7777, 0, 0)));
        hostSide.add(tcp(3, TARGET, 80, HOST, 40_000, new Segment(SYN | ACK, 50, 7778, 0)));
        guestSide.add(tcp(4, TARGET, 80, GUEST, 40_000, new Segment(SYN | ACK, 50, 1001, 0)));

        assertEquals(State.NO, state(report().tcp(), Trait.PROXIED));
    }

    @Test
    void aTranslatedConnectionIsNoProxy() {
        guestSide.add(tcp(1, GUEST, 40_000, TARGET, 80, new Segment(SYN, 1000, 0, 0)));
        hostSide.add(tcp(2, HOST, 61_000, TARGET, 80, new Segment(SYN, 1000, 0, 0)));

        NatReport report = report();

        assertEquals(State.NO, state(report.tcp(), Trait.PROXIED));
        assertEquals(State.YES, state(report.tcp(), Trait.SEQUENCE_KEPT));
        assertEquals(State.UNKNOWN, state(report.tcp(), Trait.HANDSHAKE_WITHOUT_GUEST));
    }

    @Test
    void aRefusedConnectionDoesNotShowAProxy() {
        guestSide.add(tcp(1, GUEST, 40_000, TARGET, 80, new Segment(SYN, 1000, 0, 0)));
        hostSide.add(tcp(2, HOST, 61_000, TARGET, 80, new Segment(SYN, 7777, 0, 0)));

        assertEquals(State.UNKNOWN, state(report().tcp(), Trait.PROXIED));
    }

    @Test
    void keepalivesThatEndAtTheNatAreNotForwarded() {
        guestSide.add(tcp(1, GUEST, 40_000, TARGET, 80, new Segment(SYN, 1000, 0, 0)));
        guestSide.add(tcp(4, GUEST, 40_000, TARGET, 80, new Segment(ACK, 1001, 51, 0)));
        guestSide.add(tcp(5, GUEST, 40_000, TARGET, 80, new Segment(ACK, 1000, 51, 0)));
        hostSide.add(tcp(2, HOST, 61_000, TARGET, 80, new Segment(SYN, 7777, 0, 0)));

        assertEquals(State.NO, state(report().tcp(), Trait.KEEPALIVES_FORWARDED));

        hostSide.add(tcp(6, HOST, 61_000, TARGET, 80, new Segment(ACK, 7777, 51, 0)));

        assertEquals(State.YES, state(report().tcp(), Trait.KEEPALIVES_FORWARDED));
    }

    private NatReport report() {
        return Analysis.of(guestSide, hostSide, null);
    }

    private static State state(List<Finding> findings, Trait trait) {
        return findings.stream()
                .filter(finding -> finding.trait() == trait)
                .findFirst()
                .orElseThrow()
                .state();
    }

    private static Packet udp(long millis, int source, int sourcePort, int destination, int id, int ttl) {
        return packet(millis, Kind.UDP, source, sourcePort, destination, 33_434, id, ttl, null, null);
    }

    private static Packet echo(
            long millis, Kind kind, int source, int sourcePort, int destination, int destinationPort, int ttl) {
        return packet(millis, kind, source, sourcePort, destination, destinationPort, 7, ttl, null, null);
    }

    private static Packet tcp(
            long millis, int source, int sourcePort, int destination, int destinationPort, Segment segment) {
        return packet(millis, Kind.TCP, source, sourcePort, destination, destinationPort, 7, 64, segment, null);
    }

    private static Packet error(long millis, int type, int destination, int quotedPort) {
        Quote quote = new Quote(type, 0, Protocol.UDP, destination, quotedPort, TARGET, 33_434);
        return packet(millis, Kind.ERROR, ROUTER, 0, destination, 0, 7, 60, null, quote);
    }

    private static Packet packet(
            long millis,
            Kind kind,
            int source,
            int sourcePort,
            int destination,
            int destinationPort,
            int id,
            int ttl,
            @Nullable Segment segment,
            @Nullable Quote quote) {
        long content = Objects.hash(kind);
        return new Packet(
                millis * MILLI,
                false,
                kind,
                source,
                sourcePort,
                destination,
                destinationPort,
                id,
                ttl,
                content,
                40,
                segment,
                quote);
    }
}
