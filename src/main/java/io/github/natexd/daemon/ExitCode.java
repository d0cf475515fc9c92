package io.github.natexd.daemon;

/** Exit codes of natexd; the ones above 64 are those of sysexits.h. */
enum ExitCode {
    OK(0),
    FAILURE(1),
    USAGE(2),
    /** EX_UNAVAILABLE: a part of the system that natexd needs is missing. */
    UNAVAILABLE(69),
    /** EX_NOPERM: a capability is missing, or another process owns the queue. */
    NO_PERMISSION(77),
    /** EX_CONFIG: the configuration is invalid. */
    CONFIGURATION(78);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    /** The meaning of an exit code of one of natexd's scripts; FAILURE for an unknown code. */
    static ExitCode of(int code) {
        for (ExitCode known : values()) {
            if (known.code == code && known != OK) {
                return known;
            }
        }
        return FAILURE;
    }
}
