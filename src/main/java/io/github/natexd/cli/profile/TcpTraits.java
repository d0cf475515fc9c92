package io.github.natexd.cli.profile;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a NAT does to TCP. A proxy ends the guest's connection and makes one of the host's own: the SYN that leaves then has
 * a sequence number, a source port, an IP ID and a TTL of its own, and the host completes the handshake by itself.
 */
final class TcpTraits {
    /** The host's SYN may come a little before the guest's, by another interface's clock, and some time after it. */
    private static final long EARLIER_NANOS = 100_000_000;

    private static final long LATER_NANOS = 3_000_000_000L;
    /** How far the times of two captures may be apart; the guest never answers as fast as the host where it has to. */
    private static final long CLOCKS_NANOS = 5_000_000;

    private static final List<Trait> TRAITS = List.of(
            Trait.PROXIED,
            Trait.HANDSHAKE_WITHOUT_GUEST,
            Trait.SEQUENCE_KEPT,
            Trait.TCP_PORT_KEPT,
            Trait.TCP_IP_ID_KEPT,
            Trait.TCP_TTL_KEPT,
            Trait.KEEPALIVES_FORWARDED);

    private final Map<Trait, Tally> tallies = new EnumMap<>(Trait.class);

    private record Destination(int address, int port) {}

    /** One side's view of a connection; whoever opened it sent {@code sent}. */
    private static final class Connection {
        final Packet opening;
        final List<Packet> sent = new ArrayList<>();

        @Nullable
        Packet accepting;

        Connection(Packet opening) {
            this.opening = opening;
        }

        /** When the opener first acknowledged; Long.MAX_VALUE if it never did. */
        long completedNanos() {
            return sent.stream()
                    .filter(packet -> segment(packet).isAcknowledging())
                    .mapToLong(Packet::nanos)
                    .min()
                    .orElse(Long.MAX_VALUE);
        }

        /** Segments that repeat the octet before the next one, as keepalives do (RFC 9293, section 3.8.4). */
        long keepalives() {
            long count = 0;
            int next = segment(opening).sequence() + 1;
            for (Packet packet : sent) {
                Packet.Segment segment = segment(packet);
                if (segment.isAcknowledging() && segment.octets() <= 1 && segment.sequence() == next - 1) {
                    count++;
                } else if (segment.sequence() + segment.octets() - next > 0) {
                    next = segment.sequence() + segment.octets();
                }
            }
            return count;
        }
    }

    private TcpTraits() {}

    static List<Finding> of(List<Packet> sent, List<Packet> received, List<Packet> hostSide) {
        TcpTraits traits = new TcpTraits();
        Map<Destination, List<Connection>> guests = connections(sent, received);
        Map<Destination, List<Connection>> hosts = connections(hostSide, hostSide);
        guests.forEach(
                (destination, connections) -> traits.compare(connections, hosts.getOrDefault(destination, List.of())));
        return traits.findings();
    }

    /** Nothing is known. */
    static List<Finding> unknown() {
        return new TcpTraits().findings();
    }

    private List<Finding> findings() {
        return TRAITS.stream().map(trait -> tally(trait).finding(trait)).toList();
    }

    private Tally tally(Trait trait) {
        return tallies.computeIfAbsent(trait, each -> new Tally());
    }

    private static Packet.Segment segment(Packet packet) {
        return Objects.requireNonNull(packet.segment());
    }

    private static Map<Destination, List<Connection>> connections(List<Packet> sent, List<Packet> received) {
        Map<Packet.Flow, Connection> flows = new LinkedHashMap<>();
        for (Packet packet : sent) {
            if (packet.segment() == null) {
                continue;
            }
            if (segment(packet).isOpening()) {
                flows.putIfAbsent(packet.flow(), new Connection(packet)); // a repeated SYN opens nothing new
            } else if (flows.containsKey(packet.flow())) {
                Objects.requireNonNull(flows.get(packet.flow())).sent.add(packet);
            }
        }
        for (Packet packet : received) {
            Connection connection = packet.segment() != null && segment(packet).isAccepting()
                    ? flows.get(packet.flow().reversed())
                    : null;
            if (connection != null && connection.accepting == null) {
                connection.accepting = packet;
            }
        }
        Map<Destination, List<Connection>> byDestination = new HashMap<>();
        flows.forEach((flow, connection) -> byDestination
                .computeIfAbsent(new Destination(flow.destination(), flow.destinationPort()), each -> new ArrayList<>())
                .add(connection));
        return byDestination;
    }

    /** All connections to one destination, in the order of their SYNs; as many on both sides, or nobody knows which is which. */
    private void compare(List<Connection> guests, List<Connection> hosts) {
        if (guests.size() != hosts.size()) {
            return;
        }
        for (int i = 0; i < guests.size(); i++) {
            long delay = hosts.get(i).opening.nanos() - guests.get(i).opening.nanos();
            if (delay >= -EARLIER_NANOS && delay <= LATER_NANOS) {
                compare(guests.get(i), hosts.get(i));
            }
        }
    }

    private void compare(Connection guest, Connection host) {
        Packet here = guest.opening;
        Packet there = host.opening;
        boolean sequenceKept = segment(here).sequence() == segment(there).sequence();
        tally(Trait.SEQUENCE_KEPT).note(sequenceKept);
        tally(Trait.TCP_PORT_KEPT).note(here.sourcePort() == there.sourcePort());
        int hops = here.timeToLive() - there.timeToLive();
        tally(Trait.TCP_TTL_KEPT).note(hops == 0 || hops == 1);
        if (here.identification() != 0) {
            tally(Trait.TCP_IP_ID_KEPT).note(here.identification() == there.identification());
        }
        compareHandshakes(guest, host, sequenceKept);
        if (guest.keepalives() > 0) {
            tally(Trait.KEEPALIVES_FORWARDED).note(host.keepalives() > 0);
        }
    }

    /** What only relays, or replaces the sequence numbers of one side, leaves those of the other. */
    private void compareHandshakes(Connection guest, Connection host, boolean sequenceKept) {
        Packet here = guest.accepting;
        Packet there = host.accepting;
        if (sequenceKept) {
            tally(Trait.PROXIED).note(false);
        } else if (here != null && there != null) {
            tally(Trait.PROXIED).note(segment(here).sequence() != segment(there).sequence());
        }
        boolean completed = there != null && host.completedNanos() != Long.MAX_VALUE;
        if (completed && guest.completedNanos() - host.completedNanos() > CLOCKS_NANOS) {
            tally(Trait.HANDSHAKE_WITHOUT_GUEST).note(true);
        } else if (completed && sequenceKept) {
            tally(Trait.HANDSHAKE_WITHOUT_GUEST).note(false);
        }
    }
}
