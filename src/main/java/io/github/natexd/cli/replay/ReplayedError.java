package io.github.natexd.cli.replay;

import io.github.natexd.report.Reason;
import org.jspecify.annotations.Nullable;

/**
 * One ICMP error, and what the relay did with it.
 *
 * @param packet its number in the capture
 * @param nanos the arrival time, since 1970
 * @param waitedNanos the time from its arrival to the decision
 * @param cut whether the capture has only its beginning
 * @param original the IPv4 packet as captured
 * @param rewritten the IPv4 packet as the guest would get it, or null
 * @param guestMac the destination of the frame; LinkLayer.NO_MAC if the capture does not have it
 * @param gatewayMac the source of the frame, likewise
 */
record ReplayedError(
        long packet,
        long nanos,
        long waitedNanos,
        Reason reason,
        boolean cut,
        byte[] original,
        byte @Nullable [] rewritten,
        long guestMac,
        long gatewayMac) {}
