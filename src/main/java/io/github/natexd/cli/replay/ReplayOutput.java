package io.github.natexd.cli.replay;

import org.jspecify.annotations.Nullable;

/** Prints a replay, each error as soon as the relay has decided about it; nothing is stored. */
sealed interface ReplayOutput permits ReplayText, ReplayJson {
    void begin(String file, ReplayRoles roles);

    void error(ReplayedError error);

    /** @param damage why the rest of the file cannot be read, or null */
    void end(ReplayCounts counts, @Nullable String damage);
}
