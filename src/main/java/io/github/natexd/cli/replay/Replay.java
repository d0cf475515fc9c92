package io.github.natexd.cli.replay;

import io.github.natexd.cli.capture.CapturedPacket;
import io.github.natexd.cli.capture.LinkLayer;
import io.github.natexd.config.Config;
import io.github.natexd.mapping.Mapper;
import io.github.natexd.ports.Surroundings;
import io.github.natexd.relay.Relay;
import io.github.natexd.report.Observed;
import io.github.natexd.translate.ErrorTypes;
import io.github.natexd.translate.Translator;
import io.github.natexd.wire.IcmpError;
import io.github.natexd.wire.Ipv4Header;
import io.github.natexd.wire.Protocol;
import io.github.natexd.wire.ReadProbe;
import io.github.natexd.wire.UdpHeader;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The second reading of a capture. Runs the daemon's own {@link Relay} over ports that hold the capture's packets, by
 * the capture's clock: one turn for each packet, and one whenever the time of a kept copy is up in between. This class
 * decides only which packet goes to which port.
 */
final class Replay {
    private static final long NANOS_OF_SECOND = 1_000_000_000;
    private static final long NANOS_OF_MILLI = 1_000_000;

    /** An error about which the relay has not decided yet. */
    private record Pending(long packet, long nanos, boolean cut, byte[] octets) {}

    private final ReplayRoles roles;
    private final ReplayOutput output;
    private final ReplayCounts counts = new ReplayCounts();
    private final LinkLayer link = new LinkLayer();
    private final Ipv4Header header = new Ipv4Header();
    private final UdpHeader udp = new UdpHeader();
    private final IcmpError error = new IcmpError();
    private final ReadProbe probe = new ReadProbe();
    private final Surroundings surroundings;
    private final ReplayPorts ports = new ReplayPorts();
    private final Relay relay;
    private final int maxTtl;
    /** The current error, and those of which the relay keeps copies, by their arrival times, which are unique. */
    private final Map<Long, Pending> pending = new HashMap<>();

    private long nowNanos;

    Replay(Config config, ReplayRoles roles, ReplayOutput output) {
        this.roles = roles;
        this.output = output;
        nowNanos = roles.firstNanos();
        surroundings = roles.surroundings();
        Mapper mapper =
                new Mapper(config.probes().capacity(), config.probes().lifetimeSeconds() * NANOS_OF_SECOND, nowNanos);
        relay = new Relay(
                new Relay.Ports(ports.queue, ports.log, () -> true, () -> nowNanos),
                mapper,
                new Translator(errorTypes(config.relay().errors()), mapper, surroundings));
        relay.link(ports.link);
        relay.staticGuest(config.relay().staticGuest().orElse(0));
        relay.maxErrorsPerSecond(config.relay().maxErrorsPerSecond());
        if (config.relay().reinject() == Config.Reinject.VERDICT) {
            relay.reinject(Relay.Reinject.VERDICT);
        }
        relay.observe(this::decided);
        maxTtl = config.probes().maxTtl();
    }

    private static ErrorTypes errorTypes(Set<Config.ErrorKind> kinds) {
        return new ErrorTypes(
                kinds.contains(Config.ErrorKind.TIME_EXCEEDED),
                kinds.contains(Config.ErrorKind.DESTINATION_UNREACHABLE),
                kinds.contains(Config.ErrorKind.REASSEMBLY_TIME_EXCEEDED),
                kinds.contains(Config.ErrorKind.PARAMETER_PROBLEM));
    }

    ReplayCounts counts() {
        return counts;
    }

    /** Takes the next packet. The clock never runs backwards, even if the file's does; no two packets share a time. */
    void take(CapturedPacket packet) {
        counts.packets++;
        turnUntil(packet.nanos);
        nowNanos = Math.max(nowNanos + 1, packet.nanos);
        if (!LinkLayer.isRead(packet.linkType)) {
            counts.otherLinkTypes++;
            return;
        }
        if (!link.strip(packet)
                || header.over(packet.buffer, link.offset(), link.length()).check(true) != Ipv4Header.Problem.NONE) {
            return;
        }
        boolean incoming = link.direction() != CapturedPacket.Direction.OUT;
        if (isError(packet.buffer)) {
            takeError(packet, incoming);
        } else if (probe.read(packet.buffer, header) && header.timeToLive() <= maxTtl) {
            takeProbe(packet.buffer, incoming);
        }
    }

    /** To be called after the last packet: the relay decides about the copies that it keeps. */
    void finish() {
        turnUntil(Long.MAX_VALUE);
    }

    /** The turns that the daemon makes because the time of a copy is up. */
    private void turnUntil(long nanos) {
        for (long idle = relay.idleMillis(); idle >= 0; idle = relay.idleMillis()) {
            long dueNanos = nowNanos + idle * NANOS_OF_MILLI;
            if (dueNanos >= nanos) {
                return;
            }
            nowNanos = dueNanos;
            relay.turn();
        }
    }

    private boolean isError(ByteBuffer buffer) {
        if (header.protocol() != Protocol.ICMP
                || header.isLaterFragment()
                || header.transportOctets() < IcmpError.LENGTH) {
            return false;
        }
        error.over(buffer, header.transportOffset(), header.transportOctets());
        return IcmpError.isErrorType(error.type());
    }

    private void takeProbe(ByteBuffer buffer, boolean incoming) {
        boolean guests = incoming
                && surroundings.isGuestsFrame(header.source(), header.destination(), link.source(), link.destination());
        if (guests) {
            counts.guestProbes++;
            ports.link.offer(octets(buffer, link.length()), link.source(), link.destination());
            relay.turn();
        } else if (roles.isHost(header.source())) {
            counts.egressProbes++;
            byte[] octets = octets(buffer, link.length());
            if (roles.assumedGuest().isPresent()) {
                ports.link.offer(assumed(octets, roles.assumedGuest().get()), LinkLayer.NO_MAC, LinkLayer.NO_MAC);
                relay.turn();
            }
            ports.log.offer(octets);
            relay.turn();
        }
    }

    private byte[] octets(ByteBuffer buffer, int length) {
        byte[] octets = new byte[length];
        buffer.get(link.offset(), octets);
        return octets;
    }

    /** The probe as the guest would have sent it, if the NAT keeps ports, IP ID and TTL. */
    private byte[] assumed(byte[] leaving, int guest) {
        ByteBuffer copy = ByteBuffer.wrap(leaving.clone());
        Ipv4Header assumed = new Ipv4Header().over(copy, 0, copy.capacity());
        assumed.check(true);
        if (assumed.protocol() == Protocol.UDP) {
            udp.over(copy, assumed.transportOffset());
            udp.rewriteSource(assumed.source(), guest, udp.sourcePort());
        }
        assumed.rewriteSource(guest);
        return copy.array();
    }

    private void takeError(CapturedPacket packet, boolean incoming) {
        if (roles.onGuestNetwork(header.destination()) && !roles.isHost(header.destination())) {
            counts.errorsToGuests++;
            if (link.direction() == CapturedPacket.Direction.IN) {
                // Incoming frames can be from the NAT process; natexd's own are outgoing.
                ports.link.offer(octets(packet.buffer, link.length()), link.source(), link.destination());
                relay.turn();
            }
        }
        if (!incoming || !roles.isHost(header.destination())) {
            return;
        }
        counts.errors++;
        // Cuts off padding; but if the total length is impossible for an error, everything captured is shown.
        int length = header.totalLength() >= header.headerLength() + IcmpError.LENGTH
                ? Math.min(header.totalLength(), link.length())
                : link.length();
        boolean cut = packet.cut() && header.totalLength() > link.length();
        counts.cutErrors += cut ? 1 : 0;
        byte[] octets = octets(packet.buffer, length);
        pending.put(nowNanos, new Pending(packet.number, packet.nanos, cut, octets));
        ports.queue.offer(octets, cut);
        relay.turn();
    }

    private void decided(Observed observed) {
        Pending decided = pending.remove(nowNanos - observed.ageNanos);
        if (decided == null) {
            throw new IllegalStateException("an error was decided twice");
        }
        ReplayPorts.@Nullable Delivered delivered =
                observed.reason.isDelivered() ? ports.delivered().remove() : null;
        counts.count(observed.reason);
        output.error(new ReplayedError(
                decided.packet(),
                decided.nanos(),
                observed.ageNanos,
                observed.reason,
                decided.cut(),
                decided.octets(),
                delivered == null ? null : delivered.octets(),
                delivered == null ? LinkLayer.NO_MAC : delivered.guestMac(),
                delivered == null ? LinkLayer.NO_MAC : delivered.gatewayMac()));
    }
}
