package io.github.natexd.mapping;

import io.github.natexd.wire.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * One sighting of a probe: on the guest network, or leaving the host. Two sightings of the same probe are a pair, that
 * is, a mapping: each is the other's {@link #other}. {@link Shares} provides sightings and takes them back, so none is
 * allocated in the steady state.
 */
public final class Sighting {
    // Small types, because the memory that a look-up reads decides its cost; a char is an unsigned 16-bit number.
    byte protocol;
    int source;
    int destination;
    char sourcePort;
    char destinationPort;
    char identification;
    short timeToLive;
    char transportLength;
    char content;
    boolean contentKnown;
    long sightedNanos;
    long epochNanos;
    /** For guests' sightings: the addresses of the frame. */
    long guestMac;

    long gatewayMac;
    /** For leaving sightings: the user that owns the sending socket. */
    int uid;

    boolean leaving;
    /** The profile has learned from this sighting, which it does only once. */
    boolean learned;

    @Nullable
    Sighting other;

    // Links of the two indexes, and of the holder's list by time.
    @Nullable
    Sighting nextOfClass;

    @Nullable
    Sighting previousOfClass;

    @Nullable
    Sighting nextOfKey;

    @Nullable
    Sighting previousOfKey;

    @Nullable
    Sighting newer;

    @Nullable
    Sighting older;

    short holder;

    /** Becomes a sighting of this probe. */
    void of(Probe probe, boolean isLeaving, long nowNanos) {
        protocol = (byte) probe.protocol;
        source = probe.source;
        destination = probe.destination;
        sourcePort = (char) probe.sourcePort;
        destinationPort = (char) probe.destinationPort;
        identification = (char) probe.identification;
        timeToLive = (short) probe.timeToLive;
        transportLength = (char) probe.transportLength;
        content = (char) probe.content;
        contentKnown = probe.contentKnown;
        sightedNanos = nowNanos;
        epochNanos = probe.epochNanos;
        leaving = isLeaving;
        learned = false;
        other = null;
    }

    /** See {@link Probe#classKey}. */
    long classKey() {
        return Probe.classKey(destination, destinationPort, protocol);
    }

    boolean isUdp() {
        return protocol == Protocol.UDP;
    }

    boolean sameClass(Sighting that) {
        return destination == that.destination && destinationPort == that.destinationPort && protocol == that.protocol;
    }

    boolean sameClass(Probe probe) {
        return destination == probe.destination
                && destinationPort == probe.destinationPort
                && protocol == probe.protocol;
    }

    boolean sameKey(Probe probe) {
        return sameClass(probe) && source == probe.source && sourcePort == probe.sourcePort;
    }

    /** Whether two guests' sightings are of one guest's socket. */
    boolean sameSender(Sighting that) {
        return source == that.source && sourcePort == that.sourcePort && guestMac == that.guestMac;
    }

    /** It makes no difference which of the two was quoted. */
    boolean isTwinOf(Sighting that) {
        return sameSender(that) && identification == that.identification && gatewayMac == that.gatewayMac;
    }

    /** The sender's address. */
    public int source() {
        return source;
    }

    /** The UDP source port or ICMP identifier. */
    public int sourcePort() {
        return sourcePort;
    }

    public int identification() {
        return identification;
    }

    /** The TTL that the sender gave the probe: the number of the hop that answers. */
    public int timeToLive() {
        return timeToLive;
    }

    public long guestMac() {
        return guestMac;
    }

    public long gatewayMac() {
        return gatewayMac;
    }

    /** The time of the sighting, on the clock that {@link Mapper} was given. */
    public long sightedNanos() {
        return sightedNanos;
    }

    /** When the kernel received the packet: nanoseconds since 1970, 0 if unknown. */
    public long epochNanos() {
        return epochNanos;
    }
}
