package io.github.natexd.lab.scenario;

import java.util.function.Consumer;

/** A sequence of steps in a network of its own. Later steps are played even if an earlier one is not as expected. */
public sealed interface Scenario permits TapInject, TunPing {
    /** The name of its command. */
    String name();

    /** What it shows, in one sentence. */
    String title();

    /** The machines, the wires and their addresses. */
    String picture();

    /**
     * Builds the network and plays all steps. The network stays until the stage is closed.
     *
     * @param audience gets each step when it is done
     */
    void play(Stage stage, Consumer<Step> audience);
}
