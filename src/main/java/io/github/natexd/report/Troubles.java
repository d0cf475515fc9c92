package io.github.natexd.report;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;

/** All {@linkplain RepeatedTrouble repeated troubles} of one part of natexd. */
public final class Troubles {
    private final Logger log;
    private final List<RepeatedTrouble> all = new ArrayList<>();

    public Troubles(Logger log) {
        this.log = log;
    }

    /** Adds one; see {@link RepeatedTrouble#RepeatedTrouble}. */
    public RepeatedTrouble add(String what) {
        RepeatedTrouble trouble = new RepeatedTrouble(log, what);
        all.add(trouble);
        return trouble;
    }

    /** Logs what was counted but not logged; call it before the end. */
    public void logCounts() {
        all.forEach(RepeatedTrouble::logCount);
    }
}
