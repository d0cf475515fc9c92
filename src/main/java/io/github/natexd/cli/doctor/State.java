package io.github.natexd.cli.doctor;

import java.util.Locale;

/** The three answers of a check. */
public enum State {
    OK,
    WRONG,
    /** Nobody could tell: never to be taken for either of the others. */
    UNKNOWN;

    /** As it stands in JSON and rows. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
