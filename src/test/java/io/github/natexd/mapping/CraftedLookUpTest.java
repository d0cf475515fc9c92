package io.github.natexd.mapping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.testkit.CraftedProbes;
import io.github.natexd.wire.Probe;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The dearest look-ups that can be crafted: links of chains that are followed, whatever the clock says.
 * Mostly all probes are of one class; a guest can forge every address of its network.
 */
class CraftedLookUpTest {
    private static final long LIFETIME = 30_000_000_000L;
    private static final int TTL = 5;
    private static final int OTHER_TTL = 200;
    /** Sightings of one side that are read at the most: of a guest, and of the host. */
    private static final int READ = 64;
    /** Some hashes collide, whatever the secret is. */
    private static final int COLLIDING = 300;

    private final Mapper mapper = new Mapper(65_536, LIFETIME, CraftedProbes.NOW - 2 * LIFETIME);
    private final CraftedProbes probes = new CraftedProbes(mapper);

    @Test
    @DisplayName("R21, R53: defect 11: 254 forged addresses with 100 probes of the class each: 128 are read in all")
    void manyAddressesWithProbesThatDoNotFit() {
        for (int i = 0; i < 100; i++) {
            for (int address = 1; address <= CraftedProbes.ADDRESSES; address++) {
                probes.guest(address, i, i, OTHER_TTL);
            }
        }

        assertStepsAtMost(128 + READ, () -> probes.leaves(9, 99, TTL));
        assertStepsAtMost(128 + 2 * READ, () -> probes.find(9, 99));
    }

    @Test
    @DisplayName(
            "R21, R53: defect 11: 254 addresses with probes that fit, and as many leaving: 64 are read of each side")
    void manyAddressesWithProbesThatFit() {
        for (int i = 0; i < 100; i++) {
            for (int address = 1; address <= CraftedProbes.ADDRESSES; address++) {
                probes.guest(address, 1000 + i, 1 + i, TTL);
            }
            probes.leaves(2000 + i, 1000 + i, TTL);
        }

        assertStepsAtMost(4 * READ, () -> probes.leaves(9, 99, TTL));
        assertStepsAtMost(4 * READ, () -> probes.find(9, 99));
        assertStepsAtMost(4 * READ, () -> probes.guest(7, 9, 2000, TTL));
    }

    @Test
    @DisplayName(
            "R21, R53: defect 11: an error about none of 254 addresses' probes, and nothing seen leaving: 128 are read")
    void manyAddressesAndNothingSeenLeaving() {
        for (int i = 0; i < 100; i++) {
            for (int address = 1; address <= CraftedProbes.ADDRESSES; address++) {
                probes.guest(address, i, i, OTHER_TTL);
            }
        }

        assertStepsAtMost(128, () -> probes.find(999, 999));
    }

    @Test
    @DisplayName("R21, R53: defect 11: one tuple, sixty pairs not kept yet: an error keeps a few of them")
    void manyPairsThatAnErrorFindsFirst() {
        int[] ttls = {10, 20, 30, 40};
        for (int ttl : ttls) {
            for (int i = 0; i < 16; i++) {
                probes.leaves(9, 100 * ttl + i, ttl);
            }
        }
        for (int ttl : ttls) {
            for (int i = 0; i < 16; i++) {
                probes.guest(9, 9, 100 * ttl + i, ttl);
            }
        }

        for (int error = 1; error <= 16; error++) {
            assertStepsAtMost(5 * 3 * READ, () -> probes.find(9, 0x7FFF));
        }
        assertEquals(64, mapper.mappings());
    }

    @Test
    @DisplayName("R21, R53: defect 11: thousands of probes of one tuple: 64 are read for an error")
    void manyPairsOfOneTuple() {
        for (int i = 0; i < 10_000; i++) {
            probes.guest(9, 9, 1 + i, TTL);
            probes.leaves(9, 1 + i, TTL);
        }

        assertStepsAtMost(READ, () -> assertEquals(Match.LIKELY, probes.find(9, 1)));
    }

    @Test
    @DisplayName("R21, R53: defect 11: whoever's hash falls into the bucket of a flood does not pay for the flood")
    void aFloodInABucketCostsNobodyElse() {
        for (int i = 0; i < 100_000; i++) {
            probes.guest(9, i & 0xFFFF, 1, TTL);
        }
        long most = 0;
        for (int i = 0; i < 1_500_000; i++) { // ten for each bucket, of a class of its own
            long before = mapper.steps();
            Probe probe = probes.hosts(9, 1, TTL);
            probe.destination = i;
            mapper.egressSighted(probe, Mapper.NO_UID, CraftedProbes.NOW);
            most = Math.max(most, mapper.steps() - before);
        }

        assertTrue(most > 0 && most <= 4 * READ, most + " steps");
    }

    @Test
    @DisplayName("R21, R53: one address with thousands of probes that do not fit: 64 are read")
    void manyProbesOfOneAddressThatDoNotFit() {
        for (int i = 0; i < 3_000; i++) {
            probes.guest(7, i, i, OTHER_TTL);
        }

        assertStepsAtMost(2 * READ, () -> probes.leaves(9, 99, TTL));
        assertStepsAtMost(2 * READ, () -> probes.find(9, 99));
    }

    @Test
    @DisplayName("R21, R53: thousands of the host's probes that do not fit: a few are read")
    void manyLeavingProbesThatDoNotFit() {
        for (int i = 0; i < 3_000; i++) {
            probes.leaves(i, 0, OTHER_TTL);
        }

        assertStepsAtMost(READ, () -> probes.guest(7, 7, 2001, TTL));
        assertStepsAtMost(2 * READ, () -> probes.leaves(9, 99, TTL));
    }

    private void assertStepsAtMost(long most, Runnable lookUp) {
        long before = mapper.steps();
        lookUp.run();
        long steps = mapper.steps() - before;
        assertTrue(steps <= most + COLLIDING, steps + " steps");
    }
}
