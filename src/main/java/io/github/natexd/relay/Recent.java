package io.github.natexd.relay;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The newest deliveries of one guest, a bounded number. */
final class Recent {
    private static final int LIMIT = 32;

    /** A ring: {@link #count} entries from {@link #first} are remembered, the oldest first; the others are spare. */
    private final Delivery[] entries =
            Stream.generate(Delivery::new).limit(LIMIT).toArray(Delivery[]::new);

    private int first;
    private int count;

    boolean isFull() {
        return count == LIMIT;
    }

    /** The entry for one more delivery, to be filled; the oldest makes room if necessary. */
    Delivery add() {
        if (isFull()) {
            remove(0);
        }
        return entries[index(count++)];
    }

    /** Removes the oldest recent delivery that is the same; null if there is none. */
    @Nullable
    Delivery take(Delivery same) {
        for (int i = 0; i < count; i++) {
            if (entries[index(i)].isRecent(same.nanos) && entries[index(i)].isSame(same)) {
                return remove(i);
            }
        }
        return null;
    }

    /** The oldest is not recent any more. */
    boolean hasOverdue(long nowNanos) {
        return count > 0 && !entries[first].isRecent(nowNanos);
    }

    /** Whether a recent delivery went to this MAC address. */
    boolean hasGoneTo(long mac, long nowNanos) {
        for (int i = count - 1; i >= 0 && entries[index(i)].isRecent(nowNanos); i--) {
            if (entries[index(i)].guestMac == mac) {
                return true;
            }
        }
        return false;
    }

    /** Removes and returns a delivery, 0 for the oldest. It is valid until the next {@link #add}. */
    Delivery remove(int i) {
        Delivery removed = entries[index(i)];
        for (int at = i; at > 0; at--) {
            entries[index(at)] = entries[index(at - 1)];
        }
        entries[first] = removed;
        first = index(1);
        count--;
        return removed;
    }

    private int index(int i) {
        return (first + i) % LIMIT;
    }
}
