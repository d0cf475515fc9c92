package io.github.natexd.relay;

import io.github.natexd.wire.Ipv4Address;
import java.util.Arrays;

/**
 * How many errors each guest gets in a second, after a burst of one second's worth. Guests share nothing here, so none
 * can use up what others may get.
 *
 * <p>This is the generic cell rate algorithm (ITU-T I.371): each error that a guest gets moves the time at which the
 * next one is due by an interval, and an error may come early by the length of a burst. There is nothing to refill, so
 * no timer. Only differences of times count, so the clock may have any value.
 */
final class RateLimit {
    private static final long SECOND_NANOS = 1_000_000_000;

    /** When the next error of each guest is due. */
    private final long[] dueNanos = new long[Ipv4Address.LAST_OCTETS];
    // Both are 0 until there is a limit.
    private long intervalNanos;
    private long earlyNanos;

    RateLimit(long nowNanos) {
        Arrays.fill(dueNanos, nowNanos);
    }

    /** Sets the limit; at least 1. */
    void perSecond(int errors) {
        // Rounded up: never more errors than this.
        intervalNanos = (SECOND_NANOS + errors - 1) / errors;
        earlyNanos = (errors - 1) * intervalNanos;
    }

    /** Whether the guest gets an error now; if so, it is counted. */
    boolean takes(int guest, long nowNanos) {
        int number = Ipv4Address.lastOctet(guest);
        long early = dueNanos[number] - nowNanos;
        if (early < 0 || early > earlyNanos + intervalNanos) {
            // Late, or so early that the clock has jumped back or the limit was changed.
            early = 0;
        }
        if (early > earlyNanos) {
            return false;
        }
        dueNanos[number] = nowNanos + early + intervalNanos;
        return true;
    }
}
