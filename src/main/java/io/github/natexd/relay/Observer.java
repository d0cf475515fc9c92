package io.github.natexd.relay;

/** Receives the final outcome of every error. Runs on the relay's thread, so it must be quick. */
@FunctionalInterface
public interface Observer {
    void decided(Observation observation);
}
