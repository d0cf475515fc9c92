package io.github.natexd.wire;

import java.nio.ByteBuffer;

/** A probe as a packet contains it: one that was seen, or the embedded packet of an error. Reused for each packet. */
public final class ReadProbe extends Probe {
    /** How much of the transport must be there: the whole header of UDP or of an echo request. */
    public static final int TRANSPORT_HEAD_OCTETS = 8;

    private final UdpHeader udp = new UdpHeader();
    private final IcmpEcho echo = new IcmpEcho();

    /**
     * Reads a checked header and the first octets of its transport.
     *
     * @return whether it is a probe that natexd can map: UDP or an echo request, with at least eight octets of
     *     transport, and not a later fragment
     */
    public boolean read(ByteBuffer buffer, Ipv4Header header) {
        if (header.isLaterFragment() || header.transportOctets() < TRANSPORT_HEAD_OCTETS) {
            return false;
        }
        epochNanos = 0;
        protocol = header.protocol();
        source = header.source();
        destination = header.destination();
        identification = header.identification();
        timeToLive = header.timeToLive();
        if (protocol == Protocol.UDP) {
            udp.over(buffer, header.transportOffset());
            sourcePort = udp.sourcePort();
            destinationPort = udp.destinationPort();
            transportLength = udp.length();
            int checksum = udp.checksum();
            // With checksum offload the field has only the pseudo-header's sum; 0 means no checksum (RFC 768).
            contentKnown = checksum != 0
                    && checksum != Checksum.pseudoHeader(source, destination, Protocol.UDP, transportLength);
            content = content(Checksum.update32(checksum, source, 0));
            return true;
        }
        if (protocol == Protocol.ICMP) {
            echo.over(buffer, header.transportOffset());
            sourcePort = echo.identifier();
            destinationPort = echo.sequence();
            transportLength = header.isFragment() ? 0 : header.totalLength() - header.headerLength();
            contentKnown = true;
            content = content(echo.checksum());
            return echo.type() == IcmpEcho.TYPE_REQUEST && echo.code() == 0;
        }
        return false;
    }

    /**
     * Reads the probe that an error quotes, and lays the other view over its header.
     *
     * @return whether the error quotes a probe that natexd can map
     */
    public boolean readQuoted(ByteBuffer buffer, IcmpError error, Ipv4Header embedded) {
        return embedded.over(buffer, error.embeddedOffset(), error.embeddedOctets())
                                .check(true)
                        == Ipv4Header.Problem.NONE
                && read(buffer, embedded);
    }

    private int content(int checksum) {
        int sum = Checksum.complement(Checksum.update16(checksum, sourcePort, 0));
        return sum == 0xffff ? 0 : sum;
    }
}
