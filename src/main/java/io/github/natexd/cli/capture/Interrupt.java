package io.github.natexd.cli.capture;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Lets Ctrl-C end a task and not what has to be done with its result: the JVM waits until this is closed, for some seconds. */
public final class Interrupt implements AutoCloseable {
    private static final long STOP_SECONDS = 5;

    private final CountDownLatch done = new CountDownLatch(1);

    /** From now on Ctrl-C calls this. */
    public void calls(Runnable stop) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(stop), "end"));
    }

    private void stop(Runnable stop) {
        stop.run();
        try {
            done.await(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        done.countDown();
    }
}
