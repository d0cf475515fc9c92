package io.github.natexd.relay;

import io.github.natexd.translate.Reason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of one error, for clients that watch. A part that the error does not contain, or that is unknown, is
 * null.
 *
 * @param agoNanos how long ago the error arrived: natexd may have kept a copy for some time
 * @param epochNanos when the kernel received the error: nanoseconds since 1970, 0 if unknown
 */
public record Observation(
        Reason reason,
        long agoNanos,
        long epochNanos,
        @Nullable Report report,
        @Nullable Quote quote,
        @Nullable Guest guest)
        implements Observed {
    static final long UNKNOWN_NANOS = 0;
    static final int UNKNOWN_HOP = 0;

    /**
     * The error itself.
     *
     * @param reporter the source of the outer header
     * @param nextHopMtu of "fragmentation needed" (RFC 1191); otherwise meaningless
     * @param labels MPLS label stack entries (RFC 4950), outermost first
     */
    public record Report(int reporter, int type, int code, int nextHopMtu, List<Integer> labels) {}

    /**
     * The embedded packet as the router quotes it; the ports of an echo request are its identifier and sequence number.
     */
    public record Quote(int protocol, int source, int sourcePort, int destination, int destinationPort) {}

    /**
     * The guest that sent the probe.
     *
     * @param port the guest's own source port or identifier
     * @param hop the TTL that the guest gave the probe; 0 if unknown
     * @param roundTripNanos the time from the probe to the error; 0 or less if unknown, or if both came in the same
     *     turn of the loop, which has only one time
     */
    public record Guest(int address, int port, int hop, long roundTripNanos) {}
}
