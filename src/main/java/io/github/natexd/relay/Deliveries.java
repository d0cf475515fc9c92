package io.github.natexd.relay;

/**
 * Errors that the NAT process handed to guests before natexd had read its own copy from the queue: a NAT that captures
 * packets sees them earlier. The newest of them, a bounded number.
 */
final class Deliveries {
    private static final int LIMIT = 64;

    private final int[] errorClass = new int[LIMIT];
    private final int[] guest = new int[LIMIT];
    private final int[] reporter = new int[LIMIT];
    private final int[] ports = new int[LIMIT];
    private final long[] deliveredNanos = new long[LIMIT];
    private final boolean[] present = new boolean[LIMIT];
    private int next;

    /** Notes one; the oldest goes. */
    void add(int newClass, int newGuest, int newReporter, int newPorts, long nowNanos) {
        errorClass[next] = newClass;
        guest[next] = newGuest;
        reporter[next] = newReporter;
        ports[next] = newPorts;
        deliveredNanos[next] = nowNanos;
        present[next] = true;
        next = (next + 1) % LIMIT;
    }

    /** Takes one out that was noted at {@code sinceNanos} or later; answers whether it was there. */
    boolean remove(int itsClass, int itsGuest, int itsReporter, int itsPorts, long sinceNanos) {
        for (int i = 0; i < LIMIT; i++) {
            if (present[i]
                    && errorClass[i] == itsClass
                    && guest[i] == itsGuest
                    && reporter[i] == itsReporter
                    && ports[i] == itsPorts
                    && deliveredNanos[i] - sinceNanos >= 0) {
                present[i] = false;
                return true;
            }
        }
        return false;
    }

    void clear() {
        java.util.Arrays.fill(present, false);
    }
}
