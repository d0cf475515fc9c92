package io.github.natexd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CheckConfigCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory;

    @Test
    void endsWithZeroForAGoodFile() throws Exception {
        Path file = Files.writeString(directory.resolve("natexd.toml"), "[probes]\nmax-ttl = 255\n");

        assertEquals(0, execute(file.toString()));
        assertEquals(file + ": no mistakes\n", out.toString());
    }

    @Test
    void tellsEachMistakeOnALineAndEndsWith78() throws Exception {
        Path file = Files.writeString(directory.resolve("natexd.toml"), "[probes]\nmax-ttl = 0\nttl = 1\n");

        assertEquals(78, execute(file.toString()));
        assertEquals(2, err.toString().lines().count());
        assertTrue(err.toString().startsWith(file + ":2:1: max-ttl = 0 is out of range"), err.toString());
    }

    @Test
    void endsWith78ForAMissingFile() {
        assertEquals(78, execute(directory.resolve("none.toml").toString()));
        assertTrue(err.toString().contains("none.toml: no such file"), err.toString());
    }

    @Test
    void endsWithTwoForAWrongCommandLine() {
        assertEquals(2, execute("--colour"));
    }

    private int execute(String... arguments) {
        return new CommandLine(new CheckConfigCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
