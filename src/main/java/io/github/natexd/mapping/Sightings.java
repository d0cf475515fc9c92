package io.github.natexd.mapping;

import io.github.natexd.report.MappingPage;
import io.github.natexd.report.MappingRow;
import io.github.natexd.wire.Ipv4Address;
import io.github.natexd.wire.Probe;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All sightings. Unpaired ones are found by class and holder: a look-up reads a bounded number from each guest,
 * regardless of what others send. Leaving ones are also found by the tuple that a router quotes. The hashes depend on a
 * secret, so nobody outside can choose probes that share a chain.
 *
 * <p>Each sighting has a holder: a guest, or the host. When there is no room, the holder with the most sightings loses
 * its oldest: a flood of probes costs only its sender. The last octet of the address identifies a guest. In a network
 * larger than VMware's /24, some guests therefore share one part.
 */
final class Sightings {
    /** The holder of leaving sightings that are not paired; smaller numbers are guests. */
    static final int HOST = Ipv4Address.LAST_OCTETS;

    private static final int HOLDERS = HOST + 1;

    /** The chain of sightings that nobody holds. */
    private static final int FREE = HOLDERS;

    /** How many expired sightings of a holder are removed for each new one of it: so they never accumulate. */
    private static final int EXPIRED_PER_ADD = 2;

    // How many guests and sightings of guests one look-up reads at most; and how many of one holder, of others in a
    // row, or of one quoted tuple.
    private static final int READ_LIMIT = 128;
    static final int READ_LIMIT_PER_CHAIN = 64;
    private static final int CANDIDATES_PER_GUEST = 24;

    private final int capacity;
    private final List<Sighting> all = new ArrayList<>();
    private final Chains held = new Chains(Sighting.HELD, HOLDERS + 1);
    private final int[] heldCount = new int[HOLDERS + 1];
    private final int buckets;
    private final Chains classes;
    private final Chains keys;
    private final long secret = new SecureRandom().nextLong() | 1;

    // The guests, the one that sent last first, and when each last sent.
    private final int[] guests = new int[HOST];
    private int guestCount;
    private final long[] lastNanos = new long[HOST];
    private long lifetimeNanos;
    private long completeFromNanos;
    private int pairs;
    private long evictions;

    /** @param mappings the maximum number of mappings */
    Sightings(int mappings, long lifetimeNanos, long nowNanos) {
        capacity = 2 * mappings;
        buckets = Integer.highestOneBit(Math.max(1, mappings - 1)) << 1;
        classes = new Chains(Sighting.CLASS, buckets);
        // Each error is looked up here: with twice the buckets, it reads fewer sightings of other tuples.
        keys = new Chains(Sighting.KEY, 2 * buckets);
        this.lifetimeNanos = lifetimeNanos;
        completeFromNanos = nowNanos;
    }

    void lifetime(long nanos, long nowNanos) {
        if (nanos > lifetimeNanos) {
            incompleteUntil(nowNanos + nanos); // some sightings of the longer lifetime are gone
        }
        lifetimeNanos = nanos;
    }

    /** Some leaving probes were not sighted or are forgotten: they can be quoted for one lifetime. */
    void lost(long nowNanos) {
        incompleteUntil(nowNanos + lifetimeNanos);
    }

    void incompleteUntil(long nanos) {
        completeFromNanos = later(nanos, completeFromNanos);
    }

    /** All probes that the host sent within a lifetime are here. */
    boolean hasAllOfHost(long nowNanos) {
        return nowNanos - completeFromNanos >= 0;
    }

    boolean expired(Sighting sighting, long nowNanos) {
        return nowNanos - sighting.sightedNanos > lifetimeNanos;
    }

    /** The earliest time, from {@code sinceNanos} on, whose sightings have not expired. */
    long liveSince(long sinceNanos, long nowNanos) {
        return later(sinceNanos, liveSince(nowNanos));
    }

    long liveSince(long nowNanos) {
        return nowNanos - lifetimeNanos;
    }

    private static long later(long nanos, long otherNanos) {
        return nanos - otherNanos > 0 ? nanos : otherNanos;
    }

    Sighting addGuests(Probe probe, long guestMac, long gatewayMac, long nowNanos) {
        int guest = Ipv4Address.lastOctet(probe.source);
        toFront(guest);
        lastNanos[guest] = nowNanos;
        Sighting added = add(probe, guest, nowNanos);
        added.guestMac = guestMac;
        added.gatewayMac = gatewayMac;
        return added;
    }

    private void toFront(int guest) {
        int at = 0;
        while (at < guestCount && guests[at] != guest) {
            at++;
        }
        guestCount += at == guestCount ? 1 : 0;
        System.arraycopy(guests, 0, guests, 1, at);
        guests[0] = guest;
    }

    Sighting addLeaving(Probe probe, int uid, long nowNanos) {
        Sighting added = add(probe, HOST, nowNanos);
        added.uid = uid;
        added.guestMac = 0;
        added.gatewayMac = 0;
        keys.add(keyBucket(added), added);
        return added;
    }

    private Sighting add(Probe probe, int holder, long nowNanos) {
        removeExpired(holder, EXPIRED_PER_ADD, nowNanos);
        Sighting added = held.newest(FREE);
        added = added == null ? makeRoom(nowNanos) : added;
        added.copyOf(probe);
        added.sightedNanos = nowNanos;
        added.leaving = holder == HOST;
        added.learned = false;
        hand(added, holder);
        classes.add(classBucket(added), added);
        return added;
    }

    /** Returns a free sighting: a new one, or one that is taken from the holder with the most. */
    private Sighting makeRoom(long nowNanos) {
        if (all.size() < capacity) {
            Sighting made = new Sighting();
            all.add(made);
            hold(made, FREE);
            return made;
        }
        int largest = 0;
        for (int i = 1; i < HOLDERS; i++) {
            largest = heldCount[i] > heldCount[largest] ? i : largest;
        }
        Sighting oldest = Objects.requireNonNull(held.oldest(largest));
        if (!expired(oldest, nowNanos)) {
            evictions++;
            if (largest == HOST) {
                lost(nowNanos);
            }
        }
        remove(oldest);
        return oldest;
    }

    private void hold(Sighting sighting, int holder) {
        sighting.holder = holder;
        held.add(holder, sighting);
        heldCount[holder]++;
    }

    /** Gives the sighting to another holder, as its newest. */
    private void hand(Sighting sighting, int to) {
        held.remove(sighting.holder, sighting);
        heldCount[sighting.holder]--;
        hold(sighting, to);
    }

    /** Makes a pair. Paired sightings are not found by class. */
    void pair(Sighting guests, Sighting leaving) {
        classes.remove(classBucket(guests), guests);
        classes.remove(classBucket(leaving), leaving);
        guests.other = leaving;
        leaving.other = guests;
        if (!leaving.contentKnown && guests.contentKnown) {
            // The checksum was not complete when the probe was sighted; a router quotes the complete one.
            leaving.content = guests.content;
            leaving.contentKnown = true;
        }
        hand(leaving, guests.holder);
        pairs++;
    }

    private void remove(Sighting sighting) {
        Sighting other = sighting.other;
        if (other == null) {
            classes.remove(classBucket(sighting), sighting);
        } else {
            pairs--;
            free(other);
        }
        free(sighting);
    }

    private void free(Sighting sighting) {
        if (sighting.leaving) {
            keys.remove(keyBucket(sighting), sighting);
        }
        sighting.other = null;
        hand(sighting, FREE);
    }

    /** Removes at most {@code limit} expired sightings of a holder; returns whether none is left. */
    private boolean removeExpired(int holder, int limit, long nowNanos) {
        Sighting oldest = held.oldest(holder);
        for (int i = 0; i < limit && oldest != null && expired(oldest, nowNanos); i++) {
            remove(oldest);
            oldest = held.oldest(holder);
        }
        return oldest == null || !expired(oldest, nowNanos);
    }

    /** Removes at most {@code limit} expired sightings of each holder; returns whether none is left. */
    boolean expire(int limit, long nowNanos) {
        boolean none = true;
        for (int holder = 0; holder < HOLDERS; holder++) {
            none &= removeExpired(holder, limit, nowNanos);
        }
        return none;
    }

    /**
     * Reads the unpaired guests' sightings of a class, beginning with the guest that sent last, each guest's newest
     * first. Of each guest it reads a bounded number, and no more after {@code takes} took as many as it may.
     *
     * @return whether the number of all that were read stayed below its limit
     */
    boolean ofGuests(long classKey, long sinceNanos, Predicate<Sighting> takes) {
        int left = READ_LIMIT;
        for (int i = 0; i < guestCount && lastNanos[guests[i]] - sinceNanos >= 0 && left > 0; i++) {
            left--;
            int last = Math.max(0, left - READ_LIMIT_PER_CHAIN);
            int candidates = CANDIDATES_PER_GUEST;
            for (Sighting at = firstOf(guests[i], classKey, sinceNanos);
                    at != null && left > last && candidates > 0;
                    at = nextOf(at, sinceNanos)) {
                left--;
                candidates -= takes.test(at) ? 1 : 0;
            }
        }
        return left > 0;
    }

    /** The newest unpaired sighting of a class: of one guest, or leaving the host ({@link #HOST}). */
    @Nullable
    Sighting firstOf(int holder, long classKey, long sinceNanos) {
        return skipOthers(classes.newest(classBucket(classKey, holder)), holder, classKey, sinceNanos);
    }

    /** The next older sighting of the same class and holder. */
    @Nullable
    Sighting nextOf(Sighting sighting, long sinceNanos) {
        return skipOthers(classes.older(sighting), sighting.holder, sighting.classKey(), sinceNanos);
    }

    /** Hashes collide, so the chain can contain other classes and holders: a few, or a flood. */
    private @Nullable Sighting skipOthers(@Nullable Sighting first, int holder, long classKey, long sinceNanos) {
        Sighting at = first;
        for (int skipped = 0; at != null && skipped <= READ_LIMIT_PER_CHAIN; skipped++) {
            if (at.sightedNanos - sinceNanos < 0) {
                return null;
            }
            if (at.holder == holder && at.classKey() == classKey) {
                return at;
            }
            at = classes.older(at);
        }
        return null;
    }

    /** The newest probe in the chain of a quoted tuple; hashes collide, so the caller compares the tuple. */
    @Nullable
    Sighting firstQuoted(Probe quoted) {
        return keys.newest(keyBucket(quoted));
    }

    @Nullable
    Sighting nextQuoted(Sighting sighting) {
        return keys.older(sighting);
    }

    private int classBucket(long classKey, int holder) {
        return bucket(classKey + secret * (holder + 1L), buckets);
    }

    /** For unpaired sightings only: pairing changes the holder. */
    private int classBucket(Sighting sighting) {
        return classBucket(sighting.classKey(), sighting.holder);
    }

    private int keyBucket(Probe probe) {
        long sender = ((long) probe.source << 32) | ((long) probe.sourcePort << 16) | probe.destinationPort;
        long receiver = ((long) probe.destination << 8) | probe.protocol;
        return bucket((sender ^ secret) + 0x9E3779B97F4A7C15L * receiver, 2 * buckets);
    }

    /** Spreads neighbouring numbers over all buckets. */
    private static int bucket(long number, int buckets) {
        long spread = (number ^ (number >>> 31)) * 0xBF58476D1CE4E5B9L;
        spread = (spread ^ (spread >>> 27)) * 0x94D049BB133111EBL;
        return (int) (spread ^ (spread >>> 32)) & (buckets - 1);
    }

    int pairs() {
        return pairs;
    }

    MappingPage page(int from, long nowNanos) {
        return MappingPage.of(from, all.size(), number -> row(all.get(number), nowNanos));
    }

    private Optional<MappingRow> row(Sighting at, long nowNanos) {
        Sighting guest = at.other;
        return !at.leaving || guest == null || expired(at, nowNanos) || expired(guest, nowNanos)
                ? Optional.empty()
                : Optional.of(MappingRow.of(guest, guest.guestMac, at, nowNanos - guest.sightedNanos));
    }

    long steps() {
        return classes.steps() + keys.steps();
    }

    long evictions() {
        return evictions;
    }
}
