package io.github.natexd.cli.replay;

import io.github.natexd.translate.Reason;
import org.jspecify.annotations.Nullable;

/**
 * What became of one ICMP error.
 *
 * @param packet its number in the capture
 * @param nanos when it came, since 1970
 * @param waitedNanos how long after it came it was decided
 * @param cut the capture holds only its beginning
 * @param original the IPv4 packet as captured
 * @param rewritten the IPv4 packet as the guest would get it, or null
 * @param guestMac where it would go, LinkLayer.NO_MAC if the capture does not have it
 * @param gatewayMac who would have sent it, likewise
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
