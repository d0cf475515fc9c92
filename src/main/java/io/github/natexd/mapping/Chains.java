package io.github.natexd.mapping;

import java.util.Arrays;

/** Linked lists of numbered elements, each newest first. An element is in at most one of the lists. */
final class Chains {
    static final int NONE = -1;

    private final int[] newest;
    private int[] newer = new int[1024];
    private int[] older = new int[1024];
    private long steps;

    Chains(int chains) {
        newest = new int[chains];
        Arrays.fill(newest, NONE);
    }

    void add(int chain, int element) {
        if (element >= older.length) {
            newer = Arrays.copyOf(newer, 2 * element);
            older = Arrays.copyOf(older, 2 * element);
        }
        int first = newest[chain];
        older[element] = first;
        // Newer than the newest comes the oldest, so that both ends can be reached.
        newer[element] = first == NONE ? element : newer[first];
        if (first != NONE) {
            newer[first] = element;
        }
        newest[chain] = element;
    }

    void remove(int chain, int element) {
        int before = older[element];
        int after = newer[element];
        if (newest[chain] == element) {
            newest[chain] = before;
        } else {
            older[after] = before;
        }
        if (before != NONE) {
            newer[before] = after;
        } else if (newest[chain] != NONE) {
            newer[newest[chain]] = after;
        }
    }

    int newest(int chain) {
        return newest[chain];
    }

    int oldest(int chain) {
        int first = newest[chain];
        return first == NONE ? NONE : newer[first];
    }

    /** The next older element of the same chain. */
    int older(int element) {
        steps++;
        return older[element];
    }

    /** How often {@link #older} was called so far: the cost of look-ups, independent of the clock. */
    long steps() {
        return steps;
    }
}
