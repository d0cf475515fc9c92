package io.github.natexd.testkit;

import io.github.natexd.lab.Lab;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Programs that run on this machine itself, not in a lab. */
public final class Programs {
    private Programs() {}

    /** Runs a program to its end; the output holds what it wrote to stderr too. */
    public static Lab.Result run(Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Lab.Result(process.waitFor(), output);
    }
}
