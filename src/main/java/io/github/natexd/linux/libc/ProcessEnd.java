package io.github.natexd.linux.libc;

/** A descriptor that becomes readable when a process ends (pidfd_open(2)): its end is seen without looking for it. */
public final class ProcessEnd implements AutoCloseable {
    private static final long PIDFD_OPEN = 434;

    private final int descriptor;

    /** @throws OsException ESRCH, if there is no such process any more */
    public ProcessEnd(long processId) {
        descriptor = OsException.check(
                (int) Libc.INSTANCE.syscall(PIDFD_OPEN, processId, 0, 0), "watch the process " + processId);
    }

    public int descriptor() {
        return descriptor;
    }

    @Override
    public void close() {
        Libc.INSTANCE.close(descriptor);
    }
}
