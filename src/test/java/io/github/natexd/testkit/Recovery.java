package io.github.natexd.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.lab.Traceroute;
import java.util.concurrent.TimeUnit;

/** What must hold after every fault. */
public final class Recovery {
    /** A guest's traceroute must work this long after the end of a fault. */
    private static final long LIMIT_MILLIS = 5_000;

    private Recovery() {}

    /** Repeats a guest's traceroute until it shows every hop; fails if none has done so in time. */
    public static void assertGuestTraces(Lab lab, LabNatexd natexd, long faultEndedNanos) {
        String[] output = new String[1];
        do {
            output[0] = lab.exec(Node.GUEST1, "traceroute", "-n", "-q1", "-w1", "-m5", Topology.TARGET)
                    .output();
        } while (!Traceroute.hops(output[0]).equals(Topology.HOPS) && millisSince(faultEndedNanos) < LIMIT_MILLIS);

        long millis = millisSince(faultEndedNanos);
        assertTrue(millis < LIMIT_MILLIS, () -> millis + " ms after the fault: " + output[0] + natexd.log());
    }

    private static long millisSince(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
    }
}
