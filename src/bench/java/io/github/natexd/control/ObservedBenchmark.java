package io.github.natexd.control;

import io.github.natexd.relay.Observation;
import io.github.natexd.relay.Observed;
import io.github.natexd.translate.Reason;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The cost of the two lines that a client of {@code watch probes} gets for a probe and its error. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgs = "-XX:+UseSerialGC")
public class ObservedBenchmark {
    private static final int GUEST = 0xc0a82c64;
    private static final int HOST = 0xc0000201;
    private static final int TARGET = 0x0a000001;
    private static final long EPOCH_NANOS = 1_700_000_000_123_456_789L;

    private final StringBuilder line = new StringBuilder();
    private final ObservedJson json = new ObservedJson(JsonWriter.oneLine(line));
    private final Observed probe =
            new Observed.SentProbe(17, GUEST, 0x000c29000001L, 40_000, TARGET, 33_434, 5, EPOCH_NANOS);
    private final Observed error = new Observation(
            Reason.RELAYED,
            0,
            EPOCH_NANOS,
            new Observation.Report(0x64400001, 11, 0, 0, List.of()),
            new Observation.Quote(17, HOST, 40_000, TARGET, 33_434),
            new Observation.Guest(GUEST, 40_000, 5, 1_500_000));

    @Benchmark
    public int probeAndError() {
        line.setLength(0);
        json.write(probe, EPOCH_NANOS);
        json.write(error, EPOCH_NANOS);
        return line.length();
    }
}
