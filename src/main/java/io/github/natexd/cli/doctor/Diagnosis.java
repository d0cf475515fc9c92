package io.github.natexd.cli.doctor;

/**
 * The result of a check.
 *
 * @param why what was found
 * @param fix what to do; empty if there is nothing to do
 */
record Diagnosis(State state, String why, String fix) {
    /** The fix for most missing permissions. */
    static final String AS_ROOT = "run it as root: sudo natexctl doctor";

    static final String NETWORK_FIRST = "find VMware's NAT network first: see vmware above";

    static final String INTERFACE_FIRST = "bring the guest network up first: see interface above";

    static final String START = "start it: sudo systemctl start natexd (or natexd run)";

    static final String RESTART = "sudo systemctl restart natexd; its log: journalctl -u natexd";

    static Diagnosis ok(String why) {
        return new Diagnosis(State.OK, why, "");
    }

    static Diagnosis wrong(String why, String fix) {
        return new Diagnosis(State.WRONG, why, fix);
    }

    static Diagnosis warning(String why, String fix) {
        return new Diagnosis(State.WARNING, why, fix);
    }

    static Diagnosis unknown(String why, String fix) {
        return new Diagnosis(State.UNKNOWN, why, fix);
    }

    /** For what only a running natexd can report. */
    static Diagnosis notRunning() {
        return unknown("natexd is not running", START);
    }
}
