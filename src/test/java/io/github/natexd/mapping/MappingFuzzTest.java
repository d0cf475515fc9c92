package io.github.natexd.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.natexd.testkit.Packets;
import io.github.natexd.wire.Ipv4Header;
import io.github.natexd.wire.Protocol;
import io.github.natexd.wire.ReadProbe;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Any sequence of sightings, look-ups and pauses: a guest is found only if it sent a probe to the quoted place within
 * the lifetime, and no event costs more than a fixed number of steps.
 */
class MappingFuzzTest {
    private static final int CAPACITY = 64;
    private static final int EVENT_OCTETS = 6;
    private static final int EVENTS_LIMIT = 200;
    /** An event of this kind is many sightings, so that a short input fills the table. */
    private static final int FLOODS = 15;

    private static final int FLOOD = 16;
    /** As {@link MapperFloodTest} allows for four events. */
    private static final int STEPS_LIMIT = 1_000;

    private static final long NETWORK = 0x020000000000L;
    private static final int PACKET_OCTETS = Ipv4Header.MIN_LENGTH + ReadProbe.TRANSPORT_HEAD_OCTETS;

    private record Sent(long classKey, int source, int sourcePort, long mac, long nanos) {}

    private final ByteBuffer packet = ByteBuffer.allocate(PACKET_OCTETS);
    private final Ipv4Header header = new Ipv4Header();
    private final ReadProbe probe = new ReadProbe();

    @FuzzTest
    void anySequence(byte[] data) {
        long now = 5_000_000 * MappingScene.MILLI;
        Mapper mapper = new Mapper(CAPACITY, MappingScene.LIFETIME, now - MappingScene.LIFETIME);
        List<Sent> sent = new ArrayList<>();
        ByteBuffer events = ByteBuffer.wrap(data);
        for (int event = 0; event < EVENTS_LIMIT && events.remaining() >= EVENT_OCTETS; event++) {
            int what = events.get() & 0xFF;
            int next = events.get() & 0xFF;
            int who = next & 0x0F;
            int times = next >>> 4 == FLOODS ? FLOOD : 1;
            now += (events.get() & 0xFFL) << 27; // at most the lifetime and a little
            long before = mapper.steps();
            switch (what & 7) {
                case 0, 1, 2 -> {
                    int id = read(Packets.GUEST + who, events, what);
                    for (int i = 0; i < times; i++) {
                        identified(id + i);
                        mapper.guestSighted(probe, NETWORK + who, Packets.GATEWAY_MAC, now);
                    }
                    sent.add(new Sent(probe.classKey(), probe.source, probe.sourcePort, NETWORK + who, now));
                }
                case 3, 4 -> {
                    int id = read(Packets.HOST, events, what);
                    for (int i = 0; i < times; i++) {
                        identified(id + i);
                        mapper.egressSighted(probe, who - 1, now);
                    }
                }
                case 5, 6 -> {
                    read(Packets.HOST, events, what);
                    Match match = mapper.find(probe, now, now, who % 2 == 0);
                    assertTrue(who % 2 != 0 || match != Match.OPEN, "final");
                    if (match == Match.CERTAIN || match == Match.LIKELY) {
                        check(mapper.found(), sent, now);
                    }
                }
                default -> other(mapper, who, now);
            }
            long steps = mapper.steps() - before;
            assertTrue(steps <= STEPS_LIMIT * times, () -> "steps: " + steps);
            assertTrue(mapper.mappings() <= CAPACITY);
        }
    }

    /** The later sightings of one moment are some nanoseconds younger. */
    private void check(Sighting found, List<Sent> sent, long now) {
        long oldest = now - MappingScene.LIFETIME - EVENTS_LIMIT * FLOOD;
        assertTrue(
                sent.stream()
                        .anyMatch(one -> one.classKey() == probe.classKey()
                                && one.source() == found.source
                                && one.sourcePort() == found.sourcePort
                                && one.mac() == found.guestMac
                                && one.nanos() >= oldest),
                "found a guest that sent no such probe within the lifetime");
        assertEquals(Packets.GATEWAY_MAC, found.gatewayMac);
        assertNotEquals(Packets.HOST, found.source);
    }

    private static void other(Mapper mapper, int who, long now) {
        switch (who) {
            case 0 -> mapper.egressLost(now);
            case 1 -> mapper.egressUnseen(now);
            case 2, 3 -> mapper.trustsUnseen(who == 2);
            case 4 -> mapper.forgetProfile();
            case 5 -> mapper.page(0, now);
            case 6 -> mapper.profile();
            default -> mapper.expire(now);
        }
    }

    /** Few ports, identifications and checksums, so that probes resemble each other. Returns the identification. */
    private int read(int source, ByteBuffer events, int what) {
        int ports = events.get() & 0xFF;
        int id = events.get() & 0xFF;
        int rest = events.get() & 0xFF;
        boolean udp = (what & 8) == 0;
        int total = PACKET_OCTETS + (what >>> 6);
        int protocol = udp ? Protocol.UDP : Protocol.ICMP;
        Ipv4Header.write(packet, 0, 0, total, id, 0, 1 + (rest & 3), protocol, source, Packets.TARGET);
        int at = Ipv4Header.MIN_LENGTH;
        if (udp) {
            packet.putShort(at, (short) (40_000 + (ports & 0x0F)));
            packet.putShort(at + 2, (short) (33_434 + (ports >>> 4)));
            packet.putShort(at + 4, (short) (total - at));
            packet.putShort(at + 6, (short) (rest >>> 2));
        } else {
            packet.putShort(at, (short) (8 << 8));
            packet.putShort(at + 2, (short) (rest >>> 2));
            packet.putShort(at + 4, (short) (ports & 0x0F));
            packet.putShort(at + 6, (short) (ports >>> 4));
        }
        identified(id);
        return id;
    }

    /** The same probe with another identification. */
    private void identified(int id) {
        packet.putShort(4, (short) id);
        assertEquals(
                Ipv4Header.Problem.NONE, header.over(packet, 0, PACKET_OCTETS).check(true));
        assertTrue(probe.read(packet, header));
    }
}
