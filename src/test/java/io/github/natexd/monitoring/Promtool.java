package io.github.natexd.monitoring;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.Lab;
import io.github.natexd.testkit.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Prometheus' promtool, which {@code ./dev test} unpacks from the distribution's package. */
final class Promtool {
    private static final Path UNPACKED = Path.of("target/prometheus/promtool");

    private Promtool() {}

    /** Runs {@code promtool words…}; its output includes stderr. */
    static Lab.Result run(String... words) throws IOException, InterruptedException {
        return Programs.run(
                Map.of(), Stream.concat(Stream.of(program()), Stream.of(words)).toArray(String[]::new));
    }

    /** Runs promtool with a file as its input. */
    static Lab.Result runWith(Path input, String... words) throws IOException, InterruptedException {
        String command = String.join(" ", List.of(words));
        return Programs.run(Map.of(), "sh", "-c", program() + " " + command + " <'" + input + "'");
    }

    private static String program() {
        assertTrue(Files.isExecutable(UNPACKED), UNPACKED + " is missing; ./dev test lab unpacks it");
        return UNPACKED.toString();
    }
}
