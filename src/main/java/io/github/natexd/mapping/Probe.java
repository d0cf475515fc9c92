package io.github.natexd.mapping;

import io.github.natexd.wire.Checksum;
import io.github.natexd.wire.IcmpEcho;
import io.github.natexd.wire.Ipv4Header;
import io.github.natexd.wire.Protocol;
import io.github.natexd.wire.UdpHeader;
import java.nio.ByteBuffer;

/**
 * What identifies one probe: the fields of an IPv4 packet that a router quotes. They are read from a sighting or from
 * an embedded packet. A mutable holder that is filled again for each packet.
 *
 * <p>For an echo request, the source port is the identifier and the destination port the sequence number (RFC 5508).
 */
public final class Probe {
    /** How much of the transport must be there: the whole header of UDP or of an echo request. */
    public static final int TRANSPORT_HEAD_OCTETS = 8;

    int protocol;
    int source;
    int destination;
    int sourcePort;
    int destinationPort;
    int identification;
    int timeToLive;
    /** When the kernel received it: nanoseconds since 1970, 0 if unknown. Nothing is decided by it. */
    long epochNanos;
    /** The octets of the transport as its sender counted them; 0 if unknown (the first fragment of an echo request). */
    int transportLength;

    /**
     * The sum that the checksum complements, without the fields that a NAT replaces: the source port and, in UDP's
     * pseudo-header, the source address. It is equal on both sides of a NAT that does not change the data. 0 stands for
     * both zeros of ones' complement.
     */
    int content;
    /** Whether {@link #content} can be used: the checksum is present and complete. */
    boolean contentKnown;

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

    private int content(int checksum) {
        int sum = Checksum.complement(Checksum.update16(checksum, sourcePort, 0));
        return sum == 0xffff ? 0 : sum;
    }

    /** When the kernel received it: nanoseconds since 1970, 0 if unknown. To be set after {@link #read}. */
    public void arrived(long itsEpochNanos) {
        epochNanos = itsEpochNanos;
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

    public int timeToLive() {
        return timeToLive;
    }

    public long epochNanos() {
        return epochNanos;
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

    /** What both sightings of a probe always have in common: protocol, destination and destination port. */
    public long classKey() {
        return classKey(destination, destinationPort, protocol);
    }

    static long classKey(int destination, int destinationPort, int protocol) {
        return ((long) destination << 32) | ((long) protocol << 16) | destinationPort;
    }
}
