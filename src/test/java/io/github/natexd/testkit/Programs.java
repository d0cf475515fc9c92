package io.github.natexd.testkit;

import io.github.natexd.lab.Lab;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Programs that run on this machine itself, not in a lab. */
public final class Programs {
    private Programs() {}

    /** Runs a program and waits for its end; the output includes stderr. */
    public static Lab.Result run(Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Lab.Result(process.waitFor(), output);
    }
}
