package io.github.natexd.relay;

import io.github.natexd.mapping.Sighting;
import io.github.natexd.report.Ledger;
import io.github.natexd.report.Observed;
import io.github.natexd.report.Reason;
import io.github.natexd.report.RepeatedTrouble;
import io.github.natexd.report.Troubles;
import io.github.natexd.translate.Judgement;
import io.github.natexd.wire.Probe;

/** Enters errors and probes into the ledger, and lets {@link Yielding} know what guests got. */
final class Reports {
    private final Ledger ledger;
    private final Yielding yielding;
    private final RepeatedTrouble notObserved;

    Reports(Ledger ledger, Yielding yielding, Troubles troubles) {
        this.ledger = ledger;
        this.yielding = yielding;
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
                yielding.relays(error, nowNanos);
                ledger.roundTrips.add(roundTripNanos, 1);
            }
            if (ledger.isObserved()) {
                fill(error, nowNanos);
                ledger.observed.roundTripNanos = roundTripNanos;
                ledger.show();
            }
        } catch (RuntimeException e) {
            notObserved.happened(e, nowNanos);
        }
    }

    private void fill(Judgement error, long nowNanos) {
        ledger.observed.begin(Observed.Event.ERROR, error.arrivedEpochNanos);
        ledger.observed.reason = error.reason;
        ledger.observed.ageNanos = nowNanos - error.arrivedNanos;
        if (error.errorRead) {
            ledger.observed.report(error.reporter, error.type, error.code);
            ledger.observed.nextHopMtu = error.nextHopMtu;
            ledger.observed.labels = error.labels;
        }
        if (error.quoteRead) {
            ledger.observed.quote(error.quoted);
        }
        Sighting sender = error.sender;
        if (sender != null) {
            ledger.observed.guest(sender.source, sender.sourcePort);
            ledger.observed.hop = sender.timeToLive;
        } else if (error.reason == Reason.STATIC_GUEST) {
            ledger.observed.guest(error.guest, error.guestPort);
        }
    }

    /** A guest sent a probe. */
    void sent(Probe probe, long mac) {
        ledger.observed
                .begin(Observed.Event.PROBE, probe.epochNanos)
                .quote(probe)
                .guest(probe.source, probe.sourcePort);
        ledger.observed.guestMac = mac;
        ledger.observed.hop = probe.timeToLive;
        ledger.show();
    }
}
