package io.github.natexd.cli.form;

/** The exit codes of natexctl's commands; each command lists those it ends with. From 64 on: as in sysexits.h. */
public final class ExitCodes {
    public static final int OK = 0;
    public static final int FAILED = 1;
    /** No natexd answers on the control socket. */
    public static final int NOT_RUNNING = 2;
    /** EX_USAGE; for commands whose 2 means something else. */
    public static final int USAGE = 64;
    /** EX_DATAERR. */
    public static final int DAMAGED = 65;
    /** EX_NOINPUT. */
    public static final int CANNOT_READ = 66;
    /** EX_UNAVAILABLE. */
    public static final int UNAVAILABLE = 69;
    /** EX_CANTCREAT. */
    public static final int CANNOT_CREATE = 73;
    /** EX_NOPERM, as natexd itself ends with. */
    public static final int NO_PERMISSION = 77;
    /** EX_CONFIG, as natexd itself ends with. */
    public static final int CONFIGURATION = 78;

    private ExitCodes() {}
}
