package io.github.natexd.relay;

/** Is told of every error once it is settled what becomes of it; on the relay's thread, so it must be quick. */
@FunctionalInterface
public interface Observer {
    void decided(Observation observation);
}
