package io.github.natexd.mapping;

import static io.github.natexd.testkit.Packets.GATEWAY_MAC;
import static io.github.natexd.testkit.Packets.GUEST;
import static io.github.natexd.testkit.Packets.GUEST_MAC;
import static io.github.natexd.testkit.Packets.HOST;
import static io.github.natexd.testkit.Packets.OTHER_GUEST;
import static io.github.natexd.testkit.Packets.OTHER_GUEST_MAC;
import static io.github.natexd.testkit.Packets.TARGET;

import io.github.natexd.testkit.Packets;
import io.github.natexd.testkit.ProbeBuilder;
import io.github.natexd.wire.Ipv4Header;
import io.github.natexd.wire.Probe;
import io.github.natexd.wire.ReadProbe;
import java.nio.ByteBuffer;

/** A mapper at a time that the test sets; sightings and quotes are read from whole packets. */
final class MappingScene {
    static final long MILLI = 1_000_000;
    static final long LIFETIME = 30_000 * MILLI;
    static final int ROOT = 0;
    static final int USER = 1000;
    static final int NO_UID = -1;
    static final int PORT = 40000;
    static final int TARGET_PORT = 33434;

    final Mapper mapper;
    private final ReadProbe probe = new ReadProbe();
    private long now = 5_000_000 * MILLI;

    MappingScene(int capacity) {
        this(capacity, LIFETIME);
    }

    private MappingScene(int capacity, long runningNanos) {
        mapper = new Mapper(capacity, LIFETIME, now - runningNanos);
    }

    static MappingScene justStarted() {
        return new MappingScene(1024, 0);
    }

    MappingScene() {
        this(1024);
    }

    static ProbeBuilder udp(int source, int sourcePort) {
        return Packets.udpProbe(source, TARGET, sourcePort, TARGET_PORT).ttl(3).dataOctets(32);
    }

    static ProbeBuilder echo(int source, int identifier) {
        return Packets.echoProbe(source, TARGET, identifier, 7).ttl(3).dataOctets(32);
    }

    /** The UDP checksum that an offloading host leaves in its own copy: the pseudo-header's sum (RFC 768). */
    static int unfinished(byte[] udpPacket) {
        ByteBuffer packet = ByteBuffer.wrap(udpPacket);
        ByteBuffer pseudo = ByteBuffer.allocate(12);
        pseudo.putInt(packet.getInt(12))
                .putInt(packet.getInt(16))
                .putShort((short) 17)
                .putShort(packet.getShort(24));
        return Packets.sum(pseudo.array(), 0, 12);
    }

    void guest(ProbeBuilder sent) {
        mapper.guestSighted(read(sent.bytes()), GUEST_MAC, GATEWAY_MAC, now);
    }

    void guestVia(long gatewayMac, ProbeBuilder sent) {
        mapper.guestSighted(read(sent.bytes()), GUEST_MAC, gatewayMac, now);
    }

    void otherGuest(ProbeBuilder sent) {
        mapper.guestSighted(read(sent.bytes()), OTHER_GUEST_MAC, GATEWAY_MAC, now);
    }

    void egress(ProbeBuilder sent, int uid) {
        mapper.egressSighted(read(sent.bytes()), uid, now);
    }

    void egress(ProbeBuilder sent) {
        egress(sent, NO_UID);
    }

    Match find(ProbeBuilder quoted) {
        return mapper.find(read(quoted.bytes()), now, now, false);
    }

    /** What it is when no other sighting is waited for. */
    Match findNow(ProbeBuilder quoted) {
        return mapper.find(read(quoted.bytes()), now, now, true);
    }

    /** What it is when nothing more can come. */
    Match findAtLast(ProbeBuilder quoted) {
        pass(10);
        return findNow(quoted);
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

    /** The guest's port of what was found, if it is the first guest's, else the negative of the other guest's. */
    int foundPort() {
        Sighting found = mapper.found();
        boolean first = found.source == GUEST && found.guestMac == GUEST_MAC;
        boolean second = found.source == OTHER_GUEST && found.guestMac == OTHER_GUEST_MAC;
        if (first == second || found.gatewayMac != GATEWAY_MAC) {
            throw new AssertionError("a mapping of nobody's");
        }
        return first ? found.sourcePort : -found.sourcePort;
    }

    private Probe read(byte[] packet) {
        ByteBuffer buffer = ByteBuffer.wrap(packet);
        Ipv4Header header = new Ipv4Header().over(buffer, 0, packet.length);
        if (header.check(true) != Ipv4Header.Problem.NONE || !probe.read(buffer, header)) {
            throw new AssertionError("not a probe");
        }
        return probe;
    }

    static ProbeBuilder fromHost(int port) {
        return udp(HOST, port);
    }

    static ProbeBuilder fromGuest(int port) {
        return udp(GUEST, port);
    }

    static ProbeBuilder fromOtherGuest(int port) {
        return udp(OTHER_GUEST, port);
    }
}
