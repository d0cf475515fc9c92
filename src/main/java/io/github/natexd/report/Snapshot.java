package io.github.natexd.report;

import java.util.List;

/**
 * The state of the relay at one moment, for other threads. The relay's thread makes it on request.
 *
 * @param counters a copy
 * @param nat what is known about the NAT process
 * @param deliveries one entry for each class of errors
 * @param mappings how many mappings there are
 * @param swept expired mappings are not counted; if false, a later snapshot has a better number
 * @param evictions how many sightings were removed to make room for others
 * @param queueOverflows how many errors the kernel accepted because natexd did not read the queue in time, and how many
 *     messages were lost
 * @param logOverflows how many leaving probes were lost
 * @param anyRelayed whether any guest got an error
 * @param sinceRelayedNanos the time since a guest last got an error; meaningless without {@code anyRelayed}
 * @param relayTimes how long natexd took to hand errors to guests; a copy
 * @param roundTrips from guests' probes to the errors that guests got; a copy
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
        long sinceRelayedNanos,
        Durations relayTimes,
        Durations roundTrips) {}
