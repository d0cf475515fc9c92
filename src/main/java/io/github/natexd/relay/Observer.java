package io.github.natexd.relay;

/** Receives the final outcome of every error. Runs on the relay's thread, so it must be quick. */
@FunctionalInterface
public interface Observer {
    void decided(Observation observation);

    /** Whether it also wants what {@link #seen} gets. */
    default boolean wantsProbes() {
        return false;
    }

    /** Receives guests' probes, and what answers them without natexd. */
    default void seen(Observed observed) {}
}
