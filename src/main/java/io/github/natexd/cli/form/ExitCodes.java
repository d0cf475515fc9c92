package io.github.natexd.cli.form;

import io.github.natexd.linux.libc.Errno;
import io.github.natexd.linux.libc.OsException;

/** The exit codes of natexctl's commands; each command's help lists its own. Those from 64 on are from sysexits.h. */
public final class ExitCodes {
    public static final int OK = 0;
    public static final int FAILED = 1;
    /** No natexd listens on the control socket. */
    public static final int NOT_RUNNING = 2;
    /** EX_USAGE; for commands for which 2 means something else. */
    public static final int USAGE = 64;
    /** EX_DATAERR. */
    public static final int DAMAGED = 65;
    /** EX_NOINPUT. */
    public static final int CANNOT_READ = 66;
    /** EX_UNAVAILABLE. */
    public static final int UNAVAILABLE = 69;
    /** EX_CANTCREAT. */
    public static final int CANNOT_CREATE = 73;
    /** EX_NOPERM; natexd itself uses it, too. */
    public static final int NO_PERMISSION = 77;
    /** EX_CONFIG; natexd itself uses it, too. */
    public static final int CONFIGURATION = 78;

    private ExitCodes() {}

    /** For a system call that failed: a permission is missing, or what it needs. */
    public static int of(OsException e) {
        return e.errno() == Errno.EPERM || e.errno() == Errno.EACCES ? NO_PERMISSION : UNAVAILABLE;
    }
}
