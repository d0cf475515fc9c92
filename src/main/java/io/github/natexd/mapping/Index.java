package io.github.natexd.mapping;

import org.jspecify.annotations.Nullable;

/**
 * Hash chains of sightings, newest first. The hashes that callers pass depend on a secret, so nobody outside can choose
 * tuples that share a chain.
 */
final class Index {
    private final @Nullable Sighting[] buckets;
    /** The chains are by quoted tuple; otherwise by class. */
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

    /** Adds a sighting at the front of its chain. */
    void add(Sighting sighting, int hash) {
        int bucket = hash & (buckets.length - 1);
        Sighting first = buckets[bucket];
        link(null, sighting);
        link(sighting, first);
        buckets[bucket] = sighting;
    }

    /** @param hash the hash with which the sighting was added */
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

    /** The newest sighting of a chain; its sightings can have different hashes. */
    @Nullable
    Sighting first(int hash) {
        return buckets[hash & (buckets.length - 1)];
    }

    /** The next older sighting of the chain. */
    @Nullable
    Sighting next(Sighting sighting) {
        steps++;
        return byKey ? sighting.nextOfKey : sighting.nextOfClass;
    }

    /** The same, without sightings from before {@code sinceNanos}. */
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

    /** How many links look-ups have followed so far: their cost, independent of the clock. */
    long steps() {
        return steps;
    }
}
