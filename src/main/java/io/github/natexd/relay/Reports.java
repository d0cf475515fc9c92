package io.github.natexd.relay;

import io.github.natexd.mapping.Probe;
import io.github.natexd.mapping.Sighting;
import io.github.natexd.report.Ledger;
import io.github.natexd.report.Observed;
import io.github.natexd.report.Observer;
import io.github.natexd.report.Reason;
import io.github.natexd.translate.Judgement;
import org.jspecify.annotations.Nullable;

/**
 * Enters the outcome of each error into the ledger, and shows it to the observer, if there is one. Without one, nothing
 * is allocated.
 */
final class Reports {
    /** A difference between the clocks that no busy machine explains. */
    private static final long CLOCK_SET_NANOS = 1_000_000_000;

    final Ledger ledger;
    /** To be filled and {@linkplain #show shown}. */
    final Observed observed = new Observed();

    private @Nullable Observer observer;

    Reports(Ledger ledger) {
        this.ledger = ledger;
    }

    void observe(@Nullable Observer by) {
        observer = by;
    }

    boolean isObserved() {
        return observer != null;
    }

    /** Whether the observer wants to see probes and replies. */
    boolean showsProbes() {
        return observer != null && observer.wantsProbes();
    }

    /** Shows the observer what {@link #observed} contains. */
    void show() {
        if (observer != null) {
            observer.seen(observed);
        }
    }

    /** The outcome of an error is final. */
    void decided(Judgement error, long nowNanos) {
        Sighting sender = error.sender;
        long roundTripNanos = sender == null ? Observed.UNKNOWN_NANOS : roundTripNanos(error, sender);
        ledger.decided(error.reason, error.arrivedNanos);
        if (sender != null && error.reason.isDelivered()) {
            ledger.roundTrips.add(roundTripNanos, 1);
        }
        if (observer != null) {
            fill(error, nowNanos);
            observed.roundTripNanos = roundTripNanos;
            show();
        }
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

    private void fill(Judgement error, long nowNanos) {
        observed.begin(Observed.Event.ERROR, error.arrivedEpochNanos);
        observed.reason = error.reason;
        observed.ageNanos = nowNanos - error.arrivedNanos;
        if (error.errorRead) {
            observed.report(error.reporter, error.type, error.code);
            observed.nextHopMtu = error.nextHopMtu;
            observed.labels = error.labels;
        }
        if (error.quoteRead) {
            quote(error.quoted);
        }
        Sighting sender = error.sender;
        if (sender != null) {
            observed.guest(sender.source, sender.sourcePort);
            observed.hop = sender.timeToLive;
        } else if (error.reason == Reason.STATIC_GUEST) {
            observed.guest(error.guest, error.guestPort);
        }
    }

    /** A guest sent a probe. */
    void sent(Probe probe, long mac) {
        observed.begin(Observed.Event.PROBE, probe.epochNanos).guest(probe.source, probe.sourcePort);
        quote(probe);
        observed.guestMac = mac;
        observed.hop = probe.timeToLive;
        show();
    }

    void quote(Probe probe) {
        observed.quote(probe.protocol, probe.source, probe.sourcePort, probe.destination, probe.destinationPort);
    }
}
