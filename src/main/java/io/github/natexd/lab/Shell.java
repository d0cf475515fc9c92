package io.github.natexd.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs commands, and waits for their end. */
public final class Shell {
    public static final Duration LIMIT = Duration.ofSeconds(30);

    private Shell() {}

    /** @throws IllegalStateException with the command and its output, if it fails */
    public static String run(@Nullable String input, String... command) {
        Lab.Result result = result(input, LIMIT, List.of(command));
        if (result.exitCode() != 0) {
            throw new IllegalStateException(
                    String.join(" ", command) + ": " + result.output().strip());
        }
        return result.output();
    }

    /** @param input text for the command's standard input, or null for none */
    public static Lab.Result result(@Nullable String input, Duration limit, List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            CompletableFuture<String> output = CompletableFuture.supplyAsync(() -> text(process.getInputStream()));
            try (var out = process.getOutputStream()) {
                if (input != null) {
                    out.write(input.getBytes(StandardCharsets.UTF_8));
                }
            }
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(
                        String.join(" ", command) + ": still running after " + limit.toSeconds() + " s");
            }
            return new Lab.Result(process.exitValue(), output.join());
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", command) + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + String.join(" ", command), e);
        }
    }

    private static String text(InputStream in) {
        try {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
