package io.github.natexd.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Any text is a configuration that can be written and read again, or a mistake with its place. */
class ConfigFuzzTest {
    private static final Path FILE = Path.of("natexd.toml");

    @FuzzTest
    void anyText(byte[] octets) throws ConfigException {
        String text = new String(octets, StandardCharsets.UTF_8);
        EffectiveConfig read;
        try {
            read = ConfigReader.readEffective(FILE, text);
        } catch (ConfigException e) {
            checkMistake(e, text.lines().count() + 1);
            return;
        }
        String written = ConfigText.of(read.config());
        assertEquals(read.config(), ConfigReader.readEffective(FILE, written).config(), written);
    }

    private static void checkMistake(ConfigException e, long lines) {
        assertTrue(e.isMistake());
        assertFalse(e.problems().isEmpty());
        for (ConfigException.Problem problem : e.problems()) {
            assertTrue(problem.line() >= 1 && problem.line() <= lines, problem::toString);
            assertTrue(problem.column() >= 1, problem::toString);
            assertFalse(problem.message().isBlank());
        }
    }
}
