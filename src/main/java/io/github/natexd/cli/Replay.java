package io.github.natexd.cli;

import io.github.natexd.config.Config;
import io.github.natexd.mapping.Mapper;
import io.github.natexd.mapping.Probe;
import io.github.natexd.translate.ErrorTypes;
import io.github.natexd.translate.Reason;
import io.github.natexd.translate.Surroundings;
import io.github.natexd.translate.Translator;
import io.github.natexd.wire.Checksum;
import io.github.natexd.wire.IcmpError;
import io.github.natexd.wire.Ipv4Header;
import io.github.natexd.wire.Protocol;
import io.github.natexd.wire.UdpHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The second reading of a capture: mapper and translator do with it what they would have done in the daemon, at the
 * capture's times. The rules of the daemon's loop that are no calculation of theirs are repeated here: which packets
 * are shown to the mapper, and that errors wait for sightings.
 */
final class Replay {
    /** As the daemon: so many errors wait at the most, and only short ones. */
    private static final int WAITING_LIMIT = 64;

    private static final int WAITING_OCTETS_LIMIT = 2048;

    /** The MTU of VMware's networks. */
    private static final int GUEST_MTU = 1500;

    private static final long NANOS_OF_SECOND = 1_000_000_000;

    /** An error before its decision. */
    private record Pending(long packet, long nanos, long sinceNanos, boolean cut, byte[] octets) {}

    private final ReplayRoles roles;
    private final ReplayOutput output;
    private final ReplayCounts counts = new ReplayCounts();
    private final LinkLayer link = new LinkLayer();
    private final Ipv4Header header = new Ipv4Header();
    private final UdpHeader udp = new UdpHeader();
    private final IcmpError error = new IcmpError();
    private final Probe probe = new Probe();
    private final Probe guestProbe = new Probe();
    private final Surroundings surroundings;
    private final Mapper mapper;
    private final Translator translator;
    private final int maxTtl;
    private final @Nullable Integer staticGuest;
    private final List<Pending> waiting = new ArrayList<>();
    private long staticGuestMac = LinkLayer.NO_MAC;
    private long staticGatewayMac = LinkLayer.NO_MAC;
    private boolean staticGuestSighted;
    private long nowNanos;

    Replay(Config config, ReplayRoles roles, ReplayOutput output) {
        this.roles = roles;
        this.output = output;
        nowNanos = roles.firstNanos();
        surroundings = roles.surroundings();
        mapper = new Mapper(config.probes().capacity(), config.probes().lifetimeSeconds() * NANOS_OF_SECOND, nowNanos);
        translator = new Translator(errorTypes(config.relay().errors()), mapper, surroundings);
        maxTtl = config.probes().maxTtl();
        staticGuest = config.relay().staticGuest().isPresent()
                ? (Integer) config.relay().staticGuest().getAsInt()
                : null;
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

    /** Takes the next packet. Time does not run backwards, whatever the file says. */
    void take(CapturedPacket packet) {
        counts.packets++;
        nowNanos = Math.max(nowNanos, packet.nanos);
        retry(false);
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

    /** After the last packet: what waits waits no longer. */
    void finish() {
        retry(true);
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
            guestSighted(probe, header.source(), link.source(), link.destination());
        } else if (roles.isHost(header.source())) {
            counts.egressProbes++;
            if (roles.assumedGuest().isPresent()) {
                assumeGuest(buffer, roles.assumedGuest().get());
            }
            mapper.egressSighted(probe, Mapper.NO_UID, nowNanos);
            retry(false);
        }
    }

    private void guestSighted(Probe sighted, int guest, long guestMac, long gatewayMac) {
        if (staticGuest != null && staticGuest == guest) {
            staticGuestSighted = true;
            staticGuestMac = guestMac;
            staticGatewayMac = gatewayMac;
        }
        mapper.guestSighted(sighted, guestMac, gatewayMac, nowNanos);
        retry(false);
    }

    /** Sights the probe of {@link #header} as the guest would have sent it, behind a NAT that keeps all it can. */
    private void assumeGuest(ByteBuffer buffer, int guest) {
        ByteBuffer copy = ByteBuffer.allocate(header.octetsAtHand());
        copy.put(0, buffer, header.offset(), header.octetsAtHand());
        Ipv4Header assumed = new Ipv4Header().over(copy, 0, copy.capacity());
        assumed.check(true);
        if (assumed.protocol() == Protocol.UDP) {
            udp.over(copy, assumed.transportOffset());
            if (udp.checksum() != 0) {
                int checksum = Checksum.update32(udp.checksum(), assumed.source(), guest);
                udp.rewriteChecksum(checksum == 0 ? 0xFFFF : checksum);
            }
        }
        assumed.rewriteSource(guest);
        guestProbe.read(copy, assumed);
        guestSighted(guestProbe, guest, LinkLayer.NO_MAC, LinkLayer.NO_MAC);
    }

    private void takeError(CapturedPacket packet, boolean incoming) {
        if (roles.onGuestNetwork(header.destination()) && !roles.isHost(header.destination())) {
            counts.errorsToGuests++;
        }
        if (!incoming || !roles.isHost(header.destination())) {
            return;
        }
        counts.errors++;
        // Padding goes; but where the total length is no length of an error, what was captured is shown.
        int length = header.totalLength() >= header.headerLength() + IcmpError.LENGTH
                ? Math.min(header.totalLength(), link.length())
                : link.length();
        boolean cut = packet.cut() && header.totalLength() > link.length();
        counts.cutErrors += cut ? 1 : 0;
        byte[] octets = new byte[length];
        packet.buffer.get(link.offset(), octets);
        Pending pending = new Pending(packet.number, packet.nanos, nowNanos, cut, octets);
        ReplayedError judged = judge(pending, nowNanos, false);
        if (undecided(judged.reason())) {
            if (waiting.size() < WAITING_LIMIT && length <= WAITING_OCTETS_LIMIT) {
                waiting.add(pending);
                return;
            }
            judged = new ReplayedError(
                    packet.number,
                    packet.nanos,
                    0,
                    Reason.NO_MAPPING,
                    cut,
                    octets,
                    null,
                    LinkLayer.NO_MAC,
                    LinkLayer.NO_MAC);
        }
        decided(judged);
    }

    /** Judges what waits again; who has waited long enough, or at the {@code last} time, waits no longer. */
    private void retry(boolean last) {
        for (Iterator<Pending> each = waiting.iterator(); each.hasNext(); ) {
            Pending pending = each.next();
            long untilNanos = pending.sinceNanos() + Mapper.WAIT_NANOS;
            boolean waited = last || nowNanos >= untilNanos;
            ReplayedError judged = judge(pending, waited ? untilNanos : nowNanos, waited);
            if (!undecided(judged.reason())) {
                each.remove();
                decided(judged);
            }
        }
    }

    /** The daemon holds the one back and accepts the other with a copy kept; either may become a guest's. */
    private static boolean undecided(Reason reason) {
        return reason == Reason.WAITING || reason == Reason.HOST_PROBE_SO_FAR;
    }

    private void decided(ReplayedError judged) {
        counts.count(judged.reason());
        output.error(judged);
    }

    private ReplayedError judge(Pending pending, long atNanos, boolean waited) {
        byte[] octets = pending.octets().clone();
        ByteBuffer buffer = ByteBuffer.wrap(octets);
        Reason reason = translator.judge(buffer, 0, octets.length, pending.cut(), atNanos, waited);
        long guestMac = LinkLayer.NO_MAC;
        long gatewayMac = LinkLayer.NO_MAC;
        boolean rewritten = false;
        if (reason == Reason.RELAYED) {
            guestMac = translator.mapping().guestMac();
            gatewayMac = translator.mapping().gatewayMac();
            reason = fits(reason);
            rewritten = reason == Reason.RELAYED;
            if (rewritten) {
                translator.rewrite();
            }
        } else if (staticGuest != null && reason.unmapped()) {
            guestMac = staticGuestMac;
            gatewayMac = staticGatewayMac;
            reason = staticGuestSighted ? fits(Reason.STATIC_GUEST) : Reason.STATIC_GUEST_UNSEEN;
            rewritten = reason == Reason.STATIC_GUEST;
            if (rewritten) {
                translator.rewriteForStaticGuest(staticGuest);
            }
        }
        return new ReplayedError(
                pending.packet(),
                pending.nanos(),
                atNanos - pending.sinceNanos(),
                reason,
                pending.cut(),
                pending.octets(),
                rewritten ? octets : null,
                guestMac,
                gatewayMac);
    }

    private Reason fits(Reason reason) {
        return translator.totalLength() > GUEST_MTU ? Reason.TOO_LONG : reason;
    }
}
