package io.github.natexd.mapping;

import static io.github.natexd.mapping.Slots.NONE;

import java.util.ArrayList;
import java.util.List;

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

    /** Slots that one page looks at, and rows that it has, at the most: bounds the time of a page. */
    private static final int PAGE_SLOTS = 8192;

    static final int PAGE_ROWS = 512;

    private static final int LARGE = 1024;

    private static final int SOURCE = 0;
    private static final int DESTINATION = 1;
    private static final int PORTS = 2;
    /** The IP ID as it left the host, then the guest's. */
    private static final int IDENTIFICATIONS = 3;

    private static final int CHECKSUM_AND_GUEST_PORT = 4;
    private static final int GUEST = 5;
    /** 64 bits: 8 of which one says whether the checksum is evidence, the protocol (8), the guest's MAC (48). */
    private static final int PROTOCOL_AND_GUEST_MAC = 6;
    /** 64 bits: the TTL with which the guest sent (16), the gateway's MAC (48). */
    private static final int TTL_AND_GATEWAY_MAC = 8;

    private static final int SIGHTED_NANOS = 10;
    private static final int MAC_BITS = 48;
    private static final long MAC_MASK = (1L << MAC_BITS) - 1;
    private static final long EVIDENCE = 1L << 56;

    private final Slots slots;
    private final Rows rows;
    private long lifetimeNanos;
    private int lastEgressIdentification;
    /** Of no meaning, but what is read must go somewhere, or it would not be read. */
    private int fetched;

    MappingTable(int capacity, long lifetimeNanos) {
        slots = new Slots(capacity);
        rows = slots.rows;
        this.lifetimeNanos = lifetimeNanos;
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
        int checksum = egress.checksum(e);
        boolean evidence = egress.checksumIsEvidence(e);
        if (!evidence && guests.checksumIsEvidence(g)) {
            // The host had not finished its copy's checksum; what went out follows from the guest's.
            checksum = guests.checksumAfter(g, egress.source(e), egress.sourcePort(e));
            evidence = true;
        }
        long protocol = (long) egress.protocol(e) << MAC_BITS;
        rows.set(slot, SOURCE, egress.source(e));
        rows.set(slot, DESTINATION, egress.destination(e));
        rows.set(slot, PORTS, egress.ports(e));
        rows.set(slot, IDENTIFICATIONS, egress.identification(e) << 16 | guests.identification(g));
        rows.set(slot, CHECKSUM_AND_GUEST_PORT, checksum << 16 | guests.sourcePort(g));
        rows.set(slot, GUEST, guests.source(g));
        rows.setLong(slot, PROTOCOL_AND_GUEST_MAC, (evidence ? EVIDENCE : 0) | protocol | guests.guestMac(g));
        rows.setLong(slot, TTL_AND_GATEWAY_MAC, (long) guests.timeToLive(g) << MAC_BITS | guests.gatewayMac(g));
        rows.setLong(slot, SIGHTED_NANOS, guests.sightedNanos(g));
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
                        case IDENTIFICATION -> egressIdentification(slot) == quoted.identification;
                        case CHECKSUM -> checksumIsEvidence(slot) && checksum(slot) == quoted.checksum;
                    };
            if (!agrees) {
                continue;
            }
            if (finding == Finding.UNKNOWN) {
                fill(into, slot);
                finding = Finding.MAPPED;
            } else if (!into.sameGuest(rows.get(slot, GUEST), guestPort(slot), guestMac(slot))) {
                return Finding.AMBIGUOUS;
            }
        }
        return finding;
    }

    /** Has the rows of a tuple fetched from memory, if there are so many that they may not be in the cache. */
    void fetch(int keyHash) {
        fetched ^= slots.touch(keyHash);
    }

    /** So many rows that looking each up would wait for memory: more than fit into the processor's nearest cache. */
    boolean isLarge() {
        return slots.size() > LARGE;
    }

    private boolean isOf(int slot, Probe quoted) {
        return rows.get(slot, SOURCE) == quoted.source
                && rows.get(slot, DESTINATION) == quoted.destination
                && rows.get(slot, PORTS) == (quoted.sourcePort << 16 | quoted.destinationPort)
                && protocol(slot) == quoted.protocol;
    }

    private void fill(Mapping into, int slot) {
        lastEgressIdentification = egressIdentification(slot);
        into.guest = rows.get(slot, GUEST);
        into.guestPort = guestPort(slot);
        into.guestIdentification = rows.get(slot, IDENTIFICATIONS) & 0xffff;
        into.identificationChanged = lastEgressIdentification != into.guestIdentification;
        into.guestMac = guestMac(slot);
        into.gatewayMac = rows.getLong(slot, TTL_AND_GATEWAY_MAC) & MAC_MASK;
        into.timeToLive = timeToLive(slot);
        into.sightedNanos = rows.getLong(slot, SIGHTED_NANOS);
    }

    private int egressIdentification(int slot) {
        return rows.get(slot, IDENTIFICATIONS) >>> 16;
    }

    private int checksum(int slot) {
        return rows.get(slot, CHECKSUM_AND_GUEST_PORT) >>> 16;
    }

    private boolean checksumIsEvidence(int slot) {
        return (rows.getLong(slot, PROTOCOL_AND_GUEST_MAC) & EVIDENCE) != 0;
    }

    private int guestPort(int slot) {
        return rows.get(slot, CHECKSUM_AND_GUEST_PORT) & 0xffff;
    }

    private int protocol(int slot) {
        return (int) (rows.getLong(slot, PROTOCOL_AND_GUEST_MAC) >>> MAC_BITS) & 0xff;
    }

    private long guestMac(int slot) {
        return rows.getLong(slot, PROTOCOL_AND_GUEST_MAC) & MAC_MASK;
    }

    private int timeToLive(int slot) {
        return (int) (rows.getLong(slot, TTL_AND_GATEWAY_MAC) >>> MAC_BITS);
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

    /** The live rows from slot {@code from} on: a mapping keeps its slot as long as it lives. */
    MappingPage page(int from, long nowNanos) {
        List<MappingRow> page = new ArrayList<>();
        int last = Math.min(slots.end(), from + PAGE_SLOTS);
        int slot = from;
        for (; slot < last && page.size() < PAGE_ROWS; slot++) {
            if (slots.taken(slot) && !expired(slot, nowNanos)) {
                page.add(row(slot, nowNanos));
            }
        }
        return new MappingPage(List.copyOf(page), slot < slots.end() ? slot : MappingPage.END);
    }

    private MappingRow row(int slot, long nowNanos) {
        return new MappingRow(
                rows.get(slot, GUEST),
                guestMac(slot),
                protocol(slot),
                guestPort(slot),
                rows.get(slot, DESTINATION),
                rows.get(slot, PORTS) & 0xffff,
                rows.get(slot, SOURCE),
                rows.get(slot, PORTS) >>> 16,
                timeToLive(slot),
                nowNanos - rows.getLong(slot, SIGHTED_NANOS));
    }

    private boolean expired(int slot, long nowNanos) {
        return slot != NONE && nowNanos - rows.getLong(slot, SIGHTED_NANOS) > lifetimeNanos;
    }

    long steps() {
        return slots.steps();
    }

    long evictions() {
        return slots.evictions();
    }
}
