package io.github.natexd.relay;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/**
 * A warning that may come up packet after packet: the first of its kind is logged whole, what follows is counted, and the
 * count logged once a minute at most. For any thread.
 */
public final class RepeatedTrouble {
    private static final long SILENCE_NANOS = TimeUnit.MINUTES.toNanos(1);
    /** Kinds that are logged whole; an attacker may know how to make up more. */
    private static final int KINDS_LIMIT = 16;

    private final Logger log;
    private final String what;
    private final Set<String> kinds = new HashSet<>();
    private String last = "";
    private long unlogged;
    private long loggedNanos;

    /** @param what the beginning of every line: what went wrong */
    public RepeatedTrouble(Logger log, String what) {
        this.log = log;
        this.what = what;
    }

    /** An error inside natexd: of its kind are those thrown at the same place. */
    public synchronized void happened(Throwable e, long nowNanos) {
        StackTraceElement[] stack = e.getStackTrace();
        String kind = e.getClass().getName() + (stack.length == 0 ? "" : " at " + stack[0]);
        if (isNew(kind, nowNanos)) {
            log.warn("{}", what, e);
        } else {
            count(e.toString(), nowNanos);
        }
    }

    /** Trouble outside: of its kind is what has the same words. */
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

    /** Logs what has been counted and not logged: before the end. */
    public synchronized void logCount() {
        if (unlogged > 0) {
            log.warn("{}: {} more of these, the last: {}", what, unlogged, last);
            unlogged = 0;
        }
    }
}
