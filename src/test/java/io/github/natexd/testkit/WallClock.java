package io.github.natexd.testkit;

import java.time.Instant;
import java.util.Map;

/** The wall clock of a natexd, which a test sets. */
public interface WallClock {
    /** Sets it to so many seconds after the time that it would have if it had never been set. */
    void set(long aheadSeconds);

    Instant now();

    /** What other processes need in their environment to have the same clock. */
    Map<String, String> environment();
}
