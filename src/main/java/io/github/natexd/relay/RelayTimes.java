package io.github.natexd.relay;

import io.github.natexd.report.Durations;

/**
 * How long natexd takes to hand errors to guests. No clock is read for it: the loop's own readings before and after a
 * wait, at the beginning of a turn and after it are enough. If the loop waited, an error came when the wait ended, or
 * later. If it was busy, an error may have come right after the queue was last read; that time counts in full.
 */
final class RelayTimes {
    /** A wait that ends sooner was none: there was input already. */
    private static final long WAITED_NANOS = 20_000;

    private final Durations durations = new Durations();
    private long turnNanos;
    /** An error of this turn did not come before. */
    private long sinceNanos;
    /** When the last wait ended; valid until the next turn. */
    private long wokenNanos;

    private boolean waited;
    private int delivered;

    RelayTimes(long nowNanos) {
        turnNanos = nowNanos;
    }

    Durations durations() {
        return durations;
    }

    void waited(long beginNanos, long endNanos) {
        waited = endNanos - beginNanos >= WAITED_NANOS;
        wokenNanos = endNanos;
    }

    /** A turn begins; the queue has just been read. */
    void turn(long nowNanos) {
        sinceNanos = waited ? wokenNanos : turnNanos;
        turnNanos = nowNanos;
        waited = false;
        delivered = 0;
    }

    /** A guest gets an error that arrived in the turn of {@code arrivedNanos}. */
    void delivered(long arrivedNanos) {
        if (arrivedNanos == turnNanos) {
            delivered++;
        } else {
            // A kept copy, which waited for milliseconds: the rest of this turn is short in comparison.
            durations.add(turnNanos - arrivedNanos, 1);
        }
    }

    /** The turn has ended. */
    void turned(long nowNanos) {
        if (delivered > 0) {
            durations.add(nowNanos - sinceNanos, delivered);
            delivered = 0;
        }
    }
}
