package io.github.natexd.relay;

import io.github.natexd.translate.Reason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of one error, for a client that watches. What the error does not contain, or nobody was seen sending, is null.
 *
 * @param agoNanos how long ago the error came: a copy may have been kept for some time
 */
public record Observation(
        Reason reason,
        long agoNanos,
        @Nullable Report report,
        @Nullable Quote quote,
        @Nullable Guest guest) {
    static final long UNKNOWN_NANOS = 0;
    static final int UNKNOWN_HOP = 0;

    /**
     * The error itself.
     *
     * @param reporter the source of the outer header
     * @param labels MPLS label stack entries (RFC 4950), outermost first
     */
    public record Report(int reporter, int type, int code, List<Integer> labels) {}

    /** The embedded packet as the router quotes it; an echo's identifier and sequence number are its ports. */
    public record Quote(int protocol, int source, int sourcePort, int destination, int destinationPort) {}

    /**
     * The guest that sent the probe.
     *
     * @param port the guest's own source port or identifier
     * @param hop the TTL that it gave the probe; 0 if nobody saw that
     * @param roundTripNanos from the sighting to the error; not above 0 if nobody saw the probe, or not before the error:
     *     one turn of the loop has one time
     */
    public record Guest(int address, int port, int hop, long roundTripNanos) {}
}
