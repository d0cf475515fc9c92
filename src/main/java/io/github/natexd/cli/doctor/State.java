package io.github.natexd.cli.doctor;

import java.util.Locale;

/** The results of a check. */
public enum State {
    OK,
    /** Something went wrong earlier and does not now. */
    WARNING,
    WRONG,
    /** The check could not be made: never to be taken for one of the others. */
    UNKNOWN;

    /** As printed in JSON and rows. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
