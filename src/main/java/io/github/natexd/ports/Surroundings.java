package io.github.natexd.ports;

import io.github.natexd.wire.Ipv4Address;
import io.github.natexd.wire.MacAddress;
import java.util.Arrays;

/**
 * The addresses that decide who may be a guest (R22) and who cannot be a reporter (R51). Immutable; replaced when the
 * kernel reports a change.
 */
public final class Surroundings {
    private final int[] hostAddresses;
    private final int network;
    private final int mask;
    private final long hostMac;

    /**
     * @param hostAddresses all IPv4 addresses of this host
     * @param guestNetworkAddress the host's address on the guest network, 0 if it has none
     * @param prefixLength the guest network's prefix length
     * @param hostMac the MAC address of the host's interface on the guest network
     */
    public Surroundings(int[] hostAddresses, int guestNetworkAddress, int prefixLength, long hostMac) {
        this.hostAddresses = hostAddresses.clone();
        Arrays.sort(this.hostAddresses);
        mask = guestNetworkAddress == 0 ? -1 : prefixLength == 0 ? 0 : -1 << (32 - prefixLength);
        network = guestNetworkAddress & mask;
        this.hostMac = hostMac;
    }

    public boolean isHost(int address) {
        return Arrays.binarySearch(hostAddresses, address) >= 0;
    }

    public boolean onGuestNetwork(int address) {
        return network != 0 && (address & mask) == network;
    }

    /** Whether a guest can have this source address and can have sent such a frame to its gateway. */
    public boolean isGuestsFrame(int source, int destination, long sourceMac, long destinationMac) {
        return onGuestNetwork(source)
                && !isHost(source)
                && source != network
                && source != (network | ~mask)
                && !onGuestNetwork(destination)
                && !isHost(destination)
                && !Ipv4Address.isNobodys(destination)
                && sourceMac != hostMac
                && destinationMac != hostMac
                && !MacAddress.isGroup(sourceMac)
                && !MacAddress.isGroup(destinationMac);
    }

    /** Whether no router outside can have this address. */
    public boolean isImpossibleReporter(int address) {
        return Ipv4Address.isNobodys(address) || isHost(address) || onGuestNetwork(address);
    }
}
