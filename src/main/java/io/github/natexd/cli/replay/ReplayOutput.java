package io.github.natexd.cli.replay;

import org.jspecify.annotations.Nullable;

/** How a replay is shown: each error when it has been decided, in between nothing is kept. */
sealed interface ReplayOutput permits ReplayText, ReplayJson {
    void begin(String file, ReplayRoles roles);

    void error(ReplayedError error);

    /** {@code damage}: what ended the reading before the file's end, or null. */
    void end(ReplayCounts counts, @Nullable String damage);
}
