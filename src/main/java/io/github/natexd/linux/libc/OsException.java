package io.github.natexd.linux.libc;

/** A system call that failed: what was tried, the error's name, and what to do about it. */
public final class OsException extends RuntimeException {
    private final int errno;

    /** @param hint what the error means here and what to do; empty: the error's general meaning is told. */
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

    /** The answer of a system call, if it is not negative; else the exception. To be called right after the call. */
    public static int check(int answer, String operation) {
        if (answer < 0) {
            throw new OsException(operation, Libc.lastError());
        }
        return answer;
    }
}
