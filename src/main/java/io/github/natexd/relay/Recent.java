package io.github.natexd.relay;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The newest deliveries of one guest, a bounded number. */
final class Recent {
    private static final int LIMIT = 32;

    private int count;
    /** The first {@link #count} are remembered, the oldest first. The others are spare, to be filled later. */
    private final Delivery[] entries =
            Stream.generate(Delivery::new).limit(LIMIT).toArray(Delivery[]::new);

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

    /** Removes the oldest recent delivery that is the same; null if there is none. */
    @Nullable
    Delivery take(Delivery same) {
        for (int i = 0; i < count; i++) {
            if (entries[i].isRecent(same.nanos) && entries[i].isSame(same)) {
                return remove(i);
            }
        }
        return null;
    }

    /** Until when the oldest is recent; Long.MAX_VALUE if there is none. */
    long untilNanos() {
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

    /** Removes and returns a delivery, 0 for the oldest. It is valid until the next {@link #add}. */
    Delivery remove(int i) {
        Delivery removed = entries[i];
        count--;
        System.arraycopy(entries, i + 1, entries, i, count - i);
        entries[count] = removed;
        return removed;
    }
}
