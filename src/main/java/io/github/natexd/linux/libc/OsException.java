package io.github.natexd.linux.libc;

/** A system call that failed: what was tried, the error's name, and what to do about it. */
public final class OsException extends RuntimeException {
    private final int errno;

    /** @param hint what the error means here and what to do; empty: the error's general meaning stands instead */
    public OsException(String operation, int errno, String hint) {
        super(operation + ": " + Errno.name(errno) + ": " + (hint.isEmpty() ? Errno.text(errno) : hint));
        this.errno = errno;
    }

    public OsException(String operation, int errno) {
        this(operation, errno, "");
    }

    public int errno() {
        return errno;
    }

    /** Returns a system call's result; throws if it is negative. Must follow the system call at once. */
    public static int check(int result, String operation) {
        if (result < 0) {
            throw new OsException(operation, Libc.lastError());
        }
        return result;
    }
}
