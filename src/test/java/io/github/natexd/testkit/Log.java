package io.github.natexd.testkit;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Collects the log while it is open: slf4j-simple writes to the current {@code System.err}. */
public final class Log implements AutoCloseable {
    private final PrintStream before = System.err;
    private final ByteArrayOutputStream octets = new ByteArrayOutputStream();

    public Log() {
        System.setErr(new PrintStream(octets, true, StandardCharsets.UTF_8));
    }

    public String text() {
        return octets.toString(StandardCharsets.UTF_8);
    }

    /** The lines of this level, each from the name of the level on. */
    public List<String> lines(String level) {
        return text().lines()
                .filter(line -> line.contains(level + " "))
                .map(line -> line.substring(line.indexOf(level + " ")))
                .toList();
    }

    @Override
    public void close() {
        System.setErr(before);
    }
}
