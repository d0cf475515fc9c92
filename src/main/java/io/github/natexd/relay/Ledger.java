package io.github.natexd.relay;

import io.github.natexd.translate.Reason;

/** What became of errors, noted when it is settled. */
final class Ledger {
    private final Counters counters;
    private boolean anyRelayed;
    private long lastRelayedNanos;

    Ledger(Counters counters) {
        this.counters = counters;
    }

    /** It is settled what became of an error. */
    void decided(Reason reason, long nowNanos) {
        counters.count(reason);
        if (reason == Reason.RELAYED || reason == Reason.RELAYED_LATE || reason == Reason.STATIC_GUEST) {
            anyRelayed = true;
            lastRelayedNanos = nowNanos;
        }
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
