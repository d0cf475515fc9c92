package io.github.natexd.wire;

/**
 * What identifies one probe: the fields of an IPv4 packet that a router quotes. A {@link ReadProbe} has them from a
 * packet; whoever remembers a probe copies them.
 *
 * <p>For an echo request, the source port is the identifier and the destination port the sequence number (RFC 5508).
 */
public abstract class Probe {
    /** The user id of a sender that the kernel did not name. */
    public static final int NO_UID = -1;

    public int protocol;
    public int source;
    public int destination;
    public int sourcePort;
    public int destinationPort;
    public int identification;
    /** The TTL that the sender gave the probe: the number of the hop that answers. */
    public int timeToLive;
    /** When the kernel received it: nanoseconds since 1970, 0 if unknown. Nothing is decided by it. */
    public long epochNanos;
    /** The octets of the transport as its sender counted them; 0 if unknown (the first fragment of an echo request). */
    public int transportLength;

    /**
     * The sum that the checksum complements, without the fields that a NAT replaces: the source port and, in UDP's
     * pseudo-header, the source address. It is equal on both sides of a NAT that does not change the data. 0 stands for
     * both zeros of ones' complement.
     */
    public int content;
    /** Whether {@link #content} can be used: the checksum is present and complete. */
    public boolean contentKnown;

    public final void copyOf(Probe that) {
        protocol = that.protocol;
        source = that.source;
        destination = that.destination;
        sourcePort = that.sourcePort;
        destinationPort = that.destinationPort;
        identification = that.identification;
        timeToLive = that.timeToLive;
        epochNanos = that.epochNanos;
        transportLength = that.transportLength;
        content = that.content;
        contentKnown = that.contentKnown;
    }

    public final boolean isUdp() {
        return protocol == Protocol.UDP;
    }

    /** What both sightings of a probe always have in common: protocol, destination and destination port. */
    public final long classKey() {
        return ((long) destination << 32) | ((long) protocol << 16) | destinationPort;
    }

    public final boolean sameClass(Probe that) {
        return destination == that.destination && destinationPort == that.destinationPort && protocol == that.protocol;
    }

    /** A router quotes both in the same way, apart from IP ID and checksum. */
    public final boolean sameKey(Probe that) {
        return sameClass(that) && source == that.source && sourcePort == that.sourcePort;
    }
}
