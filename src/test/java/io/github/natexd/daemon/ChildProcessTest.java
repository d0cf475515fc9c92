package io.github.natexd.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ChildProcessTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(300);

    @TempDir
    private Path directory;

    @Test
    void returnsExitCodeAndOutputOfBothKinds() throws Exception {
        assertEquals(new ChildProcess.Result(3, "out\nerr"), shell("echo out; echo err >&2; exit 3", LONG));
    }

    @Test
    void readsMoreThanAPipeHolds() throws Exception {
        assertEquals(
                300_000,
                shell("head -c 300000 /dev/zero | tr '\\0' x", LONG).output().length());
    }

    @Test
    void cutsEndlessOutput() throws Exception {
        assertEquals(
                1 << 20,
                shell("head -c 3000000 /dev/zero | tr '\\0' x", LONG).output().length());
    }

    @Test
    void killsWhatDoesNotEndAndItsChildren() throws Exception {
        Path child = directory.resolve("pid");
        long begun = System.nanoTime();

        TimeoutException late =
                assertThrows(TimeoutException.class, () -> shell("sleep 120 & echo $! > " + child + "; wait", SHORT));

        assertTrue(String.valueOf(late.getMessage()).endsWith("did not end within 300 ms and was killed"));
        assertTrue(System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(10), "at once");
        awaitEnd(Long.parseLong(Files.readString(child).strip()));
    }

    /** As a script does that hangs in a program which holds its output. */
    @Test
    void doesNotWaitForAProcessThatWasLeftBehind() throws Exception {
        long begun = System.nanoTime();

        ChildProcess.Result result = shell("sleep 20 & echo done", LONG);

        assertEquals(new ChildProcess.Result(0, "done"), result);
        assertTrue(System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(10), "at once");
    }

    @Test
    void killsTheProgramWhenItsOwnThreadIsInterrupted() throws Exception {
        Path file = directory.resolve("pid");
        Thread runner = new Thread(() ->
                assertThrows(InterruptedException.class, () -> shell("echo $$ > " + file + "; exec sleep 120", LONG)));
        runner.start();
        while (!Files.exists(file) || Files.readString(file).isBlank()) {
            Thread.sleep(10);
        }

        runner.interrupt();

        runner.join(TimeUnit.SECONDS.toMillis(10));
        awaitEnd(Long.parseLong(Files.readString(file).strip()));
    }

    private static ChildProcess.Result shell(String script, Duration limit)
            throws IOException, InterruptedException, TimeoutException {
        return ChildProcess.run(List.of("sh", "-c", script), limit);
    }

    /** A killed process stays as a zombie until its parent has seen its end. */
    private static void awaitEnd(long pid) throws Exception {
        Path stat = Path.of("/proc", String.valueOf(pid), "stat");
        while (Files.exists(stat) && !Files.readString(stat).contains(") Z ")) {
            Thread.sleep(10);
        }
    }
}
