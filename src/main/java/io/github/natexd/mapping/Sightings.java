package io.github.natexd.mapping;

import io.github.natexd.report.MappingPage;
import io.github.natexd.report.MappingRow;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All sightings. Unpaired ones are found by class, and guests' sightings also by guest: a look-up reads a bounded
 * number from each guest, regardless of what others send. Leaving sightings are also found by the tuple that a router
 * quotes.
 */
final class Sightings {
    /** No guest: the end of a list. */
    static final int NOBODY = -1;

    /** How many expired sightings are removed for each new one: more than one, so that they never accumulate. */
    private static final int EXPIRED_PER_ADD = 2;

    /** How many sightings of others a look-up skips in a row at most. */
    private static final int SKIP_LIMIT = 64;

    /** How many sightings are read for one page at most: bounds its time. */
    private static final int PAGE_READ_LIMIT = 8192;

    private final Shares shares;
    private final Index classes;
    private final Index keys;
    private final long secret = new SecureRandom().nextLong() | 1;
    private long lifetimeNanos;

    /** A list of guests, linked by their numbers: the one with the latest sighting first. */
    private final int[] later = new int[Shares.HOLDERS];

    private final int[] earlier = new int[Shares.HOLDERS];
    private final long[] lastNanos = new long[Shares.HOLDERS];
    private final boolean[] known = new boolean[Shares.HOLDERS];
    private int latest = NOBODY;
    private int sweep;
    private int pairs;
    private long evictions;
    private long hostCompleteFromNanos;

    /** @param capacity the maximum number of mappings */
    Sightings(int capacity, long lifetimeNanos, long nowNanos) {
        shares = new Shares(2 * capacity);
        classes = new Index(2 * capacity, false);
        keys = new Index(capacity, true);
        this.lifetimeNanos = lifetimeNanos;
        hostCompleteFromNanos = nowNanos;
    }

    void lifetime(long nanos) {
        lifetimeNanos = nanos;
    }

    boolean expired(Sighting sighting, long nowNanos) {
        return nowNanos - sighting.sightedNanos > lifetimeNanos;
    }

    /** The earliest time, from {@code sinceNanos} on, whose sightings have not expired. */
    long liveSince(long sinceNanos, long nowNanos) {
        long oldestNanos = nowNanos - lifetimeNanos;
        return sinceNanos - oldestNanos > 0 ? sinceNanos : oldestNanos;
    }

    /** The other half of a pair has expired; with it, the pair is no longer known. */
    boolean otherExpired(Sighting sighting, long nowNanos) {
        Sighting other = sighting.other;
        return other != null && expired(other, nowNanos);
    }

    Sighting addGuests(Probe probe, long guestMac, long gatewayMac, long nowNanos) {
        int guest = Shares.ofGuest(probe.source);
        Sighting added = add(probe, guest, nowNanos);
        added.guestMac = guestMac;
        added.gatewayMac = gatewayMac;
        classes.add(added, ofClass(added));
        toFront(guest, nowNanos);
        return added;
    }

    Sighting addLeaving(Probe probe, int uid, long nowNanos) {
        Sighting added = add(probe, Shares.HOST, nowNanos);
        added.uid = uid;
        added.guestMac = 0;
        added.gatewayMac = 0;
        classes.add(added, ofClass(added));
        keys.add(added, ofKey(added));
        return added;
    }

    private Sighting add(Probe probe, int holder, long nowNanos) {
        removeExpired(holder, EXPIRED_PER_ADD, nowNanos);
        sweep = (sweep + 1) % Shares.HOLDERS;
        removeExpired(sweep, EXPIRED_PER_ADD, nowNanos);
        Sighting excess = shares.excess();
        if (excess != null) {
            if (!expired(excess, nowNanos)) {
                evictions++;
                if (excess.holder == Shares.HOST) {
                    hostCompleteFromNanos = nowNanos + lifetimeNanos;
                }
            }
            remove(excess);
        }
        Sighting added = shares.take(holder);
        added.of(probe, holder == Shares.HOST, nowNanos);
        return added;
    }

    /** Makes a pair. The class index has only unpaired sightings. */
    void pair(Sighting guests, Sighting leaving) {
        classes.remove(guests, ofClass(guests));
        classes.remove(leaving, ofClass(leaving));
        guests.other = leaving;
        leaving.other = guests;
        if (!leaving.contentKnown && guests.contentKnown) {
            // The checksum was not complete when the probe was sighted; a router quotes the complete one.
            leaving.content = guests.content;
            leaving.contentKnown = true;
        }
        shares.hand(leaving, guests.holder);
        pairs++;
    }

    private void remove(Sighting sighting) {
        Sighting other = sighting.other;
        if (other == null) {
            classes.remove(sighting, ofClass(sighting));
        } else {
            pairs--;
            free(other);
        }
        free(sighting);
    }

    private void free(Sighting sighting) {
        if (sighting.leaving) {
            keys.remove(sighting, ofKey(sighting));
        }
        shares.release(sighting);
    }

    /** Removes at most {@code limit} expired sightings of a holder; returns whether none is left. */
    private boolean removeExpired(int holder, int limit, long nowNanos) {
        Sighting oldest = shares.oldest(holder);
        for (int i = 0; i < limit && oldest != null && expired(oldest, nowNanos); i++) {
            remove(oldest);
            oldest = shares.oldest(holder);
        }
        return oldest == null || !expired(oldest, nowNanos);
    }

    /** Removes at most {@code limit} expired sightings of each holder; returns whether none is left. */
    boolean expire(int limit, long nowNanos) {
        boolean none = true;
        for (int holder = 0; holder < Shares.HOLDERS; holder++) {
            none &= removeExpired(holder, limit, nowNanos);
        }
        return none;
    }

    private void toFront(int guest, long nowNanos) {
        lastNanos[guest] = nowNanos;
        if (latest == guest) {
            return;
        }
        if (known[guest]) {
            later[earlier[guest]] = later[guest];
            if (later[guest] != NOBODY) {
                earlier[later[guest]] = earlier[guest];
            }
        }
        known[guest] = true;
        later[guest] = latest;
        if (latest != NOBODY) {
            earlier[latest] = guest;
        }
        latest = guest;
    }

    /** The guest that sent the latest probe; NOBODY if there is none since {@code sinceNanos}. */
    int firstGuest(long sinceNanos) {
        return activeSince(latest, sinceNanos);
    }

    /** The guest whose latest probe came before this guest's. */
    int nextGuest(int guest, long sinceNanos) {
        return activeSince(later[guest], sinceNanos);
    }

    private int activeSince(int guest, long sinceNanos) {
        return guest == NOBODY || lastNanos[guest] - sinceNanos < 0 ? NOBODY : guest;
    }

    /** The newest unpaired sighting of a class: of one guest, or leaving the host ({@link Shares#HOST}). */
    @Nullable
    Sighting firstOf(int holder, long classKey, long sinceNanos) {
        return skipOthers(classes.firstSince(ofClass(classKey, holder), sinceNanos), holder, classKey, sinceNanos);
    }

    /** The next older sighting of the same class and holder. */
    @Nullable
    Sighting nextOf(Sighting sighting, long sinceNanos) {
        return skipOthers(classes.nextSince(sighting, sinceNanos), sighting.holder, sighting.classKey(), sinceNanos);
    }

    /** Hashes collide, so the chain can contain other classes and holders: a few, or a flood. */
    private @Nullable Sighting skipOthers(@Nullable Sighting first, int holder, long classKey, long sinceNanos) {
        Sighting at = first;
        for (int skipped = 0; at != null && (at.holder != holder || at.classKey() != classKey); skipped++) {
            at = skipped < SKIP_LIMIT ? classes.nextSince(at, sinceNanos) : null;
        }
        return at;
    }

    /** The newest probe in the chain of a quoted tuple; hashes collide, so the caller compares the tuple. */
    @Nullable
    Sighting firstQuoted(Probe quoted) {
        return keys.first(
                ofKey(quoted.source, quoted.destination, quoted.sourcePort, quoted.destinationPort, quoted.protocol));
    }

    @Nullable
    Sighting nextQuoted(Sighting sighting) {
        return keys.next(sighting);
    }

    /** Reads what {@link #firstQuoted} will read, so that it is in the processor's cache. The result has no meaning. */
    int touch(Probe quoted) {
        Sighting first = firstQuoted(quoted);
        if (first == null) {
            return 0;
        }
        // Of both halves of a pair, the probe and the time: they are too far apart for one line of the cache.
        int read = first.source ^ (int) first.sightedNanos;
        Sighting guests = first.other;
        return guests == null ? read : read ^ guests.source ^ (int) guests.sightedNanos;
    }

    private int ofClass(long classKey, int holder) {
        return Index.mix(classKey + secret * (holder + 1L));
    }

    /** For unpaired sightings only: pairing changes the holder. */
    private int ofClass(Sighting sighting) {
        return ofClass(sighting.classKey(), sighting.holder);
    }

    private int ofKey(Sighting sighting) {
        return ofKey(
                sighting.source,
                sighting.destination,
                sighting.sourcePort,
                sighting.destinationPort,
                sighting.protocol);
    }

    private int ofKey(int source, int destination, int sourcePort, int destinationPort, int protocol) {
        long sender = ((long) source << 32) | ((long) sourcePort << 16) | destinationPort;
        return Index.mix((sender ^ secret) + 0x9E3779B97F4A7C15L * (((long) destination << 8) | protocol));
    }

    /** How many pairs there are. */
    int pairs() {
        return pairs;
    }

    /** The live mappings among a bounded number of sightings; a sighting never changes its number. */
    MappingPage page(int from, long nowNanos) {
        List<MappingRow> rows = new ArrayList<>();
        int last = Math.min(shares.made(), from + PAGE_READ_LIMIT);
        int number = from;
        for (; number < last && rows.size() < MappingPage.ROWS_LIMIT; number++) {
            Sighting at = shares.get(number);
            Sighting guests = at.other;
            if (at.leaving && guests != null && !expired(at, nowNanos) && !expired(guests, nowNanos)) {
                rows.add(row(guests, at, nowNanos));
            }
        }
        return new MappingPage(List.copyOf(rows), number < shares.made() ? number : MappingPage.END);
    }

    private static MappingRow row(Sighting guests, Sighting leaving, long nowNanos) {
        return new MappingRow(
                guests.source,
                guests.guestMac,
                leaving.protocol,
                guests.sourcePort,
                leaving.destination,
                leaving.destinationPort,
                leaving.source,
                leaving.sourcePort,
                guests.timeToLive,
                nowNanos - guests.sightedNanos);
    }

    long steps() {
        return classes.steps() + keys.steps();
    }

    /** No probe of the host that can still be quoted was removed to make room. */
    boolean hasAllOfHost(long nowNanos) {
        return nowNanos - hostCompleteFromNanos >= 0;
    }

    /** How many sightings were removed to make room for others. */
    long evictions() {
        return evictions;
    }
}
