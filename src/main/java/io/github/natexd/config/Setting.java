package io.github.natexd.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One key of natexd.toml with its effective value, and where the value comes from.
 *
 * @param value a Long, Boolean, String or a list of Strings; null if the key is not set and has no default
 * @param line where the file sets it, from 1; {@link #DEFAULT} if the file does not; {@link #BEFORE} if the reloaded
 *     file has another value, which needs a restart
 */
public record Setting(String table, String key, @Nullable Object value, int line) {
    public static final int DEFAULT = 0;
    public static final int BEFORE = -1;

    /** The name, like {@code queue.number}. */
    public String name() {
        return table + "." + key;
    }

    /** The value in TOML; empty if there is none. */
    public String toml() {
        if (value instanceof List<?> list) {
            return list.stream().map(Setting::literal).toList().toString();
        }
        return value == null ? "" : literal(value);
    }

    /** A basic string of TOML 1.0 with its escapes; a number or truth value unchanged. */
    private static String literal(Object value) {
        if (!(value instanceof String text)) {
            return value.toString();
        }
        StringBuilder literal = new StringBuilder("\"");
        text.codePoints().forEach(point -> {
            if (point == '"' || point == '\\') {
                literal.append('\\').appendCodePoint(point);
            } else if (point < ' ' || point == 0x7F) {
                literal.append("\\u%04x".formatted(point));
            } else {
                literal.appendCodePoint(point);
            }
        });
        return literal.append('"').toString();
    }
}
