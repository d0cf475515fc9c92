package io.github.natexd.bench;

import io.github.natexd.mapping.Mapper;
import io.github.natexd.mapping.Match;
import io.github.natexd.testkit.CraftedProbes;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * The dearest look-ups that a guest can craft: it forges every address of its network, and all probes are of one class.
 * {@code CraftedLookUpTest} bounds what they read.
 */
public class CraftedLookUpBenchmark extends NanosPerCall {
    private static final int PROBES = 100;
    private static final int TTL = 5;
    private static final int QUOTED_PORT = 9;

    /** What the guest sent, and what left the host: probes that can, or cannot, be the quoted one. */
    public enum Crafted {
        NOTHING_FITS,
        ALL_FIT,
        NOTHING_LEFT,
        ONE_TUPLE
    }

    /** What is there to be read; an error pairs none of it. */
    @State(Scope.Thread)
    public static class Sighted {
        @Param
        public Crafted crafted;

        private final CraftedProbes probes = probes(65_536);

        @Setup
        public void fill() {
            int ttl = crafted == Crafted.ALL_FIT ? TTL : 200;
            for (int i = 0; i < PROBES; i++) {
                for (int address = 1; address <= CraftedProbes.ADDRESSES; address++) {
                    probes.guest(address, 1000 + i, 1 + i, ttl);
                }
                if (crafted == Crafted.ALL_FIT) {
                    probes.leaves(2000 + i, 1000 + i, TTL);
                } else if (crafted == Crafted.ONE_TUPLE) {
                    probes.guest(1, QUOTED_PORT, 1000 + i, TTL);
                    probes.leaves(QUOTED_PORT, 1000 + i, TTL);
                }
            }
            if (crafted != Crafted.NOTHING_LEFT) {
                probes.leaves(QUOTED_PORT, 99, TTL);
            }
        }
    }

    @Benchmark
    public Match find(Sighted sighted) {
        return sighted.probes.find(QUOTED_PORT, 99);
    }

    /** One tuple, sixty-four pairs that are not kept yet, in four groups: an error keeps a few of them. */
    @State(Scope.Thread)
    public static class Unpaired {
        private CraftedProbes probes;

        @Setup(Level.Invocation)
        public void fill() {
            probes = probes(128);
            for (int ttl = 10; ttl <= 40; ttl += 10) {
                for (int i = 0; i < 16; i++) {
                    probes.leaves(QUOTED_PORT, 100 * ttl + i, ttl);
                }
            }
            for (int ttl = 10; ttl <= 40; ttl += 10) {
                for (int i = 0; i < 16; i++) {
                    probes.guest(9, QUOTED_PORT, 100 * ttl + i, ttl);
                }
            }
        }
    }

    @Benchmark
    public Match findAndPair(Unpaired unpaired) {
        return unpaired.probes.find(QUOTED_PORT, 99);
    }

    private static CraftedProbes probes(int capacity) {
        return new CraftedProbes(new Mapper(capacity, TimeUnit.HOURS.toNanos(1), CraftedProbes.NOW));
    }
}
