package io.github.natexd.translate;

import io.github.natexd.mapping.Mapper;
import io.github.natexd.mapping.Match;
import io.github.natexd.mapping.Sighting;
import io.github.natexd.ports.Surroundings;
import io.github.natexd.report.Reason;
import io.github.natexd.wire.Checksum;
import io.github.natexd.wire.IcmpEcho;
import io.github.natexd.wire.IcmpError;
import io.github.natexd.wire.Ipv4Header;
import io.github.natexd.wire.Protocol;
import io.github.natexd.wire.ReadProbe;
import io.github.natexd.wire.UdpHeader;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Turns an ICMP error about a packet of the host into the error that the guest should have got: restores the embedded
 * packet as the guest sent it, makes the guest the outer destination, repairs every checksum incrementally (RFC 1624),
 * and changes nothing else (RFC 5508, section 4.2).
 *
 * <p>{@link #read} reads, {@link #find} decides, {@link #rewrite} writes; in between, the caller may handle other errors
 * or change the decision.
 */
public final class Translator {
    private ErrorTypes types;
    private final Mapper mapper;
    private final Ipv4Header outer = new Ipv4Header();
    private final IcmpError error = new IcmpError();
    private final Ipv4Header embedded = new Ipv4Header();
    private final UdpHeader udp = new UdpHeader();
    private final IcmpEcho echo = new IcmpEcho();
    private Surroundings surroundings;
    private ByteBuffer packet = ByteBuffer.allocate(0);

    public Translator(ErrorTypes types, Mapper mapper, Surroundings surroundings) {
        this.types = types;
        this.mapper = mapper;
        this.surroundings = surroundings;
    }

    public void types(ErrorTypes changed) {
        types = changed;
    }

    public void surroundings(Surroundings changed) {
        surroundings = changed;
    }

    public Surroundings surroundings() {
        return surroundings;
    }

    /** Reads the error that the judgement contains: which probe it quotes, or why it cannot be relayed. */
    public void read(Judgement judgement) {
        packet = judgement.buffer;
        judgement.open = false;
        Reason obstacle = readOuter(judgement);
        judgement.quoteRead = obstacle == null;
        if (obstacle == null) {
            mapper.announce(judgement.quoted);
        } else {
            judgement.reason = obstacle;
        }
    }

    /** Lays the views over an error that was read before. */
    private void lay(Judgement judgement) {
        packet = judgement.buffer;
        outer.over(packet, judgement.offset, judgement.length).check(false);
        error.over(packet, outer.transportOffset(), outer.transportOctets());
        embedded.over(packet, error.embeddedOffset(), error.embeddedOctets());
    }

    /** Returns null if the packet is an ICMP error that may be relayed, about a probe. */
    private @Nullable Reason readOuter(Judgement judgement) {
        if (judgement.truncated) {
            return Reason.TRUNCATED;
        }
        if (outer.over(packet, judgement.offset, judgement.length).check(false) != Ipv4Header.Problem.NONE) {
            return Reason.OUTER_MALFORMED;
        }
        judgement.totalLength = outer.totalLength();
        if (outer.isFragment()) {
            return Reason.OUTER_FRAGMENT;
        }
        if (outer.protocol() != Protocol.ICMP || outer.transportOctets() < IcmpError.LENGTH) {
            return Reason.NOT_SELECTED;
        }
        error.over(packet, outer.transportOffset(), outer.transportOctets());
        judgement.errorRead = true;
        judgement.reporter = outer.source();
        judgement.type = error.type();
        judgement.code = error.code();
        if (!types.select(error.type(), error.code())) {
            return Reason.NOT_SELECTED;
        }
        if (!error.checksumOk()) {
            return Reason.OUTER_CHECKSUM;
        }
        return surroundings.isImpossibleReporter(outer.source())
                ? Reason.IMPOSSIBLE_REPORTER
                : readEmbedded(judgement.quoted);
    }

    /** Returns null if the embedded packet is a probe that can be looked up. */
    private @Nullable Reason readEmbedded(ReadProbe quoted) {
        if (embedded.over(packet, error.embeddedOffset(), error.embeddedOctets())
                        .check(true)
                != Ipv4Header.Problem.NONE) {
            return Reason.EMBEDDED_MALFORMED;
        }
        if (embedded.source() != outer.destination()) {
            return Reason.NOT_ADDRESSED_TO_SENDER;
        }
        if (embedded.isLaterFragment()) {
            return Reason.EMBEDDED_FRAGMENT;
        }
        if (embedded.protocol() != Protocol.UDP && embedded.protocol() != Protocol.ICMP) {
            return Reason.EMBEDDED_NOT_A_PROBE;
        }
        if (embedded.transportOctets() < ReadProbe.TRANSPORT_HEAD_OCTETS) {
            return Reason.EMBEDDED_MALFORMED;
        }
        return quoted.read(packet, embedded) ? null : Reason.EMBEDDED_NOT_A_PROBE;
    }

    /** Decides who gets an error that was read, if it can be relayed. */
    public void find(Judgement judgement, long nowNanos) {
        if (!judgement.quoteRead) {
            return;
        }
        Match match = mapper.find(judgement.quoted, judgement.arrivedNanos, nowNanos, judgement.last);
        judgement.reason = switch (match) {
            case CERTAIN -> Reason.RELAYED;
            case LIKELY -> Reason.COPIED_LIKELY;
            case AMBIGUOUS -> Reason.AMBIGUOUS;
            case HOST -> Reason.HOST_PROBE;
            case OPEN, UNKNOWN -> Reason.NO_MAPPING;
        };
        judgement.open = match == Match.OPEN;
        judgement.openUntilNanos = mapper.openUntilNanos();
        if (match == Match.CERTAIN || match == Match.LIKELY) {
            Sighting sender = mapper.found();
            judgement.copyTo(sender.source, sender.guestMac, sender.gatewayMac);
            judgement.guestPort = sender.sourcePort;
            judgement.identificationChanged = mapper.identificationChanged();
            judgement.sender = sender;
        }
    }

    /** Reads what only an observer needs of an error that was read: next hop's MTU and MPLS labels. */
    public void readDetails(Judgement judgement) {
        lay(judgement);
        judgement.nextHopMtu = error.nextHopMtu();
        judgement.labels.over(packet, error);
    }

    /** Rewrites the error for the guest (R23 to R34). */
    public void rewrite(Judgement judgement) {
        lay(judgement);
        int before = embeddedHeadSum();
        int guest = judgement.guest;
        if (embedded.protocol() == Protocol.UDP) {
            udp.over(packet, embedded.transportOffset()).rewriteSource(embedded.source(), guest, judgement.guestPort);
        } else {
            echo.over(packet, embedded.transportOffset()).rewriteIdentifier(judgement.guestPort);
        }
        embedded.rewriteSource(guest);
        Sighting sender = judgement.sender;
        if (judgement.identificationChanged && sender != null) {
            embedded.rewriteIdentification(sender.identification);
        }
        // The ICMP checksum covers the embedded packet, in which only the two headers changed.
        error.repairChecksum(before, embeddedHeadSum());
        outer.rewriteDestination(guest);
        if (outer.optionsLength() > 0) {
            // A router copies the probe's record-route option here. The host's kernel checked this header, added its
            // own address to the option, and does not repair the checksum of packets that it does not forward.
            outer.recomputeHeaderChecksum();
        }
    }

    private int embeddedHeadSum() {
        return Checksum.sum(packet, embedded.offset(), embedded.headerLength() + ReadProbe.TRANSPORT_HEAD_OCTETS);
    }
}
