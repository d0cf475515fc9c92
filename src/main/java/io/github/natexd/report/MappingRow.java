package io.github.natexd.report;

import io.github.natexd.wire.Probe;

/**
 * One live mapping, for other threads. For an echo request, the source port is the identifier and the destination port
 * the sequence number.
 *
 * @param guest the guest's address
 * @param protocol the protocol of the probe
 * @param hostAddress the source that the NAT process gave the probe
 * @param hostPort the source port that the NAT process gave the probe
 * @param timeToLive the TTL that the guest gave the probe
 * @param ageNanos the time since the guest's probe was sighted
 */
public record MappingRow(
        int guest,
        long guestMac,
        int protocol,
        int guestPort,
        int destination,
        int destinationPort,
        int hostAddress,
        int hostPort,
        int timeToLive,
        long ageNanos) {
    /** The mapping of a guest's probe and of the same probe as it left the host. */
    public static MappingRow of(Probe guests, long guestMac, Probe leaving, long ageNanos) {
        return new MappingRow(
                guests.source,
                guestMac,
                leaving.protocol,
                guests.sourcePort,
                leaving.destination,
                leaving.destinationPort,
                leaving.source,
                leaving.sourcePort,
                guests.timeToLive,
                ageNanos);
    }
}
