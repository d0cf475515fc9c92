package io.github.natexd.report;

/** Receives the outcome of each error. Runs on the relay's thread, so it must be quick. */
@FunctionalInterface
public interface Observer {
    /** @param observed is filled again for the next call */
    void seen(Observed observed);

    /** Whether it also wants guests' probes, and what answers them without natexd. */
    default boolean wantsProbes() {
        return false;
    }
}
