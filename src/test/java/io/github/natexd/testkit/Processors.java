package io.github.natexd.testkit;

import io.github.natexd.lab.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Which processors the threads of this JVM run on, and before which others. */
public final class Processors {
    private static final Path TASKS = Path.of("/proc/self/task");
    private static final int ATTEMPTS = 100;
    private static final long PAUSE_NANOS = 10_000_000;

    private Processors() {}

    /**
     * Lets the threads whose names begin so run on the first processor only: what natexd costs shows on the others. On
     * a machine with one processor, this changes nothing.
     */
    public static void onlyFirst(String threads) {
        each(threads, "taskset", "--pid", "--cpu-list", "0");
    }

    /**
     * Lets the threads whose names begin so run before everything else: what they measure then does not contain the time
     * for which they wait for a processor themselves.
     */
    public static void realTime(String threads) {
        each(threads, "chrt", "--fifo", "--pid", "1");
    }

    /** Runs the command, with the thread's ID behind it, for each of the threads. */
    private static void each(String threads, String... command) {
        // A thread has its name some moments after its start.
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            List<String> found = identifiers(threads);
            for (String thread : found) {
                String[] words = Arrays.copyOf(command, command.length + 1);
                words[command.length] = thread;
                try {
                    Shell.run(null, words);
                } catch (IllegalStateException e) {
                    if (Files.exists(TASKS.resolve(thread))) {
                        throw e;
                    }
                    // It has ended meanwhile: for example the hub before a change of the NAT.
                }
            }
            if (!found.isEmpty()) {
                return;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        throw new AssertionError("there is no thread " + threads);
    }

    private static List<String> identifiers(String threads) {
        try (Stream<Path> tasks = Files.list(TASKS)) {
            return tasks.filter(task -> name(task).startsWith(threads))
                    .map(task -> task.getFileName().toString())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(Path task) {
        try {
            return Files.readString(task.resolve("comm"));
        } catch (IOException e) {
            return ""; // it has ended meanwhile
        }
    }
}
