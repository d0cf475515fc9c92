package io.github.natexd.mapping;

import static io.github.natexd.mapping.MappingScene.PORT;
import static io.github.natexd.mapping.MappingScene.ROOT;
import static io.github.natexd.mapping.MappingScene.fromGuest;
import static io.github.natexd.mapping.MappingScene.fromHost;
import static io.github.natexd.mapping.MappingScene.fromOtherGuest;
import static io.github.natexd.testkit.Packets.HOST;
import static io.github.natexd.testkit.Packets.TARGET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.testkit.Packets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** More probes than there is room for: who has to go, and what the others cost. */
class MapperFloodTest {
    private static final int ID = 0x3333;
    private static final int REWRITTEN = 61000;

    @Test
    @DisplayName("R21: where there is no room the oldest mapping goes, and is counted")
    void theOldestMappingGoes() {
        MappingScene small = new MappingScene(4);
        for (int i = 0; i < 5; i++) {
            small.guest(fromGuest(PORT + i));
            small.egress(fromHost(PORT + i));
        }

        assertEquals(Match.UNKNOWN, small.find(fromHost(PORT)));
        for (int i = 1; i < 5; i++) {
            assertEquals(Match.CERTAIN, small.find(fromHost(PORT + i)));
        }
        assertEquals(1, small.mapper.evictions());
        assertEquals(4, small.mapper.mappings());
    }

    @Test
    @DisplayName("R21: probes of the host's own never evict a mapping")
    void hostProbesNeverEvictAMapping() {
        MappingScene small = new MappingScene(4);
        small.guest(fromGuest(PORT));
        small.egress(fromHost(PORT));
        for (int i = 1; i <= 100; i++) {
            small.egress(Packets.udpProbe(HOST, TARGET, 50000 + i, 40000 + i).ttl(3));
        }

        assertEquals(Match.CERTAIN, small.find(fromHost(PORT)));
        assertEquals(94, small.mapper.evictions(), "there is room for eight sightings, and a mapping is two");
    }

    @Test
    @DisplayName("R16, R53: where hashes collide, neither the host's probe nor a guest's is taken for another's")
    void collidingHashesMixUpNobody() {
        for (int i = 0; i < 500; i++) {
            MappingScene small = new MappingScene(4); // a few buckets, and a secret of its own
            small.guest(fromGuest(PORT).id(ID).ttl(9));
            small.otherGuest(fromOtherGuest(PORT).id(ID).ttl(9));
            small.egress(fromHost(REWRITTEN).id(ID));
            assertEquals(Match.HOST, small.findAtLast(fromHost(REWRITTEN).id(ID)));
            small.pass(600);

            small.guest(fromGuest(PORT + 1).id(ID));
            small.otherGuest(fromOtherGuest(PORT + 1).id(ID + 1));
            small.egress(fromHost(PORT + 1).id(ID));
            assertEquals(Match.CERTAIN, small.find(fromHost(PORT + 1).id(ID)));
            assertEquals(PORT + 1, small.foundPort());
            assertEquals(1, small.mapper.mappings());
        }
    }

    @Test
    @DisplayName("R16, R21: a probe of the host's that had to go is no guest's, whatever its content")
    void anEvictedHostsProbeIsNoGuests() {
        MappingScene small = new MappingScene(4);
        small.guest(fromGuest(PORT).id(ID).ttl(9));
        small.egress(fromHost(REWRITTEN).id(ID + 1).ttl(7));
        for (int i = 1; i <= 7; i++) {
            small.egress(Packets.udpProbe(HOST, TARGET, 50000 + i, 40000 + i).ttl(3));
        }

        assertEquals(Match.UNKNOWN, small.find(fromHost(REWRITTEN).id(ID + 1)));
        assertEquals(1, small.mapper.evictions());
    }

    @Test
    @DisplayName("R21: what has expired goes without being counted as an eviction")
    void expiredRowsAreNoEvictions() {
        MappingScene small = new MappingScene(4);
        for (int i = 0; i < 40; i++) {
            small.guest(fromGuest(PORT + i));
            small.egress(fromHost(PORT + i));
            small.egress(fromHost(PORT - 1 - i).dataOctets(1));
            small.pass(15_001);
        }

        assertEquals(0, small.mapper.evictions());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("R21: a flood of one flow costs a bounded number of steps per probe and per error")
    void aFloodCostsABoundedNumberOfSteps(boolean egressToo) {
        MappingScene flooded = new MappingScene(65_536);
        int probes = 100_000;
        long most = 0;
        for (int i = 0; i < probes; i++) {
            long before = flooded.mapper.steps();
            int id = 1 + i % 0xFFFF;
            flooded.guest(fromGuest(PORT).id(id).checksum(0));
            if (egressToo) {
                flooded.egress(fromHost(REWRITTEN).id(0x10000 - id).checksum(0), ROOT);
            }
            if (i % 10 == 0) {
                flooded.find(fromHost(REWRITTEN).id(0x10000 - id).checksum(0));
                flooded.find(fromHost(PORT).id(id).checksum(0));
            }
            flooded.passNanos(2_500);
            most = Math.max(most, flooded.mapper.steps() - before);
        }

        assertTrue(most <= 1_000, "steps for two sightings and two errors: " + most);
    }
}
