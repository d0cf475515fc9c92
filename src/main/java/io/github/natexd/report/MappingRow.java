package io.github.natexd.report;

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
        long ageNanos) {}
