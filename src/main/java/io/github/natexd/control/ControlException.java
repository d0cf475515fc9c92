package io.github.natexd.control;

/** A request that failed, or a socket that cannot be used: the cause, and what to do about it. */
public final class ControlException extends Exception {
    private static final long serialVersionUID = 1;

    /** The kind of failure, which determines the exit code. */
    public enum Kind {
        /** No process listens on the socket. */
        NOT_RUNNING,
        /** A permission is missing. */
        REFUSED,
        /** Another natexd listens on the socket. */
        IN_USE,
        /** Anything else. */
        FAILED
    }

    private final Kind kind;
    private final String remedy;

    public ControlException(Kind kind, String cause, String remedy) {
        super(cause);
        this.kind = kind;
        this.remedy = remedy;
    }

    public Kind kind() {
        return kind;
    }

    /** The cause; the same as {@link #getMessage}. */
    public String reason() {
        return String.valueOf(getMessage());
    }

    /** What to do, as an instruction: "start it: systemctl start natexd". */
    public String remedy() {
        return remedy;
    }
}
