package io.github.natexd.cli.paths;

import io.github.natexd.cli.paths.Event.Answer;
import io.github.natexd.cli.paths.Event.ProbeKey;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** A probe of the last seconds, and what is known about its answer. */
final class Pending {
    private final ProbeKey key;
    private final Hop hop;
    private final Guest guest;
    private final long micros;
    private boolean answered;
    private boolean awaited = true;
    /** Why there is no answer; null if no reason is known yet. */
    private @Nullable Remark obstacle;

    Pending(ProbeKey key, Hop hop, Guest guest, long micros) {
        this.key = key;
        this.hop = hop;
        this.guest = guest;
        this.micros = micros;
        hop.balance().sent();
    }

    ProbeKey key() {
        return key;
    }

    /** When natexd saw it: microseconds since 1970. */
    long micros() {
        return micros;
    }

    boolean isAnswered() {
        return answered;
    }

    /** It has no answer, and the patience with it is not over. */
    boolean isAwaited() {
        return awaited && !answered;
    }

    /** The first answer counts: behind some NATs the first error about a probe reaches the guest twice. */
    void answered(Answer answer, OptionalInt roundTripMicros, @Nullable Remark remark) {
        if (answered) {
            return;
        }
        answered = true;
        if (!awaited && obstacle != null) {
            hop.withdraw(obstacle);
        }
        hop.answered(answer, roundTripMicros, awaited);
        guest.answered(answer, awaited);
        if (remark != null) {
            hop.remark(remark);
        }
    }

    /** This keeps the answer from the guest. */
    void obstructed(Remark by) {
        if (!awaited && !answered && obstacle != null) {
            hop.withdraw(obstacle);
            hop.remark(by);
        }
        obstacle = by;
    }

    /** The patience is over, and there is no answer: it counts as lost. */
    void lost(Remark unlessKnown) {
        obstacle = obstacle == null ? unlessKnown : obstacle;
        hop.remark(obstacle);
        hop.balance().givenUp();
        guest.balance().givenUp();
        awaited = false;
    }
}
