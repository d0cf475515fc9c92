package io.github.natexd.relay;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The newest deliveries to one guest, a bounded number. */
final class Recent {
    static final int LIMIT = 32;

    /** A frame and the error that it matches come within this time. */
    static final long DELIVERY_NANOS = 1_000_000_000;

    private final Delivery[] entries = new Delivery[LIMIT];
    /** The entry is in use. */
    private final boolean[] present = new boolean[LIMIT];

    private int count;
    private int next;

    Recent() {
        Arrays.setAll(entries, i -> new Delivery());
    }

    boolean isEmpty() {
        return count == 0;
    }

    boolean isFull() {
        return count == LIMIT;
    }

    /** Adds a delivery; the oldest makes room if necessary. */
    void add(Delivery added) {
        for (int i = 0; i < LIMIT && present[next]; i++) {
            next = (next + 1) % LIMIT;
        }
        count += present[next] ? 0 : 1;
        present[next] = true;
        entries[next].copyOf(added);
        next = (next + 1) % LIMIT;
    }

    /**
     * Removes and returns a recent delivery that is the same; null if there is none. It is valid until the next
     * {@link #add}.
     */
    @Nullable
    Delivery take(Delivery same) {
        for (int i = 0; count > 0 && i < LIMIT; i++) {
            if (isRecent(i, same.nanos) && entries[i].isSame(same)) {
                remove(i);
                return entries[i];
            }
        }
        return null;
    }

    /** Whether a recent delivery went to this MAC address. */
    boolean hasGoneTo(long mac, long nowNanos) {
        for (int i = 0; count > 0 && i < LIMIT; i++) {
            if (isRecent(i, nowNanos) && entries[i].guestMac == mac) {
                return true;
            }
        }
        return false;
    }

    private boolean isRecent(int i, long nowNanos) {
        return present[i] && nowNanos - entries[i].nanos <= DELIVERY_NANOS;
    }

    /**
     * Removes and returns a delivery that is not recent; null if there is none. It is valid until the next {@link
     * #add}.
     */
    @Nullable
    Delivery takeOverdue(long nowNanos) {
        for (int i = 0; count > 0 && i < LIMIT; i++) {
            if (present[i] && nowNanos - entries[i].nanos > DELIVERY_NANOS) {
                remove(i);
                return entries[i];
            }
        }
        return null;
    }

    /** When {@link #takeOverdue} can next return a delivery; Long.MAX_VALUE if there is none. */
    long nextNanos() {
        long first = Long.MAX_VALUE;
        for (int i = 0; count > 0 && i < LIMIT; i++) {
            if (present[i]) {
                first = Math.min(first, entries[i].nanos + DELIVERY_NANOS);
            }
        }
        return first;
    }

    private void remove(int i) {
        present[i] = false;
        count--;
    }
}
