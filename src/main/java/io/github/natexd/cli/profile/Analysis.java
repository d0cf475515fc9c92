package io.github.natexd.cli.profile;

import io.github.natexd.cli.form.Ipv4Network;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Compares the packets on both sides of a NAT. Two packets are the same if they have all in common that no NAT replaces
 * (kind, the remote address and port, length, content) and follow each other in time. Where one side has more of a kind
 * than the other, it is not known which is which, and none of them counts.
 */
final class Analysis {
    /** The NAT may take its time; a capture of another interface can have the packet a little earlier. */
    private static final long LATER_NANOS = 2_000_000_000;

    private static final long EARLIER_NANOS = 100_000_000;

    /** The same packet, as it is on either side. */
    record Pair(Packet guestSide, Packet hostSide) {}

    private record Likeness(Packet.Kind kind, int address, int port, long content, int length) {}

    private final List<Packet> guestSide;
    private final List<Packet> hostSide;
    private final Optional<Ipv4Network> network;

    private Analysis(List<Packet> guestSide, List<Packet> hostSide, @Nullable Ipv4Network stated) {
        this.guestSide = guestSide;
        this.network = Optional.ofNullable(stated).or(() -> likeliestNetwork(guestSide));
        // Both sides are in one file where the host's capture has all interfaces.
        this.hostSide = hostSide.stream()
                .filter(packet -> !ofGuest(packet) && !toGuest(packet))
                .toList();
    }

    /** @param stated the guest network if it is known; otherwise it is found by who begins */
    static NatReport of(List<Packet> guestSide, List<Packet> hostSide, @Nullable Ipv4Network stated) {
        return new Analysis(guestSide, hostSide, stated).report();
    }

    /** The /24 of those that send first: whatever they send to, the answer comes later. */
    private static Optional<Ipv4Network> likeliestNetwork(List<Packet> packets) {
        Set<Packet.Flow> flows = new HashSet<>();
        Map<Ipv4Network, Integer> beginners = new HashMap<>();
        for (Packet packet : packets) {
            Ipv4Network around = Ipv4Network.around(packet.source());
            boolean begins =
                    switch (packet.kind()) {
                        case UDP ->
                            flows.add(packet.flow())
                                    && !flows.contains(packet.flow().reversed());
                        case ECHO_REQUEST -> true;
                        case TCP -> packet.segment() != null && packet.segment().isOpening();
                        case ECHO_REPLY, ERROR -> false;
                    };
            if (begins && !packet.sentByHost() && !around.contains(packet.destination())) {
                beginners.merge(around, 1, Integer::sum);
            }
        }
        return beginners.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey);
    }

    private boolean inside(int address) {
        return network.isPresent() && network.get().contains(address);
    }

    private boolean ofGuest(Packet packet) {
        return inside(packet.source()) && !inside(packet.destination());
    }

    private boolean toGuest(Packet packet) {
        return inside(packet.destination()) && !inside(packet.source());
    }

    private NatReport report() {
        List<Packet> sent = guestSide.stream().filter(this::ofGuest).toList();
        List<Packet> received = guestSide.stream().filter(this::toGuest).toList();
        return new NatReport(
                "captures",
                network,
                sent.size() + received.size(),
                hostSide.size(),
                probes(Packet.Kind.UDP, Packet.Kind.UDP, sent, received),
                probes(Packet.Kind.ECHO_REQUEST, Packet.Kind.ECHO_REPLY, sent, received),
                TcpTraits.of(sent, received, hostSide));
    }

    private List<Finding> probes(Packet.Kind probe, Packet.Kind reply, List<Packet> sent, List<Packet> received) {
        List<Pair> probes = pairs(probe, sent, hostSide, Analysis::likenessTo);
        Set<Integer> hosts = new HashSet<>();
        probes.forEach(pair -> hosts.add(pair.hostSide().source()));
        // The host's own traffic is none of the NAT's.
        List<Packet> toHost = hostSide.stream()
                .filter(packet -> hosts.contains(packet.destination()))
                .toList();
        List<Pair> replies = pairs(reply, received, toHost, Analysis::likenessFrom);
        ProbeTraits traits = new ProbeTraits(probe == Packet.Kind.UDP);
        traits.compareProbes(probes);
        traits.compareReplies(replies);
        traits.compareErrors(probes, received, toHost);
        return traits.findings();
    }

    private static Likeness likenessTo(Packet packet) {
        return new Likeness(
                packet.kind(), packet.destination(), packet.destinationPort(), packet.content(), packet.length());
    }

    private static Likeness likenessFrom(Packet packet) {
        return new Likeness(packet.kind(), packet.source(), packet.sourcePort(), packet.content(), packet.length());
    }

    private static List<Pair> pairs(
            Packet.Kind kind, List<Packet> guests, List<Packet> hosts, Function<Packet, Likeness> likeness) {
        Map<Likeness, List<Packet>> here = byLikeness(kind, guests, likeness);
        Map<Likeness, List<Packet>> there = byLikeness(kind, hosts, likeness);
        List<Pair> pairs = new ArrayList<>();
        here.forEach((like, guestPackets) -> {
            List<Packet> hostPackets = there.getOrDefault(like, List.of());
            if (guestPackets.size() == hostPackets.size()) {
                for (int i = 0; i < guestPackets.size(); i++) {
                    addIfNear(pairs, new Pair(guestPackets.get(i), hostPackets.get(i)));
                }
            }
        });
        return pairs;
    }

    private static Map<Likeness, List<Packet>> byLikeness(
            Packet.Kind kind, List<Packet> packets, Function<Packet, Likeness> likeness) {
        Map<Likeness, List<Packet>> groups = new HashMap<>();
        for (Packet packet : packets) {
            if (packet.kind() == kind) {
                groups.computeIfAbsent(likeness.apply(packet), like -> new ArrayList<>())
                        .add(packet);
            }
        }
        return groups;
    }

    private static void addIfNear(List<Pair> pairs, Pair pair) {
        long delay = pair.hostSide().nanos() - pair.guestSide().nanos();
        boolean reply = pair.guestSide().kind() == Packet.Kind.ECHO_REPLY;
        // A UDP reply cannot be told from a probe here: either order will do.
        long later = reply ? EARLIER_NANOS : LATER_NANOS;
        long earlier = pair.guestSide().kind() == Packet.Kind.ECHO_REQUEST ? EARLIER_NANOS : LATER_NANOS;
        if (delay <= later && delay >= -earlier) {
            pairs.add(pair);
        }
    }
}
