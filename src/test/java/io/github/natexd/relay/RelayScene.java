package io.github.natexd.relay;

import io.github.natexd.mapping.Mapper;
import io.github.natexd.ports.Surroundings;
import io.github.natexd.report.Counters;
import io.github.natexd.report.Reason;
import io.github.natexd.testkit.FakeEgressLog;
import io.github.natexd.testkit.FakeGuestLink;
import io.github.natexd.testkit.FakePacketQueue;
import io.github.natexd.testkit.Packets;
import io.github.natexd.testkit.ProbeBuilder;
import io.github.natexd.testkit.Selected;
import io.github.natexd.translate.ErrorTypes;
import io.github.natexd.translate.Translator;
import io.github.natexd.wire.Ipv4Address;
import io.github.natexd.wire.MacAddress;

/** A relay between three fakes, at a time that the test sets: the guest network is 192.168.44.0/24, as VMware's is. */
final class RelayScene {
    static final int HOST_ON_GUEST_NETWORK = Ipv4Address.parse("192.168.44.1");
    static final long HOST_MAC = MacAddress.parse("00:50:56:c0:00:08");
    static final long MILLI = 1_000_000;
    static final long LIFETIME = 30_000 * MILLI;
    static final int ROOT = 0;
    private static final int CAPACITY = 4096;

    final FakeGuestLink link = new FakeGuestLink();
    final FakeEgressLog log = new FakeEgressLog();
    final FakePacketQueue queue = new FakePacketQueue(128, link);
    final Mapper mapper;
    final Translator translator;
    final Relay relay;
    private long now = 1_000_000 * MILLI;

    RelayScene(Relay.Reinject reinject, int staticGuest, ErrorTypes types) {
        mapper = new Mapper(CAPACITY, LIFETIME, now - 5_000 * MILLI);
        int[] hosts = {Packets.HOST, HOST_ON_GUEST_NETWORK, Ipv4Address.parse("127.0.0.1")};
        Surroundings surroundings = new Surroundings(hosts, HOST_ON_GUEST_NETWORK, 24, HOST_MAC);
        translator = new Translator(types, mapper, surroundings);
        relay = new Relay(new Relay.Ports(queue, log, () -> true, () -> now), mapper, translator);
        relay.reinject(reinject);
        relay.staticGuest(staticGuest);
        relay.link(link);
    }

    static RelayScene byFrames() {
        return new RelayScene(Relay.Reinject.FRAME, 0, Selected.BY_DEFAULT);
    }

    static RelayScene byVerdicts() {
        return new RelayScene(Relay.Reinject.VERDICT, 0, Selected.BY_DEFAULT);
    }

    static RelayScene withStaticGuest(int guest) {
        return new RelayScene(Relay.Reinject.FRAME, guest, Selected.BY_DEFAULT);
    }

    /** The probe that the packet files quote, as {@code source} sends it. */
    static ProbeBuilder probe(int source, int sourcePort) {
        return Packets.udpProbe(source, Packets.TARGET, sourcePort, 33434)
                .ttl(1)
                .dataOctets(32);
    }

    /** An error about the host's packet, as a router quotes it. */
    static byte[] error(byte[] egress) {
        return Packets.timeExceeded(Packets.ROUTER, Packets.HOST)
                .quoting(egress, 28)
                .bytes();
    }

    static byte[] hosts(int sourcePort) {
        return probe(Packets.HOST, sourcePort).bytes();
    }

    /** What the guest gets of the error about {@link #hosts}. */
    static byte[] guestsError(int sourcePort) {
        return Packets.timeExceeded(Packets.ROUTER, Packets.GUEST)
                .quoting(probe(Packets.GUEST, sourcePort).bytes(), 28)
                .bytes();
    }

    void guestSends(byte[] probe) {
        guestSends(Packets.GUEST_MAC, probe);
    }

    void guestSends(long guestMac, byte[] probe) {
        link.arrive(Packets.frame(Packets.GATEWAY_MAC, guestMac, probe));
    }

    /** A probe of the guest's and the NAT's copy of it are sighted. */
    void mapped(int sourcePort) {
        guestSends(probe(Packets.GUEST, sourcePort).bytes());
        log.leave(probe(Packets.HOST, sourcePort).bytes(), ROOT);
        relay.turn();
    }

    /** One error comes in and a turn is made; answers its id. */
    int errorComes(byte[] error) {
        int id = queue.enqueue(error);
        relay.turn();
        return id;
    }

    void pass(long millis) {
        passNanos(millis * MILLI);
    }

    void passNanos(long nanos) {
        now += nanos;
    }

    long now() {
        return now;
    }

    long count(Reason reason) {
        return relay.ledger().counters.get(reason);
    }

    long count(Counters.Event event) {
        return relay.ledger().counters.get(event);
    }
}
