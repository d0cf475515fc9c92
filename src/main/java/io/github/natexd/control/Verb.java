package io.github.natexd.control;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The requests by their first word. */
enum Verb {
    STATUS,
    MAPPINGS,
    WATCH,
    METRICS,
    SHOW_CONFIG,
    /** With an argument, changes the level. */
    LOG_LEVEL,
    RELOAD;

    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static String words() {
        return Arrays.stream(values()).map(Verb::word).collect(Collectors.joining(", "));
    }
}
