package io.github.natexd.relay;

import io.github.natexd.translate.Judgement;

/** Errors that are judged together: a batch from the queue, or kept copies. */
interface Errors {
    int count();

    /** Begins a judgement of error {@code index}. */
    void begin(int index, Judgement judgement);

    /** The error is still open: keeps a copy. Returns whether there was room for it. */
    boolean keep(int index, Judgement judgement);

    /** The error is decided: notes the verdict for its reason, unless the host has the error already. */
    default void settle(int index, Judgement judgement) {}
}
