package io.github.natexd.daemon;

import sun.misc.Signal;

/**
 * Handles SIGHUP. The JDK has no supported way to handle a signal; it keeps {@code sun.misc.Signal} because there is no
 * replacement (JEP 260, module jdk.unsupported). signalfd(2) would need the signal blocked in every thread of the JVM,
 * but the JVM starts threads before any of natexd's code runs; a native handler must not call into Java. jsvc handles
 * signals itself and calls {@link Natexd#signal} instead.
 */
final class HangUp {
    private HangUp() {}

    /** Runs the action for each SIGHUP, in a separate thread. An ignored signal (nohup(1)) stays ignored. */
    static void handle(Runnable action) {
        Signal.handle(new Signal("HUP"), signal -> action.run());
    }
}
