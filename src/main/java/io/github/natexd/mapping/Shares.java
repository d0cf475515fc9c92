package io.github.natexd.mapping;

import io.github.natexd.wire.Ipv4Address;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Divides the sightings among the host and the guests. When there is no room, the holder with the most sightings loses
 * its oldest: a flood of probes costs only its sender.
 *
 * <p>The last octet of the address identifies a guest. In a network larger than VMware's /24, some guests therefore
 * share one part.
 */
final class Shares {
    /** The holder of leaving sightings that are not paired. */
    static final int HOST = Ipv4Address.LAST_OCTETS;

    static final int HOLDERS = HOST + 1;

    private final int capacity;
    private final @Nullable Sighting[] oldest = new Sighting[HOLDERS];
    private final @Nullable Sighting[] newest = new Sighting[HOLDERS];
    private final int[] held = new int[HOLDERS];
    private @Nullable Sighting free;
    private final List<Sighting> made = new ArrayList<>();

    Shares(int capacity) {
        this.capacity = capacity;
    }

    /** The holder for probes from this guest address. */
    static int ofGuest(int address) {
        return Ipv4Address.lastOctet(address);
    }

    /** The sighting that must be released before {@link #take}; null if there is room. */
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

    /** Takes a free sighting for this holder; there must be one. */
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

    /** Gives the sighting to another holder, as its newest. */
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

    /** How many sightings there are, including free ones. */
    int made() {
        return made.size();
    }

    Sighting get(int number) {
        return made.get(number);
    }
}
