package io.github.natexd.mapping;

import io.github.natexd.wire.Checksum;
import io.github.natexd.wire.IcmpEcho;
import io.github.natexd.wire.Ipv4Header;
import io.github.natexd.wire.Protocol;
import io.github.natexd.wire.UdpHeader;
import java.nio.ByteBuffer;

/**
 * What identifies one probe: the fields of an IPv4 packet that a router quotes, read from a sighting or from an
 * embedded packet. A mutable holder, filled again for every packet.
 *
 * <p>"Port" stands for the pair of numbers that the transport has: UDP's ports, or (RFC 5508) an echo's identifier as
 * the source's and its sequence number as the destination's.
 */
public final class Probe {
    /** What a transport head must have to be read: UDP's whole header, or an echo's. */
    public static final int TRANSPORT_HEAD_OCTETS = 8;

    int protocol;
    int source;
    int destination;
    int sourcePort;
    int destinationPort;
    int identification;
    int timeToLive;
    /** The octets of the transport as its sender counted them; 0 where they are not known: an echo's first fragment. */
    int transportLength;

    /**
     * The sum that the checksum is of, without what a NAT replaces: the source port and, in UDP's pseudo-header, the
     * source address. It is the same on both sides of a NAT that leaves the data alone. 0 stands for both zeros of ones'
     * complement.
     */
    int content;
    /** The checksum says something about the packet: it is present and finished. */
    boolean contentKnown;

    private final UdpHeader udp = new UdpHeader();
    private final IcmpEcho echo = new IcmpEcho();

    /**
     * Reads a checked header and the head behind it.
     *
     * @return whether it is a probe natexd can map: UDP or an echo request, with eight octets of transport head, not a
     *     later fragment
     */
    public boolean read(ByteBuffer buffer, Ipv4Header header) {
        if (header.isLaterFragment() || header.transportOctets() < TRANSPORT_HEAD_OCTETS) {
            return false;
        }
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
            // Offload leaves just the pseudo-header's sum in the field; 0 means that there is none (RFC 768).
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

    private int content(int checksum) {
        int sum = Checksum.complement(Checksum.update16(checksum, sourcePort, 0));
        return sum == 0xffff ? 0 : sum;
    }

    public int source() {
        return source;
    }

    public int destination() {
        return destination;
    }

    public int protocol() {
        return protocol;
    }

    boolean isUdp() {
        return protocol == Protocol.UDP;
    }

    /** The UDP source port or the echo's identifier. */
    public int sourcePort() {
        return sourcePort;
    }

    /** The UDP destination port or the echo's sequence number. */
    public int destinationPort() {
        return destinationPort;
    }

    /** All that both sightings of a probe have in common: protocol, destination and destination port. */
    public long classKey() {
        return classKey(destination, destinationPort, protocol);
    }

    static long classKey(int destination, int destinationPort, int protocol) {
        return ((long) destination << 32) | ((long) protocol << 16) | destinationPort;
    }
}
