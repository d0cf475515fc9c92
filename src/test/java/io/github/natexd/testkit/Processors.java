package io.github.natexd.testkit;

import io.github.natexd.lab.Shell;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/** The processors that threads of this JVM run on. */
public final class Processors {
    private static final int ATTEMPTS = 100;
    private static final long PAUSE_NANOS = 10_000_000;

    private Processors() {}

    /**
     * Lets the threads whose names begin so run on the first processor only: what natexd costs shows on the others. On
     * a machine with one processor, this changes nothing.
     */
    public static void onlyFirst(String threads) throws IOException {
        // A thread has its name some moments after its start.
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            if (pin(threads)) {
                return;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        throw new AssertionError("there is no thread " + threads);
    }

    private static boolean pin(String threads) throws IOException {
        boolean any = false;
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path task : tasks) {
                if (name(task).startsWith(threads)) {
                    Shell.run(
                            null,
                            "taskset",
                            "--pid",
                            "--cpu-list",
                            "0",
                            task.getFileName().toString());
                    any = true;
                }
            }
        }
        return any;
    }

    private static String name(Path task) {
        try {
            return Files.readString(task.resolve("comm"));
        } catch (IOException e) {
            return ""; // it has ended meanwhile
        }
    }
}
