package io.github.natexd.mapping;

import org.jspecify.annotations.Nullable;

/** Linked lists of sightings, each newest first, of which a sighting is in at most one. */
final class Chains {
    // Which of its links a sighting uses for these chains; and the newest sighting of each chain.
    private final int links;
    private final @Nullable Sighting[] newest;
    private long steps;

    Chains(int links, int chains) {
        this.links = links;
        newest = new Sighting[chains];
    }

    void add(int chain, Sighting added) {
        Sighting first = newest[chain];
        added.older(links, first);
        // Newer than the newest comes the oldest, so that both ends can be reached.
        added.newer(links, first == null ? added : first.newer(links));
        if (first != null) {
            first.newer(links, added);
        }
        newest[chain] = added;
    }

    void remove(int chain, Sighting removed) {
        Sighting before = removed.older(links);
        Sighting after = removed.newer(links);
        if (newest[chain] == removed) {
            newest[chain] = before;
        } else if (after != null) {
            after.older(links, before);
        }
        Sighting last = before == null ? newest[chain] : before;
        if (last != null) {
            last.newer(links, after);
        }
    }

    @Nullable
    Sighting newest(int chain) {
        return newest[chain];
    }

    @Nullable
    Sighting oldest(int chain) {
        Sighting first = newest[chain];
        return first == null ? null : first.newer(links);
    }

    /** The next older sighting of the same chain. */
    @Nullable
    Sighting older(Sighting sighting) {
        steps++;
        return sighting.older(links);
    }

    /** How often {@link #older} was called so far: the cost of look-ups, independent of the clock. */
    long steps() {
        return steps;
    }
}
