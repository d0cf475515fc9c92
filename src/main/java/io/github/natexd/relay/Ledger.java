package io.github.natexd.relay;

import io.github.natexd.mapping.Sighting;
import io.github.natexd.report.Counters;
import io.github.natexd.report.Durations;
import io.github.natexd.report.Observed;
import io.github.natexd.report.Observer;
import io.github.natexd.report.Reason;
import io.github.natexd.translate.Judgement;
import io.github.natexd.wire.Probe;
import org.jspecify.annotations.Nullable;

/**
 * Counts the outcomes of errors and their times, and reports each to the observer, if there is one. Without one,
 * nothing is allocated.
 */
final class Ledger {
    /** A difference between the clocks that no busy machine explains. */
    private static final long CLOCK_SET_NANOS = 1_000_000_000;

    private final Counters counters;
    private final RelayTimes times;
    private final Durations roundTrips = new Durations();
    private final Observed observed = new Observed();
    private @Nullable Observer observer;
    private boolean anyRelayed;
    private long lastRelayedNanos;

    Ledger(Counters counters, RelayTimes times) {
        this.counters = counters;
        this.times = times;
    }

    void observe(@Nullable Observer by) {
        observer = by;
    }

    boolean isObserved() {
        return observer != null;
    }

    /** Whether the observer wants to see probes and replies; without one nothing is allocated for them. */
    boolean showsProbes() {
        Observer present = observer;
        return present != null && present.wantsProbes();
    }

    /** To be filled and {@linkplain #show shown}. */
    Observed observed() {
        return observed;
    }

    /** Shows the observer what {@link #observed} contains. */
    void show() {
        Observer present = observer;
        if (present != null) {
            present.seen(observed);
        }
    }

    /** The outcome of an error is final. */
    void decided(Judgement judgement, long nowNanos) {
        Sighting sender = judgement.sender;
        long roundTripNanos = sender == null ? Observed.UNKNOWN_NANOS : roundTripNanos(judgement, sender);
        counters.count(judgement.reason);
        if (judgement.reason.isDelivered()) {
            anyRelayed = true;
            lastRelayedNanos = nowNanos;
            times.delivered(judgement.arrivedNanos);
            if (sender != null) {
                roundTrips.add(roundTripNanos, 1);
            }
        }
        if (observer != null) {
            fill(judgement, nowNanos);
            observed.roundTripNanos = roundTripNanos;
            show();
        }
    }

    private void fill(Judgement judgement, long nowNanos) {
        observed.begin(Observed.Event.ERROR, judgement.arrivedEpochNanos);
        observed.reason = judgement.reason;
        observed.ageNanos = nowNanos - judgement.arrivedNanos;
        if (judgement.errorRead) {
            observed.report(judgement.reporter, judgement.type, judgement.code);
            observed.nextHopMtu = judgement.nextHopMtu;
            observed.labels = judgement.labels;
        }
        if (judgement.quoteRead) {
            observed.quote(judgement.quoted);
        }
        Sighting sender = judgement.sender;
        if (sender != null) {
            observed.guest(sender.source, sender.sourcePort);
            observed.hop = sender.timeToLive;
        } else if (judgement.reason == Reason.STATIC_GUEST) {
            observed.guest(judgement.guest, judgement.guestPort);
        }
    }

    /** A guest sent a probe. */
    void sent(Probe probe, long mac) {
        observed.begin(Observed.Event.PROBE, probe.epochNanos).guest(probe.source, probe.sourcePort);
        observed.quote(probe);
        observed.guestMac = mac;
        observed.hop = probe.timeToLive;
        show();
    }

    /**
     * By the kernel's times if it gave both: the loop sees what came in one turn at one time. But these are of the wall
     * clock: if somebody has set it meanwhile, natexd's own time is the better one.
     */
    private static long roundTripNanos(Judgement error, Sighting probe) {
        long own = error.arrivedNanos - probe.sightedNanos;
        long kernels = error.arrivedEpochNanos - probe.epochNanos;
        boolean given = error.arrivedEpochNanos != 0 && probe.epochNanos != 0;
        return given && Math.abs(kernels - own) < CLOCK_SET_NANOS ? kernels : own;
    }

    /** From guests' probes to the errors that guests got. */
    Durations roundTrips() {
        return roundTrips;
    }

    /** Whether any guest got an error. */
    boolean anyRelayed() {
        return anyRelayed;
    }

    /** When a guest last got an error; meaningless before the first. */
    long lastRelayedNanos() {
        return lastRelayedNanos;
    }
}
