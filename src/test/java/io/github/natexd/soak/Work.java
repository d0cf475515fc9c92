package io.github.natexd.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** Threads that repeat short tasks until the end, with moments of rest in which none of them does anything. */
final class Work implements AutoCloseable {
    /** One piece of work, of at most some seconds. */
    interface Task {
        void run() throws Exception;
    }

    private final ReadWriteLock gate = new ReentrantReadWriteLock(true);
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean ended;

    /** Starts a thread that does these tasks in turn. */
    void repeat(String name, List<Task> tasks) {
        Thread thread = new Thread(
                () -> {
                    for (int i = 0; !ended; i++) {
                        doOne(tasks.get(i % tasks.size()));
                    }
                },
                name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private void doOne(Task task) {
        gate.readLock().lock();
        try {
            if (!ended) {
                task.run();
            }
        } catch (Exception | AssertionError e) {
            failures.add(e);
            ended = true;
        } finally {
            gate.readLock().unlock();
        }
    }

    /** Waits until every thread has finished its task, and does this one while the others wait. */
    void rest(Task task) throws Exception {
        gate.writeLock().lock();
        try {
            rethrow();
            task.run();
        } finally {
            gate.writeLock().unlock();
        }
    }

    private void rethrow() {
        Throwable failure = failures.peek();
        if (failure != null) {
            throw new IllegalStateException("a part of the soak itself failed: " + failure, failure);
        }
    }

    @Override
    public void close() {
        ended = true;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
