package io.github.natexd.linux.emulation;

import io.github.natexd.linux.libc.Libc;
import io.github.natexd.linux.libc.OsException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Entering a named network namespace ({@code ip netns add NAME}).
 *
 * <p>A namespace belongs to a kernel thread, not to a process: each entry uses its own platform thread, which ends with
 * the task. So no thread has to change back, and no thread of a pool stays in another namespace. What the task
 * opened (sockets, TAP devices) stays in the namespace and can be used from any thread afterwards.
 */
public final class Namespace {
    /** Where iproute2 keeps the handles of named namespaces. */
    public static final String DIRECTORY = "/run/netns/";

    private Namespace() {}

    /** Runs {@code task} inside the namespace and waits for its result; unchecked exceptions come through as they are. */
    public static <T> T call(String name, Callable<T> task) {
        FutureTask<T> future = new FutureTask<>(() -> {
            enter(name);
            return task.call();
        });
        new Thread(future, "in " + name).start();
        try {
            return future.get();
        } catch (InterruptedException e) {
            future.cancel(true);
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted inside the network namespace " + name, e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            throw new IllegalStateException("inside the network namespace " + name + ": " + e.getCause(), e.getCause());
        }
    }

    /** Starts {@code task} inside the namespace on a daemon thread of its own. */
    public static Thread start(String name, String threadName, Runnable task) {
        Thread thread = new Thread(
                () -> {
                    enter(name);
                    task.run();
                },
                threadName);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void enter(String name) {
        int descriptor = Libc.INSTANCE.open(DIRECTORY + name, Libc.O_RDONLY | Libc.O_CLOEXEC, 0);
        if (descriptor < 0) {
            throw new OsException("open the network namespace " + name, Libc.lastError());
        }
        try {
            OsException.check(
                    Libc.INSTANCE.setns(descriptor, Libc.CLONE_NEWNET), "enter the network namespace " + name);
        } finally {
            Libc.INSTANCE.close(descriptor);
        }
    }
}
