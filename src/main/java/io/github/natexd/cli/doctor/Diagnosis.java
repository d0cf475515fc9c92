package io.github.natexd.cli.doctor;

/**
 * What a check came to.
 *
 * @param why what was found
 * @param fix what to do about it; empty where nothing is to be done
 */
record Diagnosis(State state, String why, String fix) {
    /** What most fixes of a missing permission come down to. */
    static final String AS_ROOT = "ask again as root: sudo natexctl doctor";

    static final String NETWORK_FIRST = "VMware's NAT network has to be known first, see there";

    static final String INTERFACE_FIRST = "the guest network has to be up first, see there";

    static final String START = "start it: sudo systemctl start natexd (or natexd run)";

    static final String RESTART = "sudo systemctl restart natexd; what it says: journalctl -u natexd";

    static Diagnosis ok(String why) {
        return new Diagnosis(State.OK, why, "");
    }

    static Diagnosis wrong(String why, String fix) {
        return new Diagnosis(State.WRONG, why, fix);
    }

    static Diagnosis unknown(String why, String fix) {
        return new Diagnosis(State.UNKNOWN, why, fix);
    }

    /** For what only a running natexd shows. */
    static Diagnosis notRunning() {
        return unknown("natexd is not running", START);
    }
}
