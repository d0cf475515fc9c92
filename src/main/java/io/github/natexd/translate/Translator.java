package io.github.natexd.translate;

import io.github.natexd.mapping.Mapper;
import io.github.natexd.mapping.Mapping;
import io.github.natexd.mapping.Probe;
import io.github.natexd.wire.Checksum;
import io.github.natexd.wire.IcmpEcho;
import io.github.natexd.wire.IcmpError;
import io.github.natexd.wire.Ipv4Header;
import io.github.natexd.wire.MplsLabels;
import io.github.natexd.wire.Protocol;
import io.github.natexd.wire.UdpHeader;
import java.nio.ByteBuffer;

/**
 * Turns an ICMP error about the host's packet into the error the guest should have got: the embedded packet again as
 * the guest sent it, the outer destination the guest's, every checksum repaired by the difference (RFC 1624), nothing
 * else touched (RFC 5508 section 4.2).
 *
 * <p>{@link #judge} reads and decides, {@link #rewrite} writes; in between the caller may think better of it.
 */
public final class Translator {
    private static final int NO_HEADER = 1 << 20;

    /** Within a quoted IPv4 header, for {@link #fetch}. */
    private static final int QUOTED_PROTOCOL = 9;

    private static final int QUOTED_SOURCE = 12;
    private static final int QUOTED_DESTINATION = 16;
    /** Within an echo: identifier and sequence, which stand for the ports. */
    private static final int ECHO_PORTS = 4;

    private ErrorTypes types;
    private final Mapper mapper;
    private final Ipv4Header outer = new Ipv4Header();
    private final IcmpError error = new IcmpError();
    private final Ipv4Header embedded = new Ipv4Header();
    private final UdpHeader udp = new UdpHeader();
    private final IcmpEcho echo = new IcmpEcho();
    private final Probe quoted = new Probe();
    private Surroundings surroundings;
    private ByteBuffer packet = ByteBuffer.allocate(0);
    private boolean errorRead;
    private boolean quoteRead;

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

    /**
     * Decides about the packet at {@code offset}; RELAYED means that {@link #mapping} says for whom it is and that
     * {@link #rewrite} may be called.
     *
     * @param length octets at hand
     * @param truncated the packet is longer than that
     * @param waited the packet has waited for a sighting: WAITING and HOST_PROBE_SO_FAR are no answers any more
     */
    public Reason judge(ByteBuffer buffer, int offset, int length, boolean truncated, long nowNanos, boolean waited) {
        packet = buffer;
        errorRead = false;
        quoteRead = false;
        if (truncated) {
            return Reason.TRUNCATED;
        }
        if (outer.over(buffer, offset, length).check(false) != Ipv4Header.Problem.NONE) {
            return Reason.OUTER_MALFORMED;
        }
        if (outer.isFragment()) {
            return Reason.OUTER_FRAGMENT;
        }
        if (outer.protocol() != Protocol.ICMP || outer.transportOctets() < IcmpError.LENGTH) {
            return Reason.NOT_SELECTED;
        }
        error.over(buffer, outer.transportOffset(), outer.transportOctets());
        errorRead = true;
        if (!types.select(error.type(), error.code())) {
            return Reason.NOT_SELECTED;
        }
        if (!error.checksumOk()) {
            return Reason.OUTER_CHECKSUM;
        }
        if (surroundings.isImpossibleReporter(outer.source())) {
            return Reason.IMPOSSIBLE_REPORTER;
        }
        Reason reason = readEmbedded();
        quoteRead = reason == Reason.RELAYED;
        return reason == Reason.RELAYED ? sender(nowNanos, waited) : reason;
    }

    /**
     * Says that {@link #judge} will be asked about this packet soon, see {@link Mapper#fetch}; decides nothing. It reads the
     * quoted tuple where it should be and looks only that this is within the packet: with all that judging reads, the
     * processor would not get to the next packet before this one's memory has come.
     */
    public void fetch(ByteBuffer buffer, int offset, int length) {
        int end = offset + length;
        int quote = offset + headerLength(buffer, offset, end) + IcmpError.LENGTH;
        int transport = quote + Math.max(Ipv4Header.MIN_LENGTH, headerLength(buffer, quote, end));
        if (transport + Probe.TRANSPORT_HEAD_OCTETS > end) {
            return;
        }
        int protocol = buffer.get(quote + QUOTED_PROTOCOL) & 0xff;
        int ports = buffer.getInt(protocol == Protocol.ICMP ? transport + ECHO_PORTS : transport);
        mapper.fetch(
                buffer.getInt(quote + QUOTED_SOURCE),
                buffer.getInt(quote + QUOTED_DESTINATION),
                ports >>> 16,
                ports & 0xffff,
                protocol);
    }

    /** Of the IPv4 header at {@code offset}; more than any packet has if it would be beyond the end. */
    private static int headerLength(ByteBuffer buffer, int offset, int end) {
        return offset < end ? (buffer.get(offset) & 0x0f) * 4 : NO_HEADER;
    }

    /** RELAYED when the embedded packet is a probe that can be looked up. */
    private Reason readEmbedded() {
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
        if (embedded.transportOctets() < Probe.TRANSPORT_HEAD_OCTETS) {
            return Reason.EMBEDDED_MALFORMED;
        }
        return quoted.read(packet, embedded) ? Reason.RELAYED : Reason.EMBEDDED_NOT_A_PROBE;
    }

    private Reason sender(long nowNanos, boolean waited) {
        return switch (mapper.find(quoted, nowNanos, waited)) {
            case MAPPED -> Reason.RELAYED;
            case HOST_SO_FAR -> Reason.HOST_PROBE_SO_FAR;
            case HOST -> Reason.HOST_PROBE;
            case AMBIGUOUS -> Reason.AMBIGUOUS;
            case WAITING -> Reason.WAITING;
            case UNKNOWN -> Reason.NO_MAPPING;
        };
    }

    /** For whom the packet judged last is. */
    public Mapping mapping() {
        return mapper.found();
    }

    /** The packet judged last is ICMP, so reporter, type and code may be asked. */
    public boolean errorRead() {
        return errorRead;
    }

    /** It quotes a probe, so that may be asked. */
    public boolean quoteRead() {
        return quoteRead;
    }

    /** The type of the error judged last. */
    public int errorType() {
        return error.type();
    }

    /** The code of the error judged last. */
    public int errorCode() {
        return error.code();
    }

    /** Reads the MPLS labels of the error judged last. */
    public void readLabels(MplsLabels labels) {
        labels.over(packet, error);
    }

    /** The source of the error judged last. */
    public int reporter() {
        return outer.source();
    }

    /** The protocol of the packet that the error judged last quotes. */
    public int probeProtocol() {
        return embedded.protocol();
    }

    /** The source of the probe that the error judged last quotes. */
    public int probeSource() {
        return embedded.source();
    }

    /** The quoted UDP source port or echo identifier. */
    public int probeSourcePort() {
        return quoted.sourcePort();
    }

    /** Where the probe went that the error judged last quotes. */
    public int probeDestination() {
        return embedded.destination();
    }

    /** The quoted UDP destination port or echo sequence. */
    public int probeDestinationPort() {
        return quoted.destinationPort();
    }

    /** The outer total length of the packet judged last. */
    public int totalLength() {
        return outer.totalLength();
    }

    /** Rewrites the packet judged last for the guest of its mapping (R23 to R34). */
    public void rewrite() {
        Mapping mapping = mapper.found();
        int before = embeddedHeadSum();
        revert(mapping.guest(), mapping.guestPort());
        if (mapping.identificationChanged()) {
            embedded.rewriteIdentification(mapping.guestIdentification());
        }
        finish(before, mapping.guest());
    }

    /** Rewrites addresses only, for the guest that gets whatever has no mapping. */
    public void rewriteForStaticGuest(int guest) {
        int before = embeddedHeadSum();
        revert(guest, quoted.sourcePort());
        finish(before, guest);
    }

    private void revert(int guest, int guestPort) {
        if (embedded.protocol() == Protocol.UDP) {
            revertUdp(guest, guestPort);
        } else {
            echo.over(packet, embedded.transportOffset());
            echo.rewriteChecksum(Checksum.update16(echo.checksum(), echo.identifier(), guestPort));
            echo.rewriteIdentifier(guestPort);
        }
        embedded.rewriteSource(guest);
    }

    private void revertUdp(int guest, int guestPort) {
        udp.over(packet, embedded.transportOffset());
        if (udp.checksum() != 0) {
            int checksum = Checksum.update32(udp.checksum(), embedded.source(), guest);
            checksum = Checksum.update16(checksum, udp.sourcePort(), guestPort);
            // A computed 0 is sent as all ones: 0 would say that there is no checksum (RFC 768).
            udp.rewriteChecksum(checksum == 0 ? 0xffff : checksum);
        }
        udp.rewriteSourcePort(guestPort);
    }

    /** The outer checksums: the ICMP one covers the embedded octets, where nothing but the two headers changed. */
    private void finish(int before, int guest) {
        int checksum = error.checksum();
        error.rewriteChecksum(Checksum.complement(Checksum.add(
                Checksum.add(Checksum.complement(checksum), Checksum.complement(before)), embeddedHeadSum())));
        outer.rewriteDestination(guest);
        if (outer.optionsLength() > 0) {
            // A router echoes the probe's record route here; the host's kernel has since added its own address to it,
            // and
            // repairs the checksum only of what it forwards. It had checked the header before.
            outer.recomputeHeaderChecksum();
        }
    }

    private int embeddedHeadSum() {
        return Checksum.sum(packet, embedded.offset(), embedded.headerLength() + Probe.TRANSPORT_HEAD_OCTETS);
    }
}
