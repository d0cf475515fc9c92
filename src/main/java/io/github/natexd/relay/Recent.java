package io.github.natexd.relay;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The newest deliveries of one guest, a bounded number. */
final class Recent {
    private static final int LIMIT = 32;

    /** The first {@link #count} are remembered, the oldest first. The others are spare: they are reused. */
    private final Delivery[] entries = new Delivery[LIMIT];

    private int count;

    Recent() {
        Arrays.setAll(entries, i -> new Delivery());
    }

    boolean isFull() {
        return count == LIMIT;
    }

    /** The entry for one more delivery, to be filled; the oldest makes room if necessary. */
    Delivery add() {
        if (isFull()) {
            remove(0);
        }
        return entries[count++];
    }

    /** Removes and returns the oldest recent delivery that is the same. It is valid until the next {@link #add}. */
    @Nullable
    Delivery take(Delivery same) {
        for (int i = 0; i < count; i++) {
            if (entries[i].isRecent(same.nanos) && entries[i].isSame(same)) {
                return remove(i);
            }
        }
        return null;
    }

    /** Removes and returns a delivery that is not recent. It is valid until the next {@link #add}. */
    @Nullable
    Delivery takeOverdue(long nowNanos) {
        return count > 0 && !entries[0].isRecent(nowNanos) ? remove(0) : null;
    }

    /** When {@link #takeOverdue} can next return a delivery; Long.MAX_VALUE if there is none. */
    long nextNanos() {
        return count == 0 ? Long.MAX_VALUE : entries[0].nanos + Delivery.RECENT_NANOS;
    }

    /** Whether a recent delivery went to this MAC address. */
    boolean hasGoneTo(long mac, long nowNanos) {
        for (int i = count - 1; i >= 0 && entries[i].isRecent(nowNanos); i--) {
            if (entries[i].guestMac == mac) {
                return true;
            }
        }
        return false;
    }

    private Delivery remove(int i) {
        Delivery removed = entries[i];
        count--;
        System.arraycopy(entries, i + 1, entries, i, count - i);
        entries[count] = removed;
        return removed;
    }
}
