package io.github.natexd.lab.scenario;

import io.github.natexd.linux.emulation.Namespace;
import io.github.natexd.linux.libc.EventFd;
import io.github.natexd.linux.libc.Poller;
import org.jspecify.annotations.Nullable;

/** A thread in a namespace that lets one part of a scenario work whenever there is something for it to do. */
final class Worker implements AutoCloseable {
    /** What works: all of it in the worker's thread. */
    interface Part {
        /** Returned by {@link #turn}: only input brings the next turn. */
        long WHEN_THERE_IS_INPUT = -1;

        /** Places of descriptors that a poller has for a part. */
        int DESCRIPTORS_MAX = 64;

        /** Registers the descriptors whose input the part works on. */
        void register(Poller poller);

        /** Does what there is to do, without waiting. Returns after how many milliseconds the next turn is due. */
        long turn();

        /** Ends the part, after its last turn. */
        default void end() {}
    }

    private static final long JOIN_MILLIS = 5000;

    private final EventFd stop = new EventFd();
    private final Thread thread;
    private volatile @Nullable RuntimeException failure;
    private boolean closed;

    Worker(String namespace, String what, Part part) {
        thread = Namespace.start(namespace, what, () -> run(part));
    }

    private void run(Part part) {
        try {
            Poller poller = new Poller(Part.DESCRIPTORS_MAX + 1);
            poller.register(stop.descriptor());
            part.register(poller);
            while (!stop.drain()) {
                poller.poll(part.turn());
            }
            part.turn();
        } catch (RuntimeException e) {
            failure = e;
        } finally {
            part.end();
        }
    }

    /** @throws RuntimeException what ended the part early, if anything did */
    void check() {
        RuntimeException seen = failure;
        if (seen != null) {
            throw seen;
        }
    }

    /** Ends the part; the second time it does nothing. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        stop.signal();
        try {
            thread.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!thread.isAlive()) {
            stop.close(); // else its number could become another descriptor's while the thread still polls it
        }
    }
}
