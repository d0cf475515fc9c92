package io.github.natexd.mapping;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who may keep how many sightings. Each belongs to the host or to a guest. When no more can be made, the one who holds the
 * most loses the oldest: a flood of probes costs its sender sightings, and nobody else.
 *
 * <p>Guests are told apart by the last octet of their address. In a network larger than VMware's /24 some guests
 * therefore have one share.
 */
final class Shares {
    /** The holder of all that is not known to be a guest's. */
    static final int HOST = 256;

    static final int HOLDERS = 257;

    private final int capacity;
    private final @Nullable Sighting[] oldest = new Sighting[HOLDERS];
    private final @Nullable Sighting[] newest = new Sighting[HOLDERS];
    private final int[] held = new int[HOLDERS];
    private @Nullable Sighting free;
    private final List<Sighting> made = new ArrayList<>();

    Shares(int capacity) {
        this.capacity = capacity;
    }

    /** Whose the probes of this guest address are. */
    static int ofGuest(int address) {
        return address & 0xff;
    }

    /** The sighting that has to go before {@link #take}; null while there is room. */
    @Nullable
    Sighting excess() {
        if (free != null || made.size() < capacity) {
            return null;
        }
        int largest = 0;
        for (int i = 1; i < HOLDERS; i++) {
            largest = held[i] > held[largest] ? i : largest;
        }
        return oldest[largest];
    }

    /** Takes a free sighting for {@code by}; there must be one. */
    Sighting take(int by) {
        Sighting sighting = free;
        if (sighting == null) {
            sighting = new Sighting();
            made.add(sighting);
        } else {
            free = sighting.newer;
        }
        append(sighting, by);
        return sighting;
    }

    void release(Sighting sighting) {
        unlink(sighting);
        sighting.other = null;
        sighting.newer = free;
        free = sighting;
    }

    /** The sighting is another's from now on, as his newest. */
    void hand(Sighting sighting, int to) {
        unlink(sighting);
        append(sighting, to);
    }

    private void append(Sighting sighting, int by) {
        Sighting last = newest[by];
        sighting.holder = (short) by;
        sighting.older = last;
        sighting.newer = null;
        if (last == null) {
            oldest[by] = sighting;
        } else {
            last.newer = sighting;
        }
        newest[by] = sighting;
        held[by]++;
    }

    private void unlink(Sighting sighting) {
        Sighting after = sighting.newer;
        Sighting before = sighting.older;
        if (before == null) {
            oldest[sighting.holder] = after;
        } else {
            before.newer = after;
        }
        if (after == null) {
            newest[sighting.holder] = before;
        } else {
            after.older = before;
        }
        held[sighting.holder]--;
    }

    @Nullable
    Sighting oldest(int by) {
        return oldest[by];
    }

    /** How many sightings have been made, free ones included. */
    int made() {
        return made.size();
    }

    Sighting get(int number) {
        return made.get(number);
    }
}
