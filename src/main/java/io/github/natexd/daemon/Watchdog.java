package io.github.natexd.daemon;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;

/**
 * Sends the service manager a sign of life (sd_watchdog_enabled(3)), twice in the time after which it would end natexd
 * as hung. The loop itself calls {@link #turned}, because only that proves that the loop runs.
 */
final class Watchdog {
    private static final long DISABLED = 0;

    private final Notify notify;
    private final long intervalNanos;
    private boolean begun;
    private long lastNanos;

    /** @param intervalNanos time between two signs of life; 0: none are wanted */
    Watchdog(Notify notify, long intervalNanos) {
        this.notify = notify;
        this.intervalNanos = intervalNanos;
    }

    /**
     * Half of WATCHDOG_USEC, or 0 if no signs of life are wanted, or only those of another process.
     *
     * @param isMeant returns whether the process of WATCHDOG_PID is this one
     */
    static long intervalNanos(Map<String, String> environment, LongPredicate isMeant) {
        String pid = environment.getOrDefault("WATCHDOG_PID", "");
        long micros = number(environment.getOrDefault("WATCHDOG_USEC", ""));
        return pid.isEmpty() || isMeant.test(number(pid)) ? TimeUnit.MICROSECONDS.toNanos(micros) / 2 : DISABLED;
    }

    private static long number(String digits) {
        try {
            return Math.max(0, Long.parseLong(digits));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** Call this after each turn of the loop. Returns whether a sign of life was due and sent. */
    boolean turned(long nowNanos) {
        if (intervalNanos == DISABLED || (begun && nowNanos - lastNanos < intervalNanos)) {
            return false;
        }
        begun = true;
        lastNanos = nowNanos;
        notify.send("WATCHDOG=1");
        return true;
    }

    /** How long the loop may wait before its next turn; -1: without limit. */
    long idleMillis(long nowNanos) {
        if (intervalNanos == DISABLED) {
            return -1;
        }
        long left = begun ? lastNanos + intervalNanos - nowNanos : 0;
        return Math.max(0, (left + 999_999) / 1_000_000);
    }
}
