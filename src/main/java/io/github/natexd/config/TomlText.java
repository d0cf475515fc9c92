package io.github.natexd.config;

import io.github.natexd.config.ConfigException.Problem;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;

/**
 * Parses TOML, and throws nothing but a {@link ConfigException}. The library reports the mistakes that it expects; on
 * others it throws exceptions of its own, or overflows the stack in deeply nested brackets. In these cases the file is
 * not TOML either, and this class finds the place.
 */
final class TomlText {
    private TomlText() {}

    /** The document, and the mistakes that the library reports. */
    static TomlParseResult parse(Path file, String text) throws ConfigException {
        TomlParseResult parsed = parseOrNull(text);
        if (parsed == null) {
            throw new ConfigException(file, List.of(problem(text)));
        }
        return parsed;
    }

    private static @Nullable TomlParseResult parseOrNull(String text) {
        try {
            return Toml.parse(text);
        } catch (RuntimeException | AssertionError | StackOverflowError e) {
            return null;
        }
    }

    /** The place where the library fails: the end of the shortest prefix on which it fails. */
    private static Problem problem(String text) {
        int reads = 0;
        int fails = text.length();
        while (fails - reads > 1) {
            int middle = (reads + fails) >>> 1;
            if (parseOrNull(text.substring(0, middle)) == null) {
                fails = middle;
            } else {
                reads = middle;
            }
        }
        String before = text.substring(0, reads);
        int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
        int column = reads - before.lastIndexOf('\n');
        return new Problem(line, column, "this is not TOML; write key = value, with text in double quotes");
    }
}
