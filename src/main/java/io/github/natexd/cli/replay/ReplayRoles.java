package io.github.natexd.cli.replay;

import io.github.natexd.cli.form.Ipv4Network;
import io.github.natexd.ports.Surroundings;
import java.util.List;
import java.util.Optional;

/**
 * The roles of the addresses in a capture.
 *
 * @param hosts the host's addresses: where its probes come from and errors about them go
 * @param hostsDerived whether the hosts were derived from the capture, not given by the user
 * @param guestNetwork the network that VMware's NAT serves, if known
 * @param guestNetworkDerived whether the guest network was derived from the capture, not given by the user
 * @param assumedGuest the guest whose probes are those that leave the host, if the capture has no guest's probes
 * @param firstNanos the time of the first packet
 */
record ReplayRoles(
        List<Integer> hosts,
        boolean hostsDerived,
        Optional<Ipv4Network> guestNetwork,
        boolean guestNetworkDerived,
        Optional<Integer> assumedGuest,
        long firstNanos) {
    /** Matches no frame, because the MAC address of the host's interface is not known. */
    private static final long NOBODYS_MAC = -1;

    boolean isHost(int address) {
        return hosts.contains(address);
    }

    boolean onGuestNetwork(int address) {
        return guestNetwork.isPresent() && guestNetwork.get().contains(address);
    }

    Surroundings surroundings() {
        return new Surroundings(
                hosts.stream().mapToInt(Integer::intValue).toArray(),
                guestNetwork.map(Ipv4Network::address).orElse(0),
                guestNetwork.map(Ipv4Network::prefixLength).orElse(0),
                NOBODYS_MAC);
    }
}
