package io.github.natexd.mapping;

import org.jspecify.annotations.Nullable;

/**
 * Hash chains of sightings, the newest first. Hashes are mixed with a secret by their makers: nobody outside can choose
 * tuples that share a chain.
 */
final class Index {
    private final @Nullable Sighting[] buckets;
    /** By the quoted tuple; otherwise by the class. */
    private final boolean byKey;

    private long steps;

    Index(int capacity, boolean byKey) {
        buckets = new Sighting[Integer.highestOneBit(Math.max(1, capacity - 1)) << 1];
        this.byKey = byKey;
    }

    /** Spreads 64 bits over 32, so that neighbouring ports do not share a chain. */
    static int mix(long key) {
        long spread = (key ^ (key >>> 31)) * 0xBF58476D1CE4E5B9L;
        spread = (spread ^ (spread >>> 27)) * 0x94D049BB133111EBL;
        return (int) (spread ^ (spread >>> 32));
    }

    /** Puts a sighting in front of its chain. */
    void add(Sighting sighting, int hash) {
        int bucket = hash & (buckets.length - 1);
        Sighting first = buckets[bucket];
        link(null, sighting);
        link(sighting, first);
        buckets[bucket] = sighting;
    }

    /** @param hash with which it was added */
    void remove(Sighting sighting, int hash) {
        Sighting previous = byKey ? sighting.previousOfKey : sighting.previousOfClass;
        Sighting next = byKey ? sighting.nextOfKey : sighting.nextOfClass;
        link(previous, next);
        if (previous == null) {
            buckets[hash & (buckets.length - 1)] = next;
        }
    }

    private void link(@Nullable Sighting sighting, @Nullable Sighting next) {
        if (sighting != null && byKey) {
            sighting.nextOfKey = next;
        } else if (sighting != null) {
            sighting.nextOfClass = next;
        }
        if (next != null && byKey) {
            next.previousOfKey = sighting;
        } else if (next != null) {
            next.previousOfClass = sighting;
        }
    }

    /** The newest sighting of a chain, which other hashes may share. */
    @Nullable
    Sighting first(int hash) {
        return buckets[hash & (buckets.length - 1)];
    }

    /** The sighting behind this one. */
    @Nullable
    Sighting next(Sighting sighting) {
        steps++;
        return byKey ? sighting.nextOfKey : sighting.nextOfClass;
    }

    /** The same, as long as they were sighted no earlier than then. */
    @Nullable
    Sighting firstSince(int hash, long sinceNanos) {
        return since(first(hash), sinceNanos);
    }

    @Nullable
    Sighting nextSince(Sighting sighting, long sinceNanos) {
        return since(next(sighting), sinceNanos);
    }

    private static @Nullable Sighting since(@Nullable Sighting sighting, long sinceNanos) {
        return sighting == null || sighting.sightedNanos - sinceNanos < 0 ? null : sighting;
    }

    /** Links followed so far: what look-ups cost, whatever the clock says. */
    long steps() {
        return steps;
    }
}
