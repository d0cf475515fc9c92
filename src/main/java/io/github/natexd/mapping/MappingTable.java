package io.github.natexd.mapping;

import static io.github.natexd.mapping.Slots.NONE;

/**
 * Mappings by the tuple that a router quotes. Probes of a constant flow (paris-traceroute, dublin-traceroute) share
 * that tuple; each has its own row, and the IP ID tells which one is quoted.
 */
final class MappingTable {
    /** Rows of one tuple that a look-up reads at the most: bounds the time of a look-up under a flood. */
    static final int CHAIN_LIMIT = 64;

    /** Expired rows of one tuple after which nothing live is expected: pairs found late are added out of order. */
    private static final int EXPIRED_LIMIT = 16;

    /** Expired rows removed when one is added. */
    private static final int EXPIRED_PER_ADD = 2;

    private final Slots slots;
    private long lifetimeNanos;
    private final int[] source;
    private final int[] destination;
    private final int[] ports;
    private final byte[] protocol;
    private final int[] identifications;
    private final int[] checksum;
    private final boolean[] checksumIsEvidence;
    private final int[] guest;
    private final int[] guestPort;
    private final long[] guestMac;
    private final long[] gatewayMac;
    private final byte[] timeToLive;
    private final long[] sightedNanos;
    private int lastEgressIdentification;

    MappingTable(int capacity, long lifetimeNanos) {
        slots = new Slots(capacity);
        this.lifetimeNanos = lifetimeNanos;
        source = new int[capacity];
        destination = new int[capacity];
        ports = new int[capacity];
        protocol = new byte[capacity];
        identifications = new int[capacity];
        checksum = new int[capacity];
        checksumIsEvidence = new boolean[capacity];
        guest = new int[capacity];
        guestPort = new int[capacity];
        guestMac = new long[capacity];
        gatewayMac = new long[capacity];
        timeToLive = new byte[capacity];
        sightedNanos = new long[capacity];
    }

    void lifetime(long nanos) {
        lifetimeNanos = nanos;
    }

    /** Adds what the probe in {@code egress} is to the guest's in {@code guests}. */
    void add(SightingTable guests, int g, SightingTable egress, int e, int keyHash, long nowNanos) {
        for (int i = 0; i < EXPIRED_PER_ADD && expired(slots.oldest(), nowNanos); i++) {
            slots.remove(slots.oldest());
        }
        int slot = slots.add(keyHash);
        source[slot] = egress.source[e];
        destination[slot] = egress.destination[e];
        ports[slot] = egress.sourcePort[e] << 16 | egress.destinationPort[e];
        protocol[slot] = egress.protocol[e];
        identifications[slot] = egress.identification[e] << 16 | guests.identification[g];
        checksum[slot] = egress.checksum[e];
        checksumIsEvidence[slot] = egress.checksumIsEvidence[e];
        if (!egress.checksumIsEvidence[e] && guests.checksumIsEvidence[g]) {
            // The host had not finished its copy's checksum; what went out follows from the guest's.
            checksum[slot] = guests.checksumAfter(g, egress.source[e], egress.sourcePort[e]);
            checksumIsEvidence[slot] = true;
        }
        guest[slot] = guests.source[g];
        guestPort[slot] = guests.sourcePort[g];
        guestMac[slot] = guests.guestMac[g];
        gatewayMac[slot] = guests.gatewayMac[g];
        timeToLive[slot] = guests.timeToLive[g];
        sightedNanos[slot] = guests.sightedNanos[g];
    }

    /**
     * Looks a quoted probe up. Several guests may share its tuple: the IP ID decides, then the checksum, else nobody
     * (R17). {@code into} is filled when the answer is MAPPED.
     */
    Finding find(Probe quoted, long nowNanos, Mapping into) {
        Finding any = pick(quoted, nowNanos, into, Evidence.NONE);
        if (any == Finding.UNKNOWN || (any == Finding.MAPPED && foundExactly(quoted))) {
            return any;
        }
        Finding byId =
                quoted.identification == 0 ? Finding.UNKNOWN : pick(quoted, nowNanos, into, Evidence.IDENTIFICATION);
        if (byId == Finding.MAPPED) {
            return byId;
        }
        if (any == Finding.MAPPED) {
            // One guest, another IP ID: a router or the NAT altered it. The tuple is the guest's all the same.
            pick(quoted, nowNanos, into, Evidence.NONE);
            into.identificationChanged = false;
            return any;
        }
        Finding byChecksum =
                quoted.checksumIsEvidence ? pick(quoted, nowNanos, into, Evidence.CHECKSUM) : Finding.UNKNOWN;
        return byChecksum == Finding.MAPPED ? byChecksum : Finding.AMBIGUOUS;
    }

    private enum Evidence {
        NONE,
        IDENTIFICATION,
        CHECKSUM
    }

    /** The newest row that agrees, if all rows that agree are of one guest. */
    private Finding pick(Probe quoted, long nowNanos, Mapping into, Evidence evidence) {
        Finding finding = Finding.UNKNOWN;
        int read = 0;
        int expired = 0;
        for (int slot = slots.first(quoted.keyHash()); slot != NONE; slot = slots.next(slot)) {
            if (expired(slot, nowNanos)) {
                if (++expired > EXPIRED_LIMIT) {
                    break;
                }
                continue;
            }
            // Rows that merely share the chain count too: a guest can choose tuples that collide.
            if (++read > CHAIN_LIMIT) {
                // Unread rows could be another guest's; an IP ID found is still good.
                return finding == Finding.MAPPED && evidence == Evidence.IDENTIFICATION ? finding : Finding.AMBIGUOUS;
            }
            if (!isOf(slot, quoted)) {
                continue;
            }
            boolean agrees =
                    switch (evidence) {
                        case NONE -> true;
                        case IDENTIFICATION -> identifications[slot] >>> 16 == quoted.identification;
                        case CHECKSUM -> checksumIsEvidence[slot] && checksum[slot] == quoted.checksum;
                    };
            if (!agrees) {
                continue;
            }
            if (finding == Finding.UNKNOWN) {
                fill(into, slot);
                finding = Finding.MAPPED;
            } else if (!into.sameGuest(guest[slot], guestPort[slot], guestMac[slot])) {
                return Finding.AMBIGUOUS;
            }
        }
        return finding;
    }

    private boolean isOf(int slot, Probe quoted) {
        return source[slot] == quoted.source
                && destination[slot] == quoted.destination
                && ports[slot] == (quoted.sourcePort << 16 | quoted.destinationPort)
                && (protocol[slot] & 0xff) == quoted.protocol;
    }

    private void fill(Mapping into, int slot) {
        int egressIdentification = identifications[slot] >>> 16;
        into.guest = guest[slot];
        into.guestPort = guestPort[slot];
        into.guestIdentification = identifications[slot] & 0xffff;
        into.identificationChanged = egressIdentification != into.guestIdentification;
        into.guestMac = guestMac[slot];
        into.gatewayMac = gatewayMac[slot];
        into.timeToLive = timeToLive[slot] & 0xff;
        into.sightedNanos = sightedNanos[slot];
        lastEgressIdentification = egressIdentification;
    }

    /** The row that the last look-up answered with has the quoted IP ID. */
    boolean foundExactly(Probe quoted) {
        return lastEgressIdentification == quoted.identification;
    }

    /** Removes at most {@code limit} expired rows; answers whether none is left. */
    boolean expire(int limit, long nowNanos) {
        for (int i = 0; i < limit && expired(slots.oldest(), nowNanos); i++) {
            slots.remove(slots.oldest());
        }
        return !expired(slots.oldest(), nowNanos);
    }

    int size() {
        return slots.size();
    }

    private boolean expired(int slot, long nowNanos) {
        return slot != NONE && nowNanos - sightedNanos[slot] > lifetimeNanos;
    }

    long steps() {
        return slots.steps();
    }

    long evictions() {
        return slots.evictions();
    }
}
