package io.github.natexd.relay;

import io.github.natexd.mapping.NatProfile;
import java.util.List;

/**
 * How the relay is at one moment, for other threads: made by its own thread when asked, never changed.
 *
 * @param counters a copy
 * @param nat what is known of the NAT process
 * @param deliveries one for each class of errors that can be relayed
 * @param mappings how many there are
 * @param swept no expired mapping is among them; else ask again for a better number
 * @param evictions mappings and sightings that went because their table was full
 * @param queueOverflows errors that the kernel accepted because the queue was full, and lost messages
 * @param logOverflows copies of probes that were lost
 * @param anyRelayed whether a guest was given an error yet
 * @param sinceRelayedNanos how long ago that was the last time; meaningless without {@code anyRelayed}
 */
public record Snapshot(
        Counters counters,
        NatProfile nat,
        List<NatDelivery> deliveries,
        int mappings,
        boolean swept,
        long evictions,
        long queueOverflows,
        long logOverflows,
        boolean anyRelayed,
        long sinceRelayedNanos) {}
