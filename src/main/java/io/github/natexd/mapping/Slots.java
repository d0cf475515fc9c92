package io.github.natexd.mapping;

import java.util.Arrays;

/**
 * The skeleton of every table here: a fixed number of slots, hash chains with the newest first, and a queue by age in
 * which the oldest goes when all slots are taken. Who owns it keeps the columns, one array per field, by slot number.
 */
final class Slots {
    static final int NONE = -1;

    private final int[] buckets;
    private final int[] bucketOf;
    private final int[] chainNext;
    private final int[] chainPrevious;
    private final int[] newer;
    private final int[] older;
    private int oldest = NONE;
    private int newest = NONE;
    private int free;
    private int size;
    private long evictions;
    private long steps;

    Slots(int capacity) {
        buckets = new int[Integer.highestOneBit(Math.max(1, capacity - 1)) << 1];
        Arrays.fill(buckets, NONE);
        bucketOf = new int[capacity];
        chainNext = new int[capacity];
        chainPrevious = new int[capacity];
        newer = new int[capacity];
        older = new int[capacity];
        for (int slot = 0; slot < capacity; slot++) {
            newer[slot] = slot + 1 < capacity ? slot + 1 : NONE;
        }
    }

    /** Spreads 64 bits over 32, so that neighbouring ports do not share a chain. */
    static int mix(long key) {
        long spread = (key ^ (key >>> 31)) * 0xBF58476D1CE4E5B9L;
        spread = (spread ^ (spread >>> 27)) * 0x94D049BB133111EBL;
        return (int) (spread ^ (spread >>> 32));
    }

    /** Takes a free slot, or the oldest one, and puts it in front of its chain. */
    int add(int hash) {
        if (free == NONE) {
            evictions++;
            remove(oldest);
        }
        int slot = free;
        free = newer[slot];

        int bucket = hash & (buckets.length - 1);
        bucketOf[slot] = bucket;
        chainPrevious[slot] = NONE;
        chainNext[slot] = buckets[bucket];
        if (buckets[bucket] != NONE) {
            chainPrevious[buckets[bucket]] = slot;
        }
        buckets[bucket] = slot;

        older[slot] = newest;
        newer[slot] = NONE;
        if (newest == NONE) {
            oldest = slot;
        } else {
            newer[newest] = slot;
        }
        newest = slot;
        size++;
        return slot;
    }

    void remove(int slot) {
        int next = chainNext[slot];
        int previous = chainPrevious[slot];
        if (previous == NONE) {
            buckets[bucketOf[slot]] = next;
        } else {
            chainNext[previous] = next;
        }
        if (next != NONE) {
            chainPrevious[next] = previous;
        }
        if (older[slot] == NONE) {
            oldest = newer[slot];
        } else {
            newer[older[slot]] = newer[slot];
        }
        if (newer[slot] == NONE) {
            newest = older[slot];
        } else {
            older[newer[slot]] = older[slot];
        }
        newer[slot] = free;
        free = slot;
        size--;
    }

    int first(int hash) {
        return buckets[hash & (buckets.length - 1)];
    }

    int next(int slot) {
        steps++;
        return chainNext[slot];
    }

    /** Links of chains followed so far: what a look-up costs, whatever the clock says. */
    long steps() {
        return steps;
    }

    int oldest() {
        return oldest;
    }

    int size() {
        return size;
    }

    long evictions() {
        return evictions;
    }
}
