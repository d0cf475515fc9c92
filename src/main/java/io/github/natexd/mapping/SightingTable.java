package io.github.natexd.mapping;

import io.github.natexd.wire.Checksum;
import io.github.natexd.wire.Protocol;

/** Sightings of one side that have no pair yet, by what both sides have in common ({@link Probe#classHash}). */
final class SightingTable {
    /** Expired rows removed when one is added: two for one, so that the table never stays full of them. */
    private static final int EXPIRED_PER_ADD = 2;

    final Slots slots;
    final int[] source;
    final int[] destination;
    final int[] sourcePort;
    final int[] destinationPort;
    final int[] identification;
    final int[] transportLength;
    final int[] checksum;
    final boolean[] checksumIsEvidence;
    final byte[] protocol;
    final byte[] timeToLive;
    final int[] uid;
    final long[] guestMac;
    final long[] gatewayMac;
    final long[] sightedNanos;
    private long lifetimeNanos;

    SightingTable(int capacity, long lifetimeNanos) {
        this.lifetimeNanos = lifetimeNanos;
        slots = new Slots(capacity);
        source = new int[capacity];
        destination = new int[capacity];
        sourcePort = new int[capacity];
        destinationPort = new int[capacity];
        identification = new int[capacity];
        transportLength = new int[capacity];
        checksum = new int[capacity];
        checksumIsEvidence = new boolean[capacity];
        protocol = new byte[capacity];
        timeToLive = new byte[capacity];
        uid = new int[capacity];
        guestMac = new long[capacity];
        gatewayMac = new long[capacity];
        sightedNanos = new long[capacity];
    }

    void lifetime(long nanos) {
        lifetimeNanos = nanos;
    }

    int add(Probe probe, long nowNanos) {
        removeExpired(nowNanos);
        int slot = slots.add(probe.classHash());
        source[slot] = probe.source;
        destination[slot] = probe.destination;
        sourcePort[slot] = probe.sourcePort;
        destinationPort[slot] = probe.destinationPort;
        identification[slot] = probe.identification;
        transportLength[slot] = probe.transportLength;
        checksum[slot] = probe.checksum;
        checksumIsEvidence[slot] = probe.checksumIsEvidence;
        protocol[slot] = (byte) probe.protocol;
        timeToLive[slot] = (byte) probe.timeToLive;
        sightedNanos[slot] = nowNanos;
        return slot;
    }

    private void removeExpired(long nowNanos) {
        for (int i = 0; i < EXPIRED_PER_ADD; i++) {
            int oldest = slots.oldest();
            if (oldest == Slots.NONE || nowNanos - sightedNanos[oldest] <= lifetimeNanos) {
                return;
            }
            slots.remove(oldest);
        }
    }

    /** The class hash of a sighting that is in the table. */
    int classHash(int slot) {
        return Probe.classHash(destination[slot], destinationPort[slot], protocol[slot] & 0xff);
    }

    /** The key hash of a sighting that is in the table: as {@link Probe#keyHash}. */
    int keyHash(int slot) {
        return Probe.keyHash(
                source[slot], destination[slot], sourcePort[slot], destinationPort[slot], protocol[slot] & 0xff);
    }

    /** The newest sighting of a class, NONE if it is older than {@code sinceNanos}; the others follow by age. */
    int firstSince(int classHash, long sinceNanos) {
        return since(slots.first(classHash), sinceNanos);
    }

    int nextSince(int slot, long sinceNanos) {
        return since(slots.next(slot), sinceNanos);
    }

    private int since(int slot, long sinceNanos) {
        return slot == Slots.NONE || sightedNanos[slot] - sinceNanos < 0 ? Slots.NONE : slot;
    }

    boolean sameClass(int slot, SightingTable other, int otherSlot) {
        return destination[slot] == other.destination[otherSlot]
                && destinationPort[slot] == other.destinationPort[otherSlot]
                && protocol[slot] == other.protocol[otherSlot];
    }

    boolean sameClass(int slot, Probe probe) {
        return destination[slot] == probe.destination
                && destinationPort[slot] == probe.destinationPort
                && (protocol[slot] & 0xff) == probe.protocol;
    }

    boolean sameKey(int slot, Probe probe) {
        return sameClass(slot, probe) && source[slot] == probe.source && sourcePort[slot] == probe.sourcePort;
    }

    /** The checksum this probe has once its sender is replaced: nothing else of it changed. */
    int checksumAfter(int slot, int newSource, int newSourcePort) {
        int result = Checksum.update16(checksum[slot], sourcePort[slot], newSourcePort);
        return (protocol[slot] & 0xff) == Protocol.UDP ? Checksum.update32(result, source[slot], newSource) : result;
    }
}
