package io.github.natexd.mapping;

/**
 * What the NAT process was seen to leave and to change in guests' probes: how many probes of either kind. A probe that
 * says nothing (an IP ID of 0) counts in neither.
 *
 * @param portsKept source ports, or identifiers of echo requests
 * @param ttlDecremented probes that left the host with one hop less
 * @param unseenLeaving errors about guests' probes that no rule saw leave the host: the NAT process sends them by packet
 *     socket
 */
public record NatBehaviour(
        long portsKept,
        long portsChanged,
        long identificationsKept,
        long identificationsChanged,
        long ttlKept,
        long ttlDecremented,
        long unseenLeaving) {}
