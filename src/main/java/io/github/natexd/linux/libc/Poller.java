package io.github.natexd.linux.libc;

import java.nio.ByteBuffer;

/**
 * poll(2) over a handful of descriptors, for input. One call per wake-up, nothing allocated.
 * <pre>
 * struct pollfd { int fd; short events; short revents; };
 * </pre>
 */
public final class Poller {
    private static final int POLLFD_LENGTH = 8;
    private static final int EVENTS = 4;
    private static final int REVENTS = 6;
    private static final short POLLIN = 1;

    private final ByteBuffer descriptors;
    private final long address;
    private final int capacity;
    private int count;

    public Poller(int capacity) {
        this.capacity = capacity;
        this.descriptors = Native.allocate(capacity * POLLFD_LENGTH);
        this.address = Native.address(descriptors);
    }

    /** Adds a descriptor (-1: a place that {@link #replace} fills later); returns its place for {@link #ready}. */
    public int register(int descriptor) {
        if (count == capacity) {
            throw new IllegalStateException("no place for another descriptor, capacity " + capacity);
        }
        replace(count, descriptor);
        return count++;
    }

    /** Watches another descriptor at this place from now on; -1: none. */
    public void replace(int place, int descriptor) {
        descriptors.putInt(place * POLLFD_LENGTH, descriptor);
        descriptors.putShort(place * POLLFD_LENGTH + EVENTS, POLLIN);
        descriptors.putShort(place * POLLFD_LENGTH + REVENTS, (short) 0);
    }

    /**
     * Waits for input for at most {@code timeoutMillis} (negative: without a limit).
     *
     * @return the number of ready descriptors; 0 after the timeout or a signal
     */
    public int poll(long timeoutMillis) {
        int timeout = (int) Math.max(-1, Math.min(timeoutMillis, Integer.MAX_VALUE));
        int ready = Libc.INSTANCE.poll(address, count, timeout);
        if (ready >= 0) {
            return ready;
        }
        int errno = Libc.lastError();
        for (int place = 0; place < count; place++) {
            descriptors.putShort(place * POLLFD_LENGTH + REVENTS, (short) 0);
        }
        if (errno == Errno.EINTR || errno == Errno.EAGAIN || errno == Errno.ENOMEM) {
            return 0;
        }
        throw new OsException("poll", errno);
    }

    /** Whether the last {@link #poll} found input, or an error, at this place. */
    public boolean ready(int place) {
        return descriptors.getShort(place * POLLFD_LENGTH + REVENTS) != 0;
    }
}
