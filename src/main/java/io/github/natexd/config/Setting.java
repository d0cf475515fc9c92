package io.github.natexd.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One key of natexd.toml with the value that counts, and where that comes from.
 *
 * @param value a Long, Boolean, String or a list of Strings; null where the key is not set and has no default
 * @param line where the file sets it, from 1; {@link #DEFAULT} if the file does not; {@link #BEFORE} if the file, read
 *     again, says something else that waits for a restart
 */
public record Setting(String table, String key, @Nullable Object value, int line) {
    public static final int DEFAULT = 0;
    public static final int BEFORE = -1;

    /** As {@code queue.number}. */
    public String name() {
        return table + "." + key;
    }

    /** The value as TOML spells it; empty if there is none. */
    public String toml() {
        if (value instanceof List<?> list) {
            return list.stream().map(Setting::literal).toList().toString();
        }
        return value == null ? "" : literal(value);
    }

    /** A basic string of TOML 1.0 with its escapes, or a number or truth value as it is. */
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
