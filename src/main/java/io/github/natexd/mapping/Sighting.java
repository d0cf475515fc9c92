package io.github.natexd.mapping;

import io.github.natexd.wire.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * One sighting of a probe: on the guest network, or leaving the host. A pair of two that are of the same probe is a
 * mapping: each is the other's {@link #other}. Sightings are taken from {@link Shares} and go back there, so in the
 * steady state none is made.
 */
public final class Sighting {
    // Small types, since a look-up among many mappings costs what it reads of memory; a char is an unsigned 16-bit
    // number.
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
    /** Of a guest's sighting: the addresses of its frame. */
    long guestMac;

    long gatewayMac;
    /** Of a probe leaving the host: who owns the sending socket. */
    int uid;

    boolean leaving;
    /** It has taught the profile what the NAT process does; each does so once. */
    boolean learned;

    @Nullable
    Sighting other;

    // Links of the two indexes, and of the holder's list by age.
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

    /** Takes over what a probe is. */
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

    /** Two sightings of guests are of one guest's socket. */
    boolean sameSender(Sighting that) {
        return source == that.source && sourcePort == that.sourcePort && guestMac == that.guestMac;
    }

    /** Whichever of the two it was: the guest is given the same, or the router has quoted the same. */
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

    /** The TTL that the sender gave its probe: the hop that answers. */
    public int timeToLive() {
        return timeToLive;
    }

    public long guestMac() {
        return guestMac;
    }

    public long gatewayMac() {
        return gatewayMac;
    }

    /** When it was sighted, on the clock that the sightings came with. */
    public long sightedNanos() {
        return sightedNanos;
    }
}
