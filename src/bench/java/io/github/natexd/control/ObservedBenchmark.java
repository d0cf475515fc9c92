package io.github.natexd.control;

import io.github.natexd.report.Observed;
import io.github.natexd.report.Reason;
import java.nio.ByteBuffer;
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

/** What a watched error costs natexd: its record is written into the ring and taken out again. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgs = "-XX:+UseSerialGC")
public class ObservedBenchmark {
    private final ObservedRing ring = new ObservedRing();
    private final Observed error = error();
    private final ByteBuffer view = ring.view();
    private final ByteBuffer sent = ByteBuffer.allocateDirect(ObservedRecord.OCTETS);

    private static Observed error() {
        Observed error = new Observed();
        error.event = Observed.Event.ERROR;
        error.reason = Reason.RELAYED;
        error.epochNanos = 1_700_000_000_123_456_789L;
        error.reported = true;
        error.type = 11;
        error.quoted = true;
        error.protocol = 17;
        error.guestKnown = true;
        error.hop = 5;
        error.roundTripNanos = 1_500_000;
        return error;
    }

    @Benchmark
    public ByteBuffer record() {
        int number = ring.end();
        ring.put(error);
        ring.release(ring.select(number, view));
        return sent.clear().put(view);
    }
}
