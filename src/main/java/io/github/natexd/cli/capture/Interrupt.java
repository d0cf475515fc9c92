package io.github.natexd.cli.capture;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Lets Ctrl-C end a capture and not what has to be done with it: the JVM waits until this is closed, for some seconds. */
public final class Interrupt implements AutoCloseable {
    private static final long STOP_SECONDS = 5;

    private final CountDownLatch done = new CountDownLatch(1);

    /** From now on Ctrl-C stops the capture. */
    public void stops(LiveCapture capture) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(capture), "capture end"));
    }

    private void stop(LiveCapture capture) {
        capture.stop();
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
