package io.github.natexd.cli.paths;

import com.google.gson.JsonObject;
import io.github.natexd.cli.form.JsonAnswer;
import io.github.natexd.cli.paths.Event.ProbeKey;
import io.github.natexd.control.ControlClient;
import io.github.natexd.control.ControlException;
import java.time.Instant;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Reads natexd's lines into {@link Paths}, in a thread of its own. Paths are touched only while this is locked. */
final class Feed {
    private final ControlClient client;
    private final Predicate<Event> wanted;
    private final Paths paths = new Paths();
    private long lostLines;
    private @Nullable ControlException failure;
    private boolean stopped;

    Feed(ControlClient client, Predicate<Event> wanted) {
        this.client = client;
        this.wanted = wanted;
    }

    /** Starts to read; the first line was read before. */
    void start() {
        Thread reader = new Thread(this::read, "reader");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try {
            while (true) {
                add(JsonAnswer.read(client.event()));
            }
        } catch (ControlException e) {
            synchronized (this) {
                failure = e;
                notifyAll();
            }
        }
    }

    private synchronized void add(JsonObject line) {
        if (line.has("lost")) {
            lostLines += line.get("lost").getAsLong();
        } else {
            Event.read(line).filter(wanted).ifPresent(paths::add);
        }
    }

    /** From now on, {@link #arrived} reports all errors that come to the host. */
    synchronized void arrivalsObserved() {
        paths.arrivalsObserved();
    }

    synchronized void arrived(ProbeKey quoted, long micros, boolean damaged) {
        paths.arrived(quoted, micros, damaged);
    }

    /** Waits until the time is over or natexd ends the connection. */
    synchronized void await(long millis) throws InterruptedException {
        long end = System.nanoTime() + millis * 1_000_000;
        for (long left = millis;
                left > 0 && failure == null && !stopped;
                left = (end - System.nanoTime()) / 1_000_000) {
            wait(left);
        }
    }

    /** Ends {@link #await}. */
    synchronized void stop() {
        stopped = true;
        notifyAll();
    }

    /** natexd has ended the connection. */
    synchronized boolean hasEnded() {
        return failure != null;
    }

    /** The paths by now; to be used only while this is locked. */
    synchronized Paths paths() {
        paths.giveUp(Event.micros(Instant.now()));
        return paths;
    }

    /** Lines that natexd left out because they came too fast. */
    synchronized long lostLines() {
        return lostLines;
    }

    /** Throws what ended the connection, if it has ended. */
    synchronized void check() throws ControlException {
        if (failure != null) {
            throw failure;
        }
    }
}
