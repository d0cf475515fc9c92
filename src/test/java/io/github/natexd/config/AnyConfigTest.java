package io.github.natexd.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** For every content of natexd.toml, reading returns a configuration, or reports mistakes with their places. */
class AnyConfigTest {
    private static final int CASES = 20_000;
    private static final Path SHIPPED = Path.of("src/main/dist/etc/natexd.toml");
    private static final String[] PIECES = {
        "[queue]",
        "number",
        " = ",
        "7",
        "\n",
        "[",
        "]",
        "{",
        "}",
        "\"",
        "'",
        "\"\"\"",
        "'''",
        ",",
        "#",
        ".",
        "\0",
        "\u007f",
        "\uFEFF",
        "\r",
        "=",
        "-",
        "+",
        "_",
        "1e9",
        "0x",
        "inf",
        "nan",
        "1979-05-27T07:32:00Z",
        "\\",
        "\\u0000",
        "\\U00110000",
        "true",
        "[[relay]]",
        "errors = [",
        "\"time-exceeded\"",
        "l={\"\",#\0\0",
        "é",
        "\uD800"
    };

    @TempDir
    private Path directory;

    @Test
    @DisplayName("an input on which the TOML library fails is a mistake with a place")
    void aFileThatTheLibraryFailsOnIsAMistakeWithAPlace() throws IOException {
        ConfigException mistake = mistake("[queue]\nnumber = 7\nl={\"\",#\0\0");

        assertEquals(1, mistake.problems().size(), mistake.getMessage());
        assertEquals(3, mistake.problems().get(0).line());
        assertTrue(mistake.getMessage().contains("not TOML"), mistake.getMessage());
    }

    @Test
    void bracketsNestedTooDeeplyAreAMistakeWithAPlace() throws IOException {
        ConfigException mistake = mistake("\na = " + "[".repeat(100_000));

        assertEquals(2, mistake.problems().get(0).line(), mistake.getMessage().substring(0, 100));
    }

    @Test
    void anyPiecesInAnyOrderAreReadOrRefused() throws IOException {
        SplittableRandom random = new SplittableRandom(2026);
        List<String> lines = Files.readAllLines(SHIPPED);
        int refused = 0;
        for (int i = 0; i < CASES; i++) {
            StringBuilder text = new StringBuilder();
            if (random.nextBoolean()) {
                text.append(lines.get(random.nextInt(lines.size())).replaceFirst("^#", ""))
                        .append('\n');
            }
            for (int piece = random.nextInt(12); piece >= 0; piece--) {
                text.append(PIECES[random.nextInt(PIECES.length)]);
            }
            refused += isRefused(text.toString()) ? 1 : 0;
        }
        assertTrue(refused > CASES / 2 && refused < CASES, refused + " refused");
    }

    private boolean isRefused(String text) throws IOException {
        try {
            ConfigReader.read(file(text));
            return false;
        } catch (ConfigException e) {
            assertTrue(e.problems().get(0).message().length() > 10, e.getMessage());
            return true;
        }
    }

    private ConfigException mistake(String text) throws IOException {
        Path file = file(text);
        return assertThrows(ConfigException.class, () -> ConfigReader.read(file));
    }

    private Path file(String text) throws IOException {
        Path file = directory.resolve("natexd.toml");
        Files.write(file, text.getBytes(StandardCharsets.UTF_8));
        return file;
    }
}
