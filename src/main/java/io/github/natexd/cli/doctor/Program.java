package io.github.natexd.cli.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs other programs, from PATH or root's directories, in the C locale and for a limited time. */
public final class Program {
    public static final int NOT_FOUND = 127;

    private static final String SHELL = "PATH=$PATH:/usr/sbin:/sbin; LC_ALL=C; export PATH LC_ALL; exec \"$@\" 2>&1";
    private static final long LIMIT_SECONDS = 20;
    /** The rest of a longer output is not read. */
    private static final int OUTPUT_LIMIT = 8 << 20;

    private Program() {}

    /** A program's exit code, and what it wrote to both outputs, without surrounding white space. */
    public record Result(int exitCode, String text) {}

    /** Runs a program without input; its exit code is {@link #NOT_FOUND} if it does not exist. */
    public static Result run(List<String> command) throws IOException {
        return run(command, "");
    }

    public static Result run(List<String> command, String input) throws IOException {
        List<String> whole = new ArrayList<>(List.of("/bin/sh", "-c", SHELL, "sh"));
        whole.addAll(command);
        Process process = new ProcessBuilder(whole).start();
        try (InputStream output = process.getInputStream()) {
            Thread watchdog = watch(process);
            try (var out = process.getOutputStream()) {
                out.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // It ended without reading its input; its output says why.
            }
            String text = new String(output.readNBytes(OUTPUT_LIMIT), StandardCharsets.UTF_8).strip();
            int code = process.waitFor();
            watchdog.interrupt();
            return new Result(code, text);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while running " + command.get(0), e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static Thread watch(Process process) {
        Thread watchdog = new Thread(
                () -> {
                    try {
                        TimeUnit.SECONDS.sleep(LIMIT_SECONDS);
                        process.destroyForcibly();
                    } catch (InterruptedException e) {
                        // It ended in time.
                    }
                },
                "program watchdog");
        watchdog.setDaemon(true);
        watchdog.start();
        return watchdog;
    }
}
