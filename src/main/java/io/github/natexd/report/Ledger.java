package io.github.natexd.report;

import org.jspecify.annotations.Nullable;

/**
 * Counts the outcomes of errors and their times, and shows what happens to the observer, if there is one. Without one,
 * nothing is allocated.
 *
 * <p>No clock is read to measure how long natexd takes to hand errors to guests: the loop's own readings before and
 * after a wait, at the beginning of a turn and after it are enough. If the loop waited, an error came when the wait
 * ended, or later. If it was busy, an error may have come right after the queue was last read; that time counts in full.
 */
public final class Ledger {
    /** A wait that ends sooner was none: there was input already. */
    private static final long WAITED_NANOS = 20_000;

    /** A difference between the clocks that no busy machine explains. */
    private static final long CLOCK_SET_NANOS = 1_000_000_000;

    public final Counters counters = new Counters();
    /** How long natexd took to hand errors to guests. */
    public final Durations relayTimes = new Durations();
    /** From guests' probes to the errors that guests got. */
    public final Durations roundTrips = new Durations();
    /** To be filled and {@linkplain #show shown}. */
    public final Observed observed = new Observed();

    private @Nullable Observer observer;
    private long lastDeliveredNanos;
    private long turnNanos;
    /** An error of this turn did not come before. */
    private long sinceNanos;
    /** When the last wait ended; valid until the next turn. */
    private long wokenNanos;

    private boolean waited;
    private int deliveredInTurn;

    public Ledger(long nowNanos) {
        turnNanos = nowNanos;
    }

    /** The loop has waited for input. */
    public void waited(long beginNanos, long endNanos) {
        waited = endNanos - beginNanos >= WAITED_NANOS;
        wokenNanos = endNanos;
    }

    /** A turn begins; the queue has just been read. */
    public void turn(long nowNanos) {
        sinceNanos = waited ? wokenNanos : turnNanos;
        turnNanos = nowNanos;
        waited = false;
        deliveredInTurn = 0;
    }

    /** The outcome of an error that arrived in the turn of {@code arrivedNanos} is final. */
    public void decided(Reason reason, long arrivedNanos) {
        counters.count(reason);
        if (!reason.isDelivered()) {
            return;
        }
        lastDeliveredNanos = turnNanos;
        if (arrivedNanos == turnNanos) {
            deliveredInTurn++;
        } else {
            // A kept copy, which waited for milliseconds: the rest of this turn is short in comparison.
            relayTimes.add(turnNanos - arrivedNanos, 1);
        }
    }

    /** The turn has ended. */
    public void turned(long nowNanos) {
        if (deliveredInTurn > 0) {
            relayTimes.add(nowNanos - sinceNanos, deliveredInTurn);
            deliveredInTurn = 0;
        }
    }

    /** When a guest last got an error; meaningless before the first. */
    public long lastDeliveredNanos() {
        return lastDeliveredNanos;
    }

    public void observe(@Nullable Observer by) {
        observer = by;
    }

    public boolean isObserved() {
        return observer != null;
    }

    /** Whether the observer wants to see probes and replies. */
    public boolean showsProbes() {
        return observer != null && observer.wantsProbes();
    }

    /** Shows the observer what {@link #observed} contains. */
    public void show() {
        if (observer != null) {
            observer.seen(observed);
        }
    }

    /**
     * The time from a probe to the error about it, by the kernel's times if it gave both: the loop sees what came in one
     * turn at one time. But these are of the wall clock: if somebody has set it meanwhile, natexd's own time is better.
     *
     * @param ownNanos by natexd's own clock
     * @param errorEpochNanos when the kernel received the error, 0 if unknown
     * @param probeEpochNanos when the kernel received the probe, 0 if unknown
     */
    public static long roundTripNanos(long ownNanos, long errorEpochNanos, long probeEpochNanos) {
        long kernels = errorEpochNanos - probeEpochNanos;
        boolean given = errorEpochNanos != 0 && probeEpochNanos != 0;
        return given && Math.abs(kernels - ownNanos) < CLOCK_SET_NANOS ? kernels : ownNanos;
    }
}
