package io.github.natexd.cli.profile;

import io.github.natexd.wire.IcmpError;
import io.github.natexd.wire.Protocol;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a NAT does to UDP, or to echo requests and their replies. */
final class ProbeTraits {
    private static final List<Trait> ERRORS = List.of(
            Trait.TIME_EXCEEDED,
            Trait.FRAGMENTATION_NEEDED,
            Trait.PORT_UNREACHABLE,
            Trait.DESTINATION_UNREACHABLE,
            Trait.PARAMETER_PROBLEM);

    private final Map<Trait, Tally> tallies = new EnumMap<>(Trait.class);
    private final boolean udp;

    ProbeTraits(boolean udp) {
        this.udp = udp;
    }

    private record Sender(int address, int port) {}

    /** An echo's sequence number is no destination of its own. */
    private record Destination(int address, int port) {}

    private record Report(int reporter, int type, int code, Packet.Flow probe) {}

    private Tally tally(Trait trait) {
        return tallies.computeIfAbsent(trait, each -> new Tally());
    }

    void compareProbes(List<Analysis.Pair> probes) {
        Map<Sender, Map<Destination, Set<Integer>>> ports = new HashMap<>();
        for (Analysis.Pair pair : probes) {
            Packet guest = pair.guestSide();
            Packet host = pair.hostSide();
            tally(portTrait()).note(guest.sourcePort() == host.sourcePort());
            tally(Trait.TTL_KEPT).note(guest.timeToLive() == host.timeToLive());
            if (guest.identification() != 0) {
                tally(Trait.IP_ID_KEPT).note(guest.identification() == host.identification());
            }
            ports.computeIfAbsent(new Sender(guest.source(), guest.sourcePort()), sender -> new HashMap<>())
                    .computeIfAbsent(
                            new Destination(guest.destination(), udp ? guest.destinationPort() : 0),
                            destination -> new HashSet<>())
                    .add(host.sourcePort());
        }
        ports.values().stream().filter(destinations -> destinations.size() > 1).forEach(destinations -> tally(
                        samePortTrait())
                .note(destinations.values().stream()
                                .flatMap(Set::stream)
                                .distinct()
                                .count()
                        == 1));
    }

    private Trait portTrait() {
        return udp ? Trait.PORT_KEPT : Trait.IDENTIFIER_KEPT;
    }

    private Trait samePortTrait() {
        return udp ? Trait.SAME_PORT : Trait.SAME_IDENTIFIER;
    }

    void compareReplies(List<Analysis.Pair> replies) {
        for (Analysis.Pair pair : replies) {
            int hops = pair.hostSide().timeToLive() - pair.guestSide().timeToLive();
            tally(Trait.REPLY_TTL_KEPT).note(hops == 0 || hops == 1);
            int there = pair.hostSide().identification();
            int here = pair.guestSide().identification();
            if (there != 0 || here != 0) {
                tally(Trait.REPLY_IP_ID_KEPT).note(here == there);
            }
        }
    }

    /** Whether errors to the host about guests' probes came to the guests, too, and not from natexd. */
    void compareErrors(List<Analysis.Pair> probes, List<Packet> received, List<Packet> toHost) {
        Map<Packet.Flow, Packet.Flow> guestOf = new HashMap<>();
        probes.forEach(
                pair -> guestOf.put(pair.hostSide().flow(), pair.guestSide().flow()));
        Set<Report> handedOver = new HashSet<>();
        for (Packet packet : received) {
            Packet.Quote quote = packet.quote();
            if (quote != null && !packet.sentByHost() && isOurs(quote)) {
                handedOver.add(report(packet, quote, flow(quote)));
            }
        }
        for (Packet packet : toHost) {
            Packet.Quote quote = packet.quote();
            Packet.Flow guest = quote != null && isOurs(quote) ? guestOf.get(flow(quote)) : null;
            if (quote != null && guest != null) {
                tally(classOf(quote)).note(handedOver.contains(report(packet, quote, guest)));
            }
        }
    }

    private boolean isOurs(Packet.Quote quote) {
        return quote.protocol() == (udp ? Protocol.UDP : Protocol.ICMP);
    }

    private Packet.Flow flow(Packet.Quote quote) {
        return new Packet.Flow(
                udp ? Packet.Kind.UDP : Packet.Kind.ECHO_REQUEST,
                quote.source(),
                quote.sourcePort(),
                quote.destination(),
                quote.destinationPort());
    }

    private static Report report(Packet error, Packet.Quote quote, Packet.Flow probe) {
        return new Report(error.source(), quote.type(), quote.code(), probe);
    }

    private static Trait classOf(Packet.Quote quote) {
        if (quote.type() == IcmpError.TYPE_TIME_EXCEEDED) {
            return Trait.TIME_EXCEEDED;
        }
        if (quote.type() != IcmpError.TYPE_DESTINATION_UNREACHABLE) {
            return Trait.PARAMETER_PROBLEM;
        }
        return switch (quote.code()) {
            case IcmpError.CODE_FRAGMENTATION_NEEDED -> Trait.FRAGMENTATION_NEEDED;
            case IcmpError.CODE_PORT_UNREACHABLE -> Trait.PORT_UNREACHABLE;
            default -> Trait.DESTINATION_UNREACHABLE;
        };
    }

    List<Finding> findings() {
        return traits(udp).stream().map(trait -> tally(trait).finding(trait)).toList();
    }

    /** All that is asked of this protocol, in the order of the table. */
    static List<Trait> traits(boolean udp) {
        List<Trait> traits = new ArrayList<>(
                udp
                        ? List.of(Trait.PORT_KEPT, Trait.SAME_PORT)
                        : List.of(Trait.IDENTIFIER_KEPT, Trait.SAME_IDENTIFIER));
        traits.addAll(List.of(Trait.IP_ID_KEPT, Trait.TTL_KEPT, Trait.REPLY_TTL_KEPT, Trait.REPLY_IP_ID_KEPT));
        traits.addAll(ERRORS);
        return traits;
    }
}
