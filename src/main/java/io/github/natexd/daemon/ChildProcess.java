package io.github.natexd.daemon;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs a program for a bounded time. A separate thread reads the output, because a read from a pipe has no time limit:
 * it ends when every process that holds the pipe has ended.
 */
final class ChildProcess {
    /** Output beyond this is read and dropped, so that the program can go on writing. */
    private static final int OUTPUT_MAX_OCTETS = 1 << 20;

    private static final int READ_OCTETS = 8192;
    /** How long to read on after the program has ended: a process that it left behind may hold the pipe. */
    private static final long REST_MILLIS = 1_000;

    /** @param output standard output and standard error, without white space at the ends */
    record Result(int exitCode, String output) {}

    private final Process process;
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final Thread reader;

    private ChildProcess(Process process) {
        this.process = process;
        reader = new Thread(this::read, "output");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Runs a program without input and waits for its end. A program that is still running after {@code limit}, or when
     * this thread is interrupted, is killed together with its children.
     *
     * @throws IOException if it cannot be started
     * @throws TimeoutException if it did not end in time
     */
    static Result run(List<String> command, Duration limit) throws IOException, InterruptedException, TimeoutException {
        ChildProcess child = new ChildProcess(
                new ProcessBuilder(command).redirectErrorStream(true).start());
        try {
            child.process.getOutputStream().close();
            if (!child.process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new TimeoutException(
                        String.join(" ", command) + " did not end within " + limit.toMillis() + " ms and was killed");
            }
            return new Result(child.process.exitValue(), child.output());
        } finally {
            child.kill();
        }
    }

    private void read() {
        byte[] part = new byte[READ_OCTETS];
        InputStream input = process.getInputStream();
        try {
            for (int octets = input.read(part); octets >= 0; octets = input.read(part)) {
                keep(part, octets);
            }
        } catch (IOException e) {
            // The process was killed; its output is no longer needed.
        }
    }

    private synchronized void keep(byte[] part, int octets) {
        output.write(part, 0, Math.min(octets, OUTPUT_MAX_OCTETS - output.size()));
    }

    private String output() throws InterruptedException {
        reader.join(REST_MILLIS);
        synchronized (this) {
            return output.toString(StandardCharsets.UTF_8).strip();
        }
    }

    /** Lists the children first: when their parent ends, they get another one. */
    private void kill() {
        if (process.isAlive()) {
            List<ProcessHandle> children = process.descendants().toList();
            process.destroyForcibly();
            children.forEach(ProcessHandle::destroyForcibly);
        }
    }
}
