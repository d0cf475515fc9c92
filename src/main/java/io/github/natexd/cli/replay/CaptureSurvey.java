package io.github.natexd.cli.replay;

import io.github.natexd.cli.capture.CapturedPacket;
import io.github.natexd.cli.capture.LinkLayer;
import io.github.natexd.cli.form.Ipv4Network;
import io.github.natexd.wire.IcmpError;
import io.github.natexd.wire.Ipv4Header;
import io.github.natexd.wire.Protocol;
import io.github.natexd.wire.ReadProbe;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The first reading of a capture: finds the host's addresses and the guest network. A probe comes before the error that
 * shows whose it is, so one reading is not enough.
 */
final class CaptureSurvey {
    /** The limit of candidates of each kind, to bound the memory. */
    private static final int CANDIDATES_LIMIT = 1024;

    private static final int OUI_VMWARE_GUESTS = 0x000C29;
    private static final int OUI_VMWARE = 0x005056;
    private static final int OUI_SHIFT = 24;

    private final LinkLayer link = new LinkLayer();
    private final Ipv4Header header = new Ipv4Header();
    private final IcmpError error = new IcmpError();
    private final ReadProbe probe = new ReadProbe();
    private final Set<Integer> hosts;
    private final @Nullable Integer guest;
    private final @Nullable Ipv4Network guestNetwork;
    /** The addresses that receive ICMP errors. */
    private final Map<Integer, Integer> errorsTo = new LinkedHashMap<>();
    /** The networks that VMware's virtual network cards send probes from. */
    private final Map<Ipv4Network, Integer> guestNetworks = new LinkedHashMap<>();

    private boolean guestCaptured;
    private long firstNanos = -1;

    /** The roles that the user has given; the rest is empty. */
    CaptureSurvey(Set<Integer> hosts, @Nullable Integer guest, @Nullable Ipv4Network guestNetwork) {
        this.hosts = hosts;
        this.guest = guest;
        this.guestNetwork = guestNetwork == null && guest != null ? Ipv4Network.around(guest) : guestNetwork;
    }

    void see(CapturedPacket packet) {
        firstNanos = firstNanos < 0 ? packet.nanos : firstNanos;
        if (!link.strip(packet)
                || header.over(packet.buffer, link.offset(), link.length()).check(true) != Ipv4Header.Problem.NONE) {
            return;
        }
        if (isError(packet.buffer) && link.direction() != CapturedPacket.Direction.OUT) {
            count(errorsTo, header.destination());
        } else if (probe.read(packet.buffer, header) && link.direction() != CapturedPacket.Direction.OUT) {
            seeProbe();
        }
    }

    /** The result, after all packets have been read. */
    ReplayRoles roles() {
        Optional<Ipv4Network> network = Optional.ofNullable(guestNetwork).or(this::likeliestGuestNetwork);
        List<Integer> errorReceivers = errorReceiversOutside(network);
        boolean everyErrorToGuests = !errorsTo.isEmpty() && errorReceivers.isEmpty();
        if (guestNetwork == null && network.isPresent() && hosts.isEmpty() && everyErrorToGuests) {
            // Then the host itself has VMware's network card: it is a virtual machine.
            network = Optional.empty();
            errorReceivers = errorReceiversOutside(network);
        }
        boolean derived = guestNetwork == null && network.isPresent();
        return new ReplayRoles(
                hosts.isEmpty() ? errorReceivers : List.copyOf(hosts),
                hosts.isEmpty(),
                network,
                derived,
                guestCaptured || derived ? Optional.empty() : Optional.ofNullable(guest),
                Math.max(firstNanos, 0));
    }

    private boolean isError(ByteBuffer buffer) {
        return header.protocol() == Protocol.ICMP
                && !header.isLaterFragment()
                && header.transportOctets() >= IcmpError.LENGTH
                && IcmpError.isErrorType(error.over(buffer, header.transportOffset(), header.transportOctets())
                        .type());
    }

    private void seeProbe() {
        int source = header.source();
        if (guestNetwork != null) {
            guestCaptured |= guestNetwork.contains(source)
                    && !guestNetwork.contains(header.destination())
                    && !hosts.contains(source);
            return;
        }
        Ipv4Network network = Ipv4Network.around(source);
        if (isPrivate(source) && isVmware(link.source()) && !network.contains(header.destination())) {
            count(guestNetworks, network);
        }
    }

    private Optional<Ipv4Network> likeliestGuestNetwork() {
        return guestNetworks.entrySet().stream()
                .filter(candidate -> hosts.stream().noneMatch(candidate.getKey()::contains))
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey);
    }

    private List<Integer> errorReceiversOutside(Optional<Ipv4Network> network) {
        return errorsTo.entrySet().stream()
                .filter(receiver -> network.isEmpty() || !network.get().contains(receiver.getKey()))
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableList());
    }

    private static <K> void count(Map<K, Integer> counts, K key) {
        if (counts.size() < CANDIDATES_LIMIT || counts.containsKey(key)) {
            counts.merge(key, 1, Integer::sum);
        }
    }

    private static boolean isVmware(long mac) {
        long oui = mac >>> OUI_SHIFT;
        return oui == OUI_VMWARE_GUESTS || oui == OUI_VMWARE;
    }

    /** RFC 1918. */
    private static boolean isPrivate(int address) {
        return address >>> 24 == 10 || address >>> 20 == 0xAC1 || address >>> 16 == 0xC0A8;
    }
}
