package io.github.natexd.cli.profile;

import io.github.natexd.cli.form.Ipv4Network;
import java.util.List;
import java.util.Optional;

/**
 * A profile of a NAT process.
 *
 * @param source where it comes from: "captures" or "natexd"
 * @param guestNetwork whose packets were compared, if that is known
 * @param guestPackets how many packets of guests, or to guests, were read
 * @param hostPackets how many packets of the host's side were read
 */
record NatReport(
        String source,
        Optional<Ipv4Network> guestNetwork,
        long guestPackets,
        long hostPackets,
        List<Finding> udp,
        List<Finding> icmp,
        List<Finding> tcp) {}
