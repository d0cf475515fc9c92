package io.github.natexd.daemon;

import io.github.natexd.config.ConfigException;
import io.github.natexd.linux.libc.Errno;
import io.github.natexd.linux.libc.OsException;

/** The reason why natexd cannot start, with the remedy, and the exit code for it. */
final class StartException extends Exception {
    private static final long serialVersionUID = 1;

    private final ExitCode exitCode;

    StartException(ExitCode exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** A system call that natexd needs has failed. */
    static StartException of(OsException e) {
        ExitCode code =
                switch (e.errno()) {
                    case Errno.EPERM, Errno.EACCES, Errno.EBUSY -> ExitCode.NO_PERMISSION;
                    case Errno.ENOENT, Errno.EAFNOSUPPORT, Errno.EPROTONOSUPPORT, Errno.EINVAL, Errno.ENOSYS ->
                        ExitCode.UNAVAILABLE;
                    default -> ExitCode.FAILURE;
                };
        return new StartException(code, String.valueOf(e.getMessage()));
    }

    /** The configuration cannot be used. */
    static StartException of(ConfigException e) {
        return new StartException(
                e.isMistake() ? ExitCode.CONFIGURATION : ExitCode.FAILURE, String.valueOf(e.getMessage()));
    }

    /** natexd's own native library is missing, or cannot be loaded here. */
    static StartException of(LinkageError e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        // jffi puts a whole stack into its message.
        String words = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
        return new StartException(
                ExitCode.UNAVAILABLE,
                "cannot load native code (" + words + "): natexd needs 64-bit Linux with glibc on x86_64 or aarch64 and"
                        + " its directory lib/native; reinstall natexd");
    }

    ExitCode exitCode() {
        return exitCode;
    }
}
