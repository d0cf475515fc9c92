package io.github.natexd.bench;

import io.github.natexd.mapping.Mapper;
import io.github.natexd.mapping.Match;
import io.github.natexd.testkit.Packets;
import io.github.natexd.wire.Ipv4Address;
import io.github.natexd.wire.Probe;
import io.github.natexd.wire.ReadProbe;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The dearest look-ups that a guest can craft: it forges every address of its network, and all probes are of one class.
 * {@code CraftedLookUpTest} bounds what they read.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgs = "-XX:+UseSerialGC")
public class CraftedLookUpBenchmark {
    private static final int NETWORK = Ipv4Address.parse("192.168.44.0");
    private static final int ADDRESSES = 254;
    private static final int PROBES = 100;
    private static final int CLASS = 33434;
    private static final int TTL = 5;
    private static final int QUOTED_PORT = 9;
    private static final long NOW = 1_000_000_000_000L;

    /** What the guest sent, and what left the host: probes that can, or cannot, be the quoted one. */
    public enum Crafted {
        NOTHING_FITS,
        ALL_FIT,
        NOTHING_LEFT,
        ONE_TUPLE
    }

    private final ReadProbe probe = new ReadProbe();

    /** What is there to be read; an error pairs none of it. */
    @State(Scope.Thread)
    public static class Sighted {
        @Param
        public Crafted crafted;

        private final Mapper mapper = new Mapper(65_536, TimeUnit.HOURS.toNanos(1), NOW);

        @Setup
        public void fill(CraftedLookUpBenchmark benchmark) {
            int ttl = crafted == Crafted.ALL_FIT ? TTL : 200;
            for (int i = 0; i < PROBES; i++) {
                for (int address = 1; address <= ADDRESSES; address++) {
                    benchmark.guest(mapper, NETWORK + address, 1000 + i, 1 + i, ttl);
                }
                if (crafted == Crafted.ALL_FIT) {
                    benchmark.leaves(mapper, 2000 + i, 1000 + i, TTL);
                } else if (crafted == Crafted.ONE_TUPLE) {
                    benchmark.guest(mapper, NETWORK + 1, QUOTED_PORT, 1000 + i, TTL);
                    benchmark.leaves(mapper, QUOTED_PORT, 1000 + i, TTL);
                }
            }
            if (crafted != Crafted.NOTHING_LEFT) {
                benchmark.leaves(mapper, QUOTED_PORT, 99, TTL);
            }
        }
    }

    @Benchmark
    public Match find(Sighted sighted) {
        return find(sighted.mapper);
    }

    /** One tuple, sixty-four pairs that are not kept yet, in four groups: an error keeps a few of them. */
    @State(Scope.Thread)
    public static class Unpaired {
        private Mapper mapper;

        @Setup(Level.Invocation)
        public void fill(CraftedLookUpBenchmark benchmark) {
            mapper = new Mapper(128, TimeUnit.HOURS.toNanos(1), NOW);
            for (int ttl = 10; ttl <= 40; ttl += 10) {
                for (int i = 0; i < 16; i++) {
                    benchmark.leaves(mapper, QUOTED_PORT, 100 * ttl + i, ttl);
                }
            }
            for (int ttl = 10; ttl <= 40; ttl += 10) {
                for (int i = 0; i < 16; i++) {
                    benchmark.guest(mapper, NETWORK + 9, QUOTED_PORT, 100 * ttl + i, ttl);
                }
            }
        }
    }

    @Benchmark
    public Match findAndPair(Unpaired unpaired) {
        return find(unpaired.mapper);
    }

    private Match find(Mapper in) {
        return in.find(probe(Packets.HOST, QUOTED_PORT, 99, 1), NOW, NOW + Mapper.SETTLED_NANOS, true);
    }

    private void guest(Mapper in, int address, int port, int id, int ttl) {
        in.guestSighted(probe(address, port, id, ttl), Packets.GUEST_MAC, Packets.GATEWAY_MAC, NOW);
    }

    private void leaves(Mapper in, int port, int id, int ttl) {
        in.egressSighted(probe(Packets.HOST, port, id, ttl), Mapper.NO_UID, NOW);
    }

    private Probe probe(int source, int port, int id, int ttl) {
        probe.protocol = 17;
        probe.source = source;
        probe.destination = Packets.TARGET;
        probe.sourcePort = port;
        probe.destinationPort = CLASS;
        probe.identification = id;
        probe.timeToLive = ttl;
        probe.transportLength = 40;
        probe.content = source == Packets.HOST ? 1 : 1 + id % 2;
        probe.contentKnown = true;
        return probe;
    }
}
