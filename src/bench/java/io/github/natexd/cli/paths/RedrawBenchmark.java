package io.github.natexd.cli.paths;

import io.github.natexd.bench.NanosPerCall;
import io.github.natexd.cli.paths.Event.Answer;
import io.github.natexd.cli.paths.Event.Kind;
import io.github.natexd.cli.paths.Event.ProbeKey;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/** The cost of one redraw of {@code natexctl paths}: 10 guests trace 100 targets each, with ten hops. */
public class RedrawBenchmark extends NanosPerCall {
    private static final int GUESTS = 10;
    private static final int TARGETS = 100;
    private static final int HOPS = 10;
    private static final int ROUNDS = 3;
    private static final int ROUND_MICROS = 1_000_000;

    private final Paths paths = new Paths();
    private long nowMicros;

    /** Sends all probes, and errors about all but the last hop's. */
    @Setup
    public void fill() {
        for (int round = 0; round < ROUNDS; round++, nowMicros += ROUND_MICROS) {
            for (int probe = 0; probe < GUESTS * TARGETS * HOPS; probe++) {
                add(round, probe % GUESTS, probe / GUESTS % TARGETS, probe / GUESTS / TARGETS + 1);
            }
        }
    }

    private void add(int round, int guest, int target, int hop) {
        ProbeKey key =
                new ProbeKey("192.168.44." + (100 + guest), "udp", 40_000 + round, "203.0.113." + target, 33_434 + hop);
        paths.add(new Event(Kind.PROBE, nowMicros, key, "00:0c:29:00:00:01", OptionalInt.of(hop), Optional.empty()));
        if (hop < HOPS) {
            Answer answer = new Answer(
                    "198.51.100." + hop, "RELAYED", false, OptionalInt.of(1_500), List.of(), OptionalInt.empty(), key);
            paths.add(new Event(Kind.ERROR, nowMicros, key, "", OptionalInt.empty(), Optional.of(answer)));
        }
    }

    @Benchmark
    public List<String> redraw() {
        paths.giveUp(nowMicros);
        return new PathsText(address -> address).lines(paths.all());
    }
}
