package io.github.natexd.control;

/** Why a request, or the socket itself, does not work: the cause, and what to do about it. */
public final class ControlException extends Exception {
    private static final long serialVersionUID = 1;

    /** What kind of trouble it is; exit codes follow from it. */
    public enum Kind {
        /** Nobody listens. */
        NOT_RUNNING,
        /** A permission is missing. */
        REFUSED,
        /** Another natexd listens there. */
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

    /** The cause alone; {@link #getMessage} has the same. */
    public String reason() {
        return String.valueOf(getMessage());
    }

    /** What to do, as an order: "start it: systemctl start natexd". */
    public String remedy() {
        return remedy;
    }
}
