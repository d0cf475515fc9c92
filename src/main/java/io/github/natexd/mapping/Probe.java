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
    int transportLength;
    int checksum;
    /** The checksum says something about the packet: it is present and finished. */
    boolean checksumIsEvidence;

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
        int payloadLength = header.totalLength() - header.headerLength();
        if (protocol == Protocol.UDP) {
            udp.over(buffer, header.transportOffset());
            sourcePort = udp.sourcePort();
            destinationPort = udp.destinationPort();
            transportLength = udp.length();
            checksum = udp.checksum();
            // Offload leaves just the pseudo-header's sum in the field; 0 means that there is none (RFC 768).
            checksumIsEvidence = checksum != 0
                    && checksum != Checksum.pseudoHeader(source, destination, Protocol.UDP, transportLength);
            return true;
        }
        if (protocol == Protocol.ICMP) {
            echo.over(buffer, header.transportOffset());
            sourcePort = echo.identifier();
            destinationPort = echo.sequence();
            transportLength = payloadLength;
            checksum = echo.checksum();
            checksumIsEvidence = checksum != 0;
            return echo.type() == IcmpEcho.TYPE_REQUEST && echo.code() == 0;
        }
        return false;
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

    /** The UDP source port or the echo's identifier. */
    public int sourcePort() {
        return sourcePort;
    }

    /** The UDP destination port or the echo's sequence number. */
    public int destinationPort() {
        return destinationPort;
    }

    /** All but the sender: what both sightings of a probe have in common. */
    int classHash() {
        return classHash(destination, destinationPort, protocol);
    }

    /** The whole tuple that a router quotes. */
    int keyHash() {
        return keyHash(source, destination, sourcePort, destinationPort, protocol);
    }

    static int classHash(int destination, int destinationPort, int protocol) {
        return Slots.mix(((long) destination << 32) | ((long) protocol << 16) | destinationPort);
    }

    static int keyHash(int source, int destination, int sourcePort, int destinationPort, int protocol) {
        long sender = ((long) source << 32) | ((long) sourcePort << 16) | destinationPort;
        return Slots.mix(sender + 0x9E3779B97F4A7C15L * (((long) destination << 8) | protocol));
    }
}
