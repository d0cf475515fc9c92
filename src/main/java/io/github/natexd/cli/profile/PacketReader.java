package io.github.natexd.cli.profile;

import io.github.natexd.cli.capture.CapturedPacket;
import io.github.natexd.cli.capture.LinkLayer;
import io.github.natexd.wire.IcmpEcho;
import io.github.natexd.wire.IcmpError;
import io.github.natexd.wire.Ipv4Header;
import io.github.natexd.wire.Protocol;
import io.github.natexd.wire.ReadProbe;
import io.github.natexd.wire.TcpHeader;
import io.github.natexd.wire.UdpHeader;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reduces captured packets to {@link Packet}s. What is neither UDP, TCP, an echo nor an ICMP error is left out. */
final class PacketReader {
    private final LinkLayer link = new LinkLayer();
    private final Ipv4Header header = new Ipv4Header();
    private final UdpHeader udp = new UdpHeader();
    private final TcpHeader tcp = new TcpHeader();
    private final IcmpEcho echo = new IcmpEcho();
    private final IcmpError error = new IcmpError();
    private final Ipv4Header embedded = new Ipv4Header();
    private final ReadProbe quoted = new ReadProbe();

    /** Reads one packet; null if it is of no use. Fragments are not: the other side may have joined them. */
    @Nullable
    Packet read(CapturedPacket captured) {
        ByteBuffer octets = captured.buffer;
        // The octets at hand may be fewer than the header says: a capture may cut packets.
        if (!link.strip(captured)
                || header.over(octets, link.offset(), link.length()).check(true) != Ipv4Header.Problem.NONE
                || header.isFragment()) {
            return null;
        }
        return switch (header.protocol()) {
            case Protocol.UDP -> readUdp(captured);
            case Protocol.ICMP -> readIcmp(captured);
            case Protocol.TCP -> readTcp(captured);
            default -> null;
        };
    }

    private @Nullable Packet readUdp(CapturedPacket captured) {
        if (header.transportOctets() < UdpHeader.LENGTH) {
            return null;
        }
        udp.over(captured.buffer, header.transportOffset());
        long content = digest(captured.buffer, UdpHeader.LENGTH);
        return packet(captured, Packet.Kind.UDP, udp.sourcePort(), udp.destinationPort(), content, null, null);
    }

    private @Nullable Packet readIcmp(CapturedPacket captured) {
        if (header.transportOctets() < IcmpEcho.LENGTH) {
            return null;
        }
        ByteBuffer octets = captured.buffer;
        echo.over(octets, header.transportOffset());
        long content = digest(octets, IcmpEcho.LENGTH);
        int identifier = echo.identifier();
        int sequence = echo.sequence();
        if (echo.type() == IcmpEcho.TYPE_REQUEST) {
            return packet(captured, Packet.Kind.ECHO_REQUEST, identifier, sequence, content, null, null);
        }
        if (echo.type() == IcmpEcho.TYPE_REPLY) {
            return packet(captured, Packet.Kind.ECHO_REPLY, sequence, identifier, content, null, null);
        }
        if (!IcmpError.isErrorType(echo.type())) {
            return null;
        }
        error.over(octets, header.transportOffset(), header.transportOctets());
        if (!quoted.readQuoted(octets, error, embedded)) {
            return null;
        }
        Packet.Quote quote = new Packet.Quote(
                error.type(),
                error.code(),
                quoted.protocol,
                quoted.source,
                quoted.sourcePort,
                quoted.destination,
                quoted.destinationPort);
        return packet(captured, Packet.Kind.ERROR, 0, 0, 0, null, quote);
    }

    private @Nullable Packet readTcp(CapturedPacket captured) {
        if (!tcp.over(captured.buffer, header.transportOffset(), header.transportOctets())
                .check()) {
            return null;
        }
        // Not the octets at hand: the capture may have cut the packet.
        int octets = header.totalLength() - header.headerLength() - tcp.headerLength();
        Packet.Segment segment =
                new Packet.Segment(tcp.flags(), tcp.sequence(), tcp.acknowledged(), Math.max(0, octets));
        return packet(captured, Packet.Kind.TCP, tcp.sourcePort(), tcp.destinationPort(), 0, segment, null);
    }

    private Packet packet(
            CapturedPacket captured,
            Packet.Kind kind,
            int sourcePort,
            int destinationPort,
            long content,
            Packet.@Nullable Segment segment,
            Packet.@Nullable Quote quote) {
        return new Packet(
                captured.nanos,
                link.direction() == CapturedPacket.Direction.OUT,
                kind,
                header.source(),
                sourcePort,
                header.destination(),
                destinationPort,
                header.identification(),
                header.timeToLive(),
                content,
                header.totalLength() - header.headerLength(),
                segment,
                quote);
    }

    /** Of the data behind the transport header, as far as it was captured: FNV-1a, 64 bits. */
    private long digest(ByteBuffer octets, int transportHeader) {
        long digest = 0xCBF29CE484222325L;
        int end = header.transportOffset() + header.transportOctets();
        for (int at = header.transportOffset() + transportHeader; at < end; at++) {
            digest = (digest ^ (octets.get(at) & 0xFF)) * 0x100000001B3L;
        }
        return digest;
    }
}
