package io.github.natexd.report;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * How many durations were in which range, and their sum: a histogram with fixed bounds in steps of 1, 2 and 5, from 50
 * µs to 10 s. Only the relay's thread writes; other threads read copies.
 */
public final class Durations {
    private static final long[] BOUNDS_MICROS = {
        50,
        100,
        200,
        500,
        1_000,
        2_000,
        5_000,
        10_000,
        20_000,
        50_000,
        100_000,
        200_000,
        500_000,
        1_000_000,
        2_000_000,
        5_000_000,
        10_000_000
    };

    private static final long[] BOUNDS =
            Arrays.stream(BOUNDS_MICROS).map(TimeUnit.MICROSECONDS::toNanos).toArray();

    /** The last range has no upper bound. */
    private final long[] counts = new long[BOUNDS.length + 1];

    private long sumNanos;

    /** Counts a duration {@code times} times; what is below 0 because of inexact clocks counts as 0. */
    public void add(long nanos, int times) {
        long duration = Math.max(0, nanos);
        int range = 0;
        while (range < BOUNDS.length && duration > BOUNDS[range]) {
            range++;
        }
        counts[range] += times;
        sumNanos += duration * times;
    }

    /** A copy of the present numbers, for other threads. */
    public Durations copy() {
        Durations copy = new Durations();
        System.arraycopy(counts, 0, copy.counts, 0, counts.length);
        copy.sumNanos = sumNanos;
        return copy;
    }

    /** How many bounds there are. */
    public static int bounds() {
        return BOUNDS.length;
    }

    /** The longest duration that belongs to range {@code index}. */
    public static long boundNanos(int index) {
        return BOUNDS[index];
    }

    /** How many durations were at most as long as {@code boundNanos(index)}. */
    public long upTo(int index) {
        long sum = 0;
        for (int range = 0; range <= index; range++) {
            sum += counts[range];
        }
        return sum;
    }

    public long count() {
        return upTo(BOUNDS.length);
    }

    public long sumNanos() {
        return sumNanos;
    }
}
