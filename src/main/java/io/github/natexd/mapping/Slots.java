package io.github.natexd.mapping;

import java.util.Arrays;

/**
 * The skeleton of every table here: a fixed number of slots, hash chains with the newest first, and a queue by age in
 * which the oldest goes when all slots are taken. The links lie in the last four columns of each row; the others are the
 * owner's.
 */
final class Slots {
    static final int NONE = -1;

    private static final int CHAIN_NEXT = 12;
    /** The slot before in the chain, or the complement of the bucket whose first this is: a negative number. */
    private static final int CHAIN_PREVIOUS = 13;
    /** Of a free slot: the next free one. */
    private static final int NEWER = 14;

    /** Of a free slot: {@link #FREE}. */
    private static final int OLDER = 15;

    private static final int FREE = -2;

    final Rows rows;
    private final int capacity;
    private final int[] buckets;
    private int oldest = NONE;
    private int newest = NONE;
    private int free = NONE;
    /** Slots from here on have never been used. */
    private int fresh;

    private int size;
    private long evictions;
    private long steps;

    Slots(int capacity) {
        this.capacity = capacity;
        rows = new Rows(capacity);
        buckets = new int[Integer.highestOneBit(Math.max(1, capacity - 1)) << 1];
        Arrays.fill(buckets, NONE);
    }

    /** Spreads 64 bits over 32, so that neighbouring ports do not share a chain. */
    static int mix(long key) {
        long spread = (key ^ (key >>> 31)) * 0xBF58476D1CE4E5B9L;
        spread = (spread ^ (spread >>> 27)) * 0x94D049BB133111EBL;
        return (int) (spread ^ (spread >>> 32));
    }

    /** Takes a free slot, or the oldest one, and puts it in front of its chain. */
    int add(int hash) {
        int slot = take();

        int bucket = hash & (buckets.length - 1);
        int next = buckets[bucket];
        rows.set(slot, CHAIN_PREVIOUS, ~bucket);
        rows.set(slot, CHAIN_NEXT, next);
        if (next != NONE) {
            rows.set(next, CHAIN_PREVIOUS, slot);
        }
        buckets[bucket] = slot;

        rows.set(slot, OLDER, newest);
        rows.set(slot, NEWER, NONE);
        if (newest == NONE) {
            oldest = slot;
        } else {
            rows.set(newest, NEWER, slot);
        }
        newest = slot;
        size++;
        return slot;
    }

    private int take() {
        if (free == NONE && fresh < capacity) {
            rows.take(fresh);
            return fresh++;
        }
        if (free == NONE) {
            evictions++;
            remove(oldest);
        }
        int slot = free;
        free = rows.get(slot, NEWER);
        return slot;
    }

    void remove(int slot) {
        int next = rows.get(slot, CHAIN_NEXT);
        int previous = rows.get(slot, CHAIN_PREVIOUS);
        if (previous < 0) {
            buckets[~previous] = next;
        } else {
            rows.set(previous, CHAIN_NEXT, next);
        }
        if (next != NONE) {
            rows.set(next, CHAIN_PREVIOUS, previous);
        }
        int newer = rows.get(slot, NEWER);
        int older = rows.get(slot, OLDER);
        if (older == NONE) {
            oldest = newer;
        } else {
            rows.set(older, NEWER, newer);
        }
        if (newer == NONE) {
            newest = older;
        } else {
            rows.set(newer, OLDER, older);
        }
        rows.set(slot, OLDER, FREE);
        rows.set(slot, NEWER, free);
        free = slot;
        size--;
    }

    /** Whether something is in this slot; only of those before {@link #end}. */
    boolean taken(int slot) {
        return rows.get(slot, OLDER) != FREE;
    }

    /** No slot from here on has ever been used. */
    int end() {
        return fresh;
    }

    /** Reads the first rows of a chain, for nothing but to have them in the processor's cache; answers what it likes. */
    int touch(int hash) {
        int slot = first(hash);
        if (slot == NONE) {
            return 0;
        }
        int next = rows.get(slot, CHAIN_NEXT);
        return rows.get(slot, 0) ^ (next == NONE ? 0 : rows.get(next, 0) ^ rows.get(next, CHAIN_NEXT));
    }

    int first(int hash) {
        return buckets[hash & (buckets.length - 1)];
    }

    int next(int slot) {
        steps++;
        return rows.get(slot, CHAIN_NEXT);
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
