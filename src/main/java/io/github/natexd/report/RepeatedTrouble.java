package io.github.natexd.report;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/**
 * A warning that may recur with every packet. Logs the first of each kind in full, counts the others, and logs the
 * count at most once a minute. For any thread.
 */
public final class RepeatedTrouble {
    private static final long SILENCE_NANOS = TimeUnit.MINUTES.toNanos(1);
    /** How many kinds are logged in full at most; an attacker may be able to cause many. */
    private static final int KINDS_LIMIT = 16;

    private final Logger log;
    private final String what;
    private final Set<String> kinds = new HashSet<>();
    private String last = "";
    private long unlogged;
    private long loggedNanos;

    /** @param what the beginning of each line: what went wrong, and what natexd did */
    public RepeatedTrouble(Logger log, String what) {
        this.log = log;
        this.what = what;
    }

    /** An internal error; errors thrown at the same place are of one kind. */
    public synchronized void happened(Throwable e, long nowNanos) {
        StackTraceElement[] stack = e.getStackTrace();
        String kind = e.getClass().getName() + (stack.length == 0 ? "" : " at " + stack[0]);
        if (isNew(kind, nowNanos)) {
            log.warn("{}", what, e);
        } else {
            count(e.toString(), nowNanos);
        }
    }

    /** Trouble outside natexd; equal words are of one kind. */
    public synchronized void happened(String words, long nowNanos) {
        if (isNew(words, nowNanos)) {
            log.warn("{}: {}", what, words);
        } else {
            count(words, nowNanos);
        }
    }

    private boolean isNew(String kind, long nowNanos) {
        boolean isNew = kinds.size() < KINDS_LIMIT && kinds.add(kind);
        if (isNew && kinds.size() == 1) {
            loggedNanos = nowNanos;
        }
        return isNew;
    }

    private void count(String words, long nowNanos) {
        unlogged++;
        last = words;
        if (nowNanos - loggedNanos >= SILENCE_NANOS) {
            loggedNanos = nowNanos;
            logCount();
        }
    }

    /** Logs what was counted but not logged; call it before the end. */
    public synchronized void logCount() {
        if (unlogged > 0) {
            log.warn("{}: {} more of these, the last: {}", what, unlogged, last);
            unlogged = 0;
        }
    }
}
