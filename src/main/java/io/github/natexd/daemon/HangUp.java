package io.github.natexd.daemon;

import sun.misc.Signal;

/**
 * SIGHUP. The JDK has no supported way to hear of it: {@code sun.misc.Signal} is the one it keeps for want of another
 * (JEP 260, module jdk.unsupported). signalfd(2) would need the signal blocked in every thread of the JVM, which has
 * started them before any of our code runs; a native handler must not call into Java. Under jsvc, which handles
 * signals itself, {@link Natexd#signal} takes the place of this.
 */
final class HangUp {
    private HangUp() {}

    /** Runs the action for each SIGHUP, in a thread of the signal's own. Ignored signals (nohup(1)) stay ignored. */
    static void handle(Runnable action) {
        Signal.handle(new Signal("HUP"), signal -> action.run());
    }
}
