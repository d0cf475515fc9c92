package io.github.natexd.relay;

import io.github.natexd.translate.Judgement;

/** Some errors to be judged together: those that the queue has handed over, or copies that were kept. */
interface Errors {
    int count();

    /** Lets a judgement begin with error {@code index}. */
    void begin(int index, Judgement judgement);

    /** It is not decided yet; a copy stays. Returns whether there was room for one. */
    boolean keep(int index, Judgement judgement);

    /** It is decided: gives the verdict that goes with the reason, unless the host has the error already. */
    default void settle(int index, Judgement judgement) {}
}
