package io.github.natexd.mapping;

/**
 * One live mapping, for other threads. "Port" stands for an echo's identifier (source) or sequence number (destination),
 * too.
 *
 * @param guest the guest's address
 * @param protocol of the probe
 * @param hostAddress the source that the NAT process gave the probe
 * @param hostPort likewise
 * @param timeToLive the TTL that the guest gave it
 * @param ageNanos since the guest's probe was sighted
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
    static MappingRow of(Sighting guests, Sighting leaving, long nowNanos) {
        return new MappingRow(
                guests.source,
                guests.guestMac,
                leaving.protocol,
                guests.sourcePort,
                leaving.destination,
                leaving.destinationPort,
                leaving.source,
                leaving.sourcePort,
                guests.timeToLive,
                nowNanos - guests.sightedNanos);
    }
}
