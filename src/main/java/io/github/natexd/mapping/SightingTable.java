package io.github.natexd.mapping;

import io.github.natexd.wire.Checksum;
import io.github.natexd.wire.Protocol;

/** Sightings of one side that have no pair yet, by what both sides have in common ({@link Probe#classHash}). */
final class SightingTable {
    /** Expired rows removed when one is added: two for one, so that the table never stays full of them. */
    private static final int EXPIRED_PER_ADD = 2;

    private static final int SOURCE = 0;
    private static final int DESTINATION = 1;
    private static final int PORTS = 2;
    private static final int IDENTIFICATION_AND_LENGTH = 3;
    /** Checksum (16 bits), TTL (8), whether the checksum is evidence (1), protocol (7: UDP is 17, ICMP 1). */
    private static final int CHECKSUM_TTL_PROTOCOL = 4;

    private static final int UID = 5;
    private static final int GUEST_MAC = 6;
    private static final int GATEWAY_MAC = 8;
    private static final int SIGHTED_NANOS = 10;
    private static final int EVIDENCE = 0x80;
    private static final int PROTOCOL_MASK = 0x7f;

    final Slots slots;
    private final Rows rows;
    private long lifetimeNanos;

    SightingTable(int capacity, long lifetimeNanos) {
        this.lifetimeNanos = lifetimeNanos;
        slots = new Slots(capacity);
        rows = slots.rows;
    }

    void lifetime(long nanos) {
        lifetimeNanos = nanos;
    }

    int add(Probe probe, long nowNanos) {
        removeExpired(nowNanos);
        int slot = slots.add(probe.classHash());
        rows.set(slot, SOURCE, probe.source);
        rows.set(slot, DESTINATION, probe.destination);
        rows.set(slot, PORTS, probe.sourcePort << 16 | probe.destinationPort);
        rows.set(slot, IDENTIFICATION_AND_LENGTH, probe.identification << 16 | probe.transportLength);
        int evidence = probe.checksumIsEvidence ? EVIDENCE : 0;
        rows.set(slot, CHECKSUM_TTL_PROTOCOL, probe.checksum << 16 | probe.timeToLive << 8 | evidence | probe.protocol);
        rows.setLong(slot, SIGHTED_NANOS, nowNanos);
        return slot;
    }

    /** Of a sighting leaving the host: who owns the sending socket. */
    void uid(int slot, int uid) {
        rows.set(slot, UID, uid);
    }

    /** Of a guest's sighting: the addresses of its frame. */
    void macs(int slot, long guestMac, long gatewayMac) {
        rows.setLong(slot, GUEST_MAC, guestMac);
        rows.setLong(slot, GATEWAY_MAC, gatewayMac);
    }

    int source(int slot) {
        return rows.get(slot, SOURCE);
    }

    int destination(int slot) {
        return rows.get(slot, DESTINATION);
    }

    int sourcePort(int slot) {
        return rows.get(slot, PORTS) >>> 16;
    }

    int destinationPort(int slot) {
        return rows.get(slot, PORTS) & 0xffff;
    }

    /** Source and destination port in one number. */
    int ports(int slot) {
        return rows.get(slot, PORTS);
    }

    int identification(int slot) {
        return rows.get(slot, IDENTIFICATION_AND_LENGTH) >>> 16;
    }

    int transportLength(int slot) {
        return rows.get(slot, IDENTIFICATION_AND_LENGTH) & 0xffff;
    }

    int checksum(int slot) {
        return rows.get(slot, CHECKSUM_TTL_PROTOCOL) >>> 16;
    }

    boolean checksumIsEvidence(int slot) {
        return (rows.get(slot, CHECKSUM_TTL_PROTOCOL) & EVIDENCE) != 0;
    }

    int timeToLive(int slot) {
        return rows.get(slot, CHECKSUM_TTL_PROTOCOL) >>> 8 & 0xff;
    }

    int protocol(int slot) {
        return rows.get(slot, CHECKSUM_TTL_PROTOCOL) & PROTOCOL_MASK;
    }

    int uid(int slot) {
        return rows.get(slot, UID);
    }

    long guestMac(int slot) {
        return rows.getLong(slot, GUEST_MAC);
    }

    long gatewayMac(int slot) {
        return rows.getLong(slot, GATEWAY_MAC);
    }

    long sightedNanos(int slot) {
        return rows.getLong(slot, SIGHTED_NANOS);
    }

    private void removeExpired(long nowNanos) {
        for (int i = 0; i < EXPIRED_PER_ADD; i++) {
            int oldest = slots.oldest();
            if (oldest == Slots.NONE || nowNanos - sightedNanos(oldest) <= lifetimeNanos) {
                return;
            }
            slots.remove(oldest);
        }
    }

    /** The class hash of a sighting that is in the table. */
    int classHash(int slot) {
        return Probe.classHash(destination(slot), destinationPort(slot), protocol(slot));
    }

    /** The key hash of a sighting that is in the table: as {@link Probe#keyHash}. */
    int keyHash(int slot) {
        return Probe.keyHash(source(slot), destination(slot), sourcePort(slot), destinationPort(slot), protocol(slot));
    }

    /** The newest sighting of a class, NONE if it is older than {@code sinceNanos}; the others follow by age. */
    int firstSince(int classHash, long sinceNanos) {
        return since(slots.first(classHash), sinceNanos);
    }

    int nextSince(int slot, long sinceNanos) {
        return since(slots.next(slot), sinceNanos);
    }

    private int since(int slot, long sinceNanos) {
        return slot == Slots.NONE || sightedNanos(slot) - sinceNanos < 0 ? Slots.NONE : slot;
    }

    boolean sameClass(int slot, SightingTable other, int otherSlot) {
        return destination(slot) == other.destination(otherSlot)
                && destinationPort(slot) == other.destinationPort(otherSlot)
                && protocol(slot) == other.protocol(otherSlot);
    }

    boolean sameClass(int slot, Probe probe) {
        return destination(slot) == probe.destination
                && destinationPort(slot) == probe.destinationPort
                && protocol(slot) == probe.protocol;
    }

    boolean sameKey(int slot, Probe probe) {
        return sameClass(slot, probe) && source(slot) == probe.source && sourcePort(slot) == probe.sourcePort;
    }

    /** The checksum this probe has once its sender is replaced: nothing else of it changed. */
    int checksumAfter(int slot, int newSource, int newSourcePort) {
        int result = Checksum.update16(checksum(slot), sourcePort(slot), newSourcePort);
        return protocol(slot) == Protocol.UDP ? Checksum.update32(result, source(slot), newSource) : result;
    }
}
