package io.github.natexd.control;

import io.github.natexd.bench.NanosPerCall;
import io.github.natexd.report.Observed;
import io.github.natexd.report.Reason;
import java.nio.ByteBuffer;
import org.openjdk.jmh.annotations.Benchmark;

/** What a watched error costs natexd: its record is written into the ring and taken out again. */
public class ObservedBenchmark extends NanosPerCall {
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
