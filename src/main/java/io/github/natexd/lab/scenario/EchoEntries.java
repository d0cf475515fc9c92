package io.github.natexd.lab.scenario;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which reply belongs to which echo request. Each flow (a client's address and identifier) has one of a few places.
 * Each place has a socket, and so an identifier of its own. Each request has an entry until its reply comes or its time
 * is up. Time is an argument.
 */
final class EchoEntries {
    /** Flows at a time, and so sockets. */
    static final int FLOWS_MAX = 16;
    /** Requests at a time that wait for their replies. */
    static final int ENTRIES_MAX = 1024;
    /** How long a request waits. */
    static final long ENTRY_NANOS = 1_000_000_000L;

    /** Who sent the requests, as the client's kernel knows them. */
    record Flow(int address, int identifier) {}

    private record Key(int place, int sequence) {}

    private static final class Entry {
        private final int destination;
        private final long endNanos;
        private int passes = 1;

        Entry(int destination, long endNanos) {
            this.destination = destination;
            this.endNanos = endNanos;
        }
    }

    private static final int NONE = -1;

    private final @Nullable Flow[] flows = new @Nullable Flow[FLOWS_MAX];
    private final int[] waiting = new int[FLOWS_MAX];
    /** Oldest first: all live equally long. */
    private final Map<Key, Entry> entries = new LinkedHashMap<>();

    /**
     * Returns the place of a flow. A flow without one gets a free place, or that of a flow that waits for nothing; -1:
     * there is none.
     */
    int place(Flow flow) {
        int chosen = NONE;
        for (int place = 0; place < FLOWS_MAX; place++) {
            if (flow.equals(flows[place])) {
                return place;
            }
            boolean better = chosen == NONE || (flows[place] == null && flows[chosen] != null);
            if (waiting[place] == 0 && better) {
                chosen = place;
            }
        }
        if (chosen != NONE) {
            flows[chosen] = flow;
        }
        return chosen;
    }

    /** Notes a request, in place of one with the same sequence. Returns false if there is no room. */
    boolean put(int place, int destination, int sequence, long nowNanos) {
        remove(new Key(place, sequence));
        if (entries.size() >= ENTRIES_MAX) {
            return false;
        }
        entries.put(new Key(place, sequence), new Entry(destination, nowNanos + ENTRY_NANOS));
        waiting[place]++;
        return true;
    }

    /** A request has come back: returns how often it has passed, 0 if it is none that waits. */
    int passAgain(int place, int sequence) {
        Entry entry = entries.get(new Key(place, sequence));
        return entry == null ? 0 : ++entry.passes;
    }

    /** Takes the entry for a reply; returns whether there was one for this sender. */
    boolean take(int place, int sender, int sequence) {
        Key key = new Key(place, sequence);
        Entry entry = entries.get(key);
        if (entry == null || entry.destination != sender) {
            return false;
        }
        remove(key);
        return true;
    }

    /** Removes the entries whose time is up. Returns the nanoseconds that the next one has left; -1: there is none. */
    long expire(long nowNanos) {
        Iterator<Map.Entry<Key, Entry>> oldest = entries.entrySet().iterator();
        while (oldest.hasNext()) {
            Map.Entry<Key, Entry> next = oldest.next();
            long left = next.getValue().endNanos - nowNanos;
            if (left > 0) {
                return left;
            }
            oldest.remove();
            waiting[next.getKey().place]--;
        }
        return NONE;
    }

    /** How many requests wait. */
    int size() {
        return entries.size();
    }

    private void remove(Key key) {
        if (entries.remove(key) != null) {
            waiting[key.place]--;
        }
    }
}
