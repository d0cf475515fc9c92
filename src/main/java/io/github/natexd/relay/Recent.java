package io.github.natexd.relay;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The newest deliveries to one guest, a bounded number. */
final class Recent {
    static final int LIMIT = 32;

    /** A frame and the error that it matches come within that time. */
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

    /** The oldest one makes room. */
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
     * Takes out one that is the same and came within the time of a delivery; null if there is none. It is valid until the
     * next {@link #add}.
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

    /** Whether one of these went to that MAC address within the time of a delivery. */
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

    /** Takes out one whose time is over; null if there is none. It is valid until the next {@link #add}. */
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

    /** When the first one's time is over, or Long.MAX_VALUE. */
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
