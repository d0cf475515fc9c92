package io.github.natexd.relay;

import io.github.natexd.report.Counters;
import io.github.natexd.report.Reason;
import io.github.natexd.translate.Judgement;

/** The batch that the queue has just handed over. Each error gets its verdict in this turn, even if a copy is kept. */
final class QueuedErrors implements Errors {
    private final PacketQueue queue;
    private final KeptCopies copies;
    private final Counters counters;
    private int count;
    private long arrivedNanos;
    private Relay.Reinject reinject = Relay.Reinject.FRAME;

    QueuedErrors(PacketQueue queue, KeptCopies copies, Counters counters) {
        this.queue = queue;
        this.copies = copies;
        this.counters = counters;
    }

    Relay.Reinject reinject() {
        return reinject;
    }

    void reinject(Relay.Reinject changed) {
        reinject = changed;
    }

    Errors received(int newCount, long nowNanos) {
        count = newCount;
        arrivedNanos = nowNanos;
        return this;
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public void begin(int index, Judgement judgement) {
        judgement.begin(queue.buffer(index), queue.offset(index), queue.length(index), arrivedNanos);
        judgement.arrivedEpochNanos = queue.arrivedEpochNanos(index);
        if (queue.truncated(index)) {
            judgement.truncated = true;
        }
    }

    @Override
    public boolean keep(int index, Judgement judgement) {
        boolean kept = copies.add(judgement);
        counters.count(kept ? Counters.Event.COPIES_KEPT : Counters.Event.COPIES_FULL);
        if (kept) {
            queue.accept(index);
        }
        return kept;
    }

    @Override
    public void settle(int index, Judgement judgement) {
        if (judgement.reason != Reason.RELAYED) {
            queue.accept(index);
        } else if (reinject == Relay.Reinject.VERDICT) {
            queue.acceptRewritten(index);
        } else {
            queue.drop(index);
        }
    }
}
