package io.github.natexd.relay;

import io.github.natexd.mapping.Sighting;
import io.github.natexd.report.Ledger;
import io.github.natexd.report.Observed;
import io.github.natexd.report.Reason;
import io.github.natexd.report.RepeatedTrouble;
import io.github.natexd.report.Troubles;
import io.github.natexd.translate.Judgement;
import io.github.natexd.wire.Probe;

/** Enters errors and probes into the ledger. */
final class Reports {
    private final Ledger ledger;
    private final Observed observed;
    private final RepeatedTrouble notObserved;

    Reports(Ledger ledger, Troubles troubles) {
        this.ledger = ledger;
        observed = ledger.observed;
        notObserved = troubles.add("internal error; natexctl watch misses an error");
    }

    /** The outcome of an error is final. Never throws: the rest of the batch gets its verdicts if the observer fails. */
    void decided(Judgement error, long nowNanos) {
        try {
            Sighting sender = error.sender;
            long roundTripNanos = sender == null
                    ? Observed.UNKNOWN_NANOS
                    : Ledger.roundTripNanos(
                            error.arrivedNanos - sender.sightedNanos, error.arrivedEpochNanos, sender.epochNanos);
            ledger.decided(error.reason, error.arrivedNanos);
            if (sender != null && error.reason.isDelivered()) {
                ledger.roundTrips.add(roundTripNanos, 1);
            }
            if (ledger.isObserved()) {
                fill(error, nowNanos);
                observed.roundTripNanos = roundTripNanos;
                ledger.show();
            }
        } catch (RuntimeException e) {
            notObserved.happened(e, nowNanos);
        }
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
            observed.quote(error.quoted);
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
        observed.begin(Observed.Event.PROBE, probe.epochNanos).quote(probe).guest(probe.source, probe.sourcePort);
        observed.guestMac = mac;
        observed.hop = probe.timeToLive;
        ledger.show();
    }
}
