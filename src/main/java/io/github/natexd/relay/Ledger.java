package io.github.natexd.relay;

import io.github.natexd.mapping.Mapping;
import io.github.natexd.translate.Reason;
import io.github.natexd.translate.Translator;
import io.github.natexd.wire.MplsLabels;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of errors, noted when it is settled; and told to an observer, if there is one. Without one, nothing is
 * allocated.
 */
final class Ledger {
    private static final int HOP_UNKNOWN = 0;
    private static final long NOT_SIGHTED = Long.MIN_VALUE;

    private final Counters counters;
    private int staticGuest;
    /** What the errors judged together say: whoever is judged next makes the translator forget them. */
    private final @Nullable Draft[] drafts;

    private final MplsLabels labels = new MplsLabels();
    private @Nullable Observer observer;
    private boolean anyRelayed;
    private long lastRelayedNanos;

    private record Draft(
            Observation.@Nullable Report report,
            Observation.@Nullable Quote quote,
            int guest,
            int guestPort,
            int hop,
            long sightedNanos) {}

    /** @param batch how many errors are judged together at the most */
    Ledger(Counters counters, int batch) {
        this.counters = counters;
        drafts = new Draft[batch];
    }

    /** Who is given copies of errors without a mapping. */
    void staticGuest(int guest) {
        staticGuest = guest;
    }

    void observe(@Nullable Observer by) {
        observer = by;
    }

    /** Error {@code index} is about to be judged. */
    void judging(int index) {
        drafts[index] = null;
    }

    /** It has been judged, and not yet been rewritten. */
    void judged(int index, Reason reason, Translator translator) {
        if (observer == null) {
            return;
        }
        boolean mapped = reason == Reason.RELAYED;
        Mapping mapping = translator.mapping();
        drafts[index] = new Draft(
                translator.errorRead() ? report(translator) : null,
                translator.quoteRead() ? quote(translator) : null,
                mapped ? mapping.guest() : staticGuest,
                mapped ? mapping.guestPort() : translator.probeSourcePort(),
                mapped ? mapping.timeToLive() : HOP_UNKNOWN,
                mapped ? mapping.sightedNanos() : NOT_SIGHTED);
    }

    private Observation.Report report(Translator translator) {
        translator.readLabels(labels);
        List<Integer> entries = new ArrayList<>();
        for (int i = 0; i < labels.count(); i++) {
            entries.add(labels.entry(i));
        }
        return new Observation.Report(
                translator.reporter(), translator.errorType(), translator.errorCode(), List.copyOf(entries));
    }

    private static Observation.Quote quote(Translator translator) {
        return new Observation.Quote(
                translator.probeProtocol(),
                translator.probeSource(),
                translator.probeSourcePort(),
                translator.probeDestination(),
                translator.probeDestinationPort());
    }

    /**
     * It is settled what became of error {@code index}.
     *
     * @param arrivedNanos when it came: it may have waited
     */
    void decided(int index, Reason reason, long arrivedNanos, long nowNanos) {
        counters.count(reason);
        if (reason == Reason.RELAYED || reason == Reason.RELAYED_LATE || reason == Reason.STATIC_GUEST) {
            anyRelayed = true;
            lastRelayedNanos = nowNanos;
        }
        Observer present = observer;
        if (present != null) {
            present.decided(observation(drafts[index], reason, arrivedNanos, nowNanos));
        }
    }

    private static Observation observation(@Nullable Draft draft, Reason reason, long arrivedNanos, long nowNanos) {
        long ago = nowNanos - arrivedNanos;
        if (draft == null) {
            return new Observation(reason, ago, null, null, null);
        }
        boolean guestKnown = draft.sightedNanos != NOT_SIGHTED;
        Observation.Guest guest = guestKnown || reason == Reason.STATIC_GUEST
                ? new Observation.Guest(
                        draft.guest,
                        draft.guestPort,
                        draft.hop,
                        guestKnown ? arrivedNanos - draft.sightedNanos : Observation.UNKNOWN_NANOS)
                : null;
        return new Observation(reason, ago, draft.report, draft.quote, guest);
    }

    /** A guest was given an error. */
    boolean anyRelayed() {
        return anyRelayed;
    }

    /** When that was the last time; meaningless before the first. */
    long lastRelayedNanos() {
        return lastRelayedNanos;
    }
}
