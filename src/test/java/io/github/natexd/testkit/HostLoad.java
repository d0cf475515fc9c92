package io.github.natexd.testkit;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.linux.emulation.Namespace;
import io.github.natexd.testkit.clients.Trace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * What an attack costs the host: the time of its own pings to the first router, the time of the errors about its own
 * probes (which natexd judges), and natexd's processor time.
 *
 * <p>The thread that probes has real-time priority. Without natexd, it has its error before its system call ends; with
 * natexd, it sleeps until the verdict. With normal priority it would then wait for a processor, for up to a timer tick
 * (4 ms), while the hub and the flood keep them busy. That delay depends on the prober, not on natexd.
 */
public final class HostLoad {
    private static final Pattern TIME = Pattern.compile("time=([0-9.]+) ms");
    private static final int PAUSE_MILLIS = 5;
    private static final int PROBES = 100;
    private static final int WARM_UP_PROBES = 4_000;
    private static final long TICKS_PER_SECOND = 100;
    private static final int USER_TIME = 13;

    private final Trace pings;
    private final HostProber.Delays delays = new HostProber.Delays();
    private final Thread prober;
    private final int count;
    private final long pid;
    private final long begunNanos = System.nanoTime();
    private final long begunTicks;

    private HostLoad(Lab lab, int seconds, long pid) {
        count = (int) TimeUnit.SECONDS.toMillis(seconds) / PAUSE_MILLIS;
        this.pid = pid;
        begunTicks = ticks();
        long endNanos = begunNanos + TimeUnit.SECONDS.toNanos(seconds);
        prober = Namespace.start(lab.namespace(Node.HOST), "prober", () -> {
            try (HostProber probing = new HostProber()) {
                while (System.nanoTime() < endNanos) {
                    probing.probe(PROBES, delays);
                }
            }
        });
        Processors.realTime("prober");
        pings = Trace.start(
                lab,
                Node.HOST,
                List.of("ping", "-n", "-W2", "-i" + PAUSE_MILLIS / 1000.0, "-c" + count, Topology.HOPS.get(0)));
    }

    /** Lets natexd's compiler see enough of the host's errors: a JVM that has just started is not what users have. */
    public static void warmUp(Lab lab) {
        Namespace.call(lab.namespace(Node.HOST), () -> {
            try (HostProber probing = new HostProber()) {
                HostProber.Delays ignored = new HostProber.Delays();
                probing.probe(WARM_UP_PROBES, ignored);
                return ignored;
            }
        });
    }

    /** Pings for so many seconds. */
    public static HostLoad start(Lab lab, int seconds, LabNatexd natexd) {
        return new HostLoad(lab, seconds, natexd.pid());
    }

    /** The same while natexd does not run. */
    public static HostLoad startWithoutNatexd(Lab lab, int seconds) {
        return new HostLoad(lab, seconds, 0);
    }

    /** Waits for the last ping. */
    public Result await() {
        String output = pings.output();
        join();
        double share = 100.0
                * (ticks() - begunTicks)
                / TICKS_PER_SECOND
                / ((System.nanoTime() - begunNanos) / (double) TimeUnit.SECONDS.toNanos(1));
        double[] millis = TIME.matcher(output)
                .results()
                .mapToDouble(found -> Double.parseDouble(found.group(1)))
                .sorted()
                .toArray();
        assertFalse(millis.length == 0, output);
        return new Result(millis, count - millis.length, delays, share);
    }

    private void join() {
        try {
            prober.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private long ticks() {
        if (pid == 0) {
            return 0;
        }
        try {
            String[] fields = Files.readString(Path.of("/proc", Long.toString(pid), "stat"))
                    .split(" ");
            return Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[USER_TIME + 1]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What was measured. */
    public static final class Result {
        private final double[] millis;
        private final int lost;
        private final HostProber.Delays errors;
        private final double processorPercent;

        private Result(double[] millis, int lost, HostProber.Delays errors, double processorPercent) {
            this.millis = millis;
            this.lost = lost;
            this.errors = errors;
            this.processorPercent = processorPercent;
        }

        /** Pings and probes without an answer. */
        public int lost() {
            return lost + errors.lost();
        }

        /** The times from the host's probes to their errors. */
        public HostProber.Delays errors() {
            return errors;
        }

        private double percentile(int percent) {
            return millis[Math.min(millis.length - 1, millis.length * percent / 100)];
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%d pings, %d lost, median %.3f, p99 %.3f, largest %.3f; %s (ms); natexd %.0f %% of a processor",
                    millis.length + lost,
                    lost,
                    percentile(50),
                    percentile(99),
                    percentile(100),
                    errors,
                    processorPercent);
        }
    }
}
