package io.github.natexd.linux.libc;

import java.nio.ByteBuffer;

/** An eventfd(2), by which one thread makes another's poll return. Any thread may call {@link #signal}. */
public final class EventFd implements AutoCloseable {
    private static final int EFD_NONBLOCK = Libc.SOCK_NONBLOCK;
    private static final int EFD_CLOEXEC = Libc.SOCK_CLOEXEC;

    private final ByteBuffer one = Native.allocate(Long.BYTES).putLong(0, 1);
    private final ByteBuffer count = Native.allocate(Long.BYTES);
    private final int descriptor;

    public EventFd() {
        descriptor = OsException.check(Libc.INSTANCE.eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "make an eventfd");
    }

    public int descriptor() {
        return descriptor;
    }

    /** Makes the descriptor readable until {@link #drain}. */
    public void signal() {
        Libc.INSTANCE.write(descriptor, Native.address(one), Long.BYTES);
    }

    /** Resets the descriptor; returns whether there was a signal. Only for the polling thread. */
    public boolean drain() {
        return Libc.INSTANCE.read(descriptor, Native.address(count), Long.BYTES) == Long.BYTES;
    }

    @Override
    public void close() {
        Libc.INSTANCE.close(descriptor);
    }
}
