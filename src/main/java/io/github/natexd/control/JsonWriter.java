package io.github.natexd.control;

import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/**
 * Writes one JSON document (RFC 8259) piece by piece, with a line for each member or element, or all in one line. It
 * allocates nothing for the pieces: natexctl writes thousands of lines a second while it watches.
 */
public final class JsonWriter {
    private static final String INDENT = "  ";
    private static final char FIRST_PRINTABLE = 0x20;
    private static final char LAST_PRINTABLE = 0x7E;
    private static final char REPLACEMENT = 0xFFFD;

    /** The limit of nested objects and arrays. */
    private static final int DEPTH_LIMIT = Long.SIZE - 1;

    /** So many characters are collected before they are printed. */
    private static final int FLUSH_LENGTH = 8 * 1024;

    private final StringBuilder text;
    private final @Nullable PrintWriter out;
    private final boolean indented;
    private int depth;
    /** One bit for each open object or array: whether it already has a member or element; the innermost is bit 0. */
    private long filled;

    private boolean named;

    private JsonWriter(StringBuilder text, @Nullable PrintWriter out, boolean indented) {
        this.text = text;
        this.out = out;
        this.indented = indented;
    }

    /** Writes a line for each member or element; each document ends with LF. */
    public static JsonWriter indented(PrintWriter out) {
        return new JsonWriter(new StringBuilder(), out, true);
    }

    /** Appends each document as one line, which ends with LF. */
    public static JsonWriter oneLine(StringBuilder out) {
        return new JsonWriter(out, null, false);
    }

    public JsonWriter beginObject() {
        return begin('{');
    }

    public JsonWriter endObject() {
        return end('}');
    }

    public JsonWriter beginArray() {
        return begin('[');
    }

    public JsonWriter endArray() {
        return end(']');
    }

    /** Writes the name of the member whose value follows. */
    public JsonWriter name(String name) {
        separate();
        quote(name);
        text.append(indented ? ": " : ":");
        named = true;
        return this;
    }

    public JsonWriter value(long number) {
        separate();
        text.append(number);
        return finish();
    }

    public JsonWriter value(boolean truth) {
        separate();
        text.append(truth);
        return finish();
    }

    public JsonWriter value(@Nullable String string) {
        separate();
        if (string == null) {
            text.append("null");
        } else {
            quote(string);
        }
        return finish();
    }

    private JsonWriter begin(char bracket) {
        separate();
        text.append(bracket);
        named = false;
        if (depth == DEPTH_LIMIT) {
            throw new IllegalStateException("more than " + DEPTH_LIMIT + " nested objects and arrays");
        }
        depth++;
        filled <<= 1;
        return this;
    }

    private JsonWriter end(char bracket) {
        if (depth == 0) {
            throw new IllegalStateException("there is no open object or array");
        }
        boolean hadMembers = (filled & 1) != 0;
        depth--;
        filled >>>= 1;
        if (hadMembers) {
            newLine();
        }
        text.append(bracket);
        return finish();
    }

    private JsonWriter finish() {
        if (depth == 0) {
            text.append('\n');
        }
        named = false;
        if (out != null && (depth == 0 || text.length() > FLUSH_LENGTH)) {
            out.append(text);
            text.setLength(0);
        }
        return this;
    }

    /** Writes the comma before all but the first, and a line end; nothing between a name and its value. */
    private void separate() {
        if (named || depth == 0) {
            return;
        }
        if ((filled & 1) != 0) {
            text.append(',');
        }
        filled |= 1;
        newLine();
    }

    private void newLine() {
        if (indented) {
            text.append('\n');
            for (int i = 0; i < depth; i++) {
                text.append(INDENT);
            }
        }
    }

    /** Writes only ASCII, which is the same in all output encodings; half a surrogate pair becomes U+FFFD. */
    private void quote(String string) {
        text.append('"');
        if (isPlain(string)) {
            text.append(string);
        } else {
            string.codePoints().forEach(this::quote);
        }
        text.append('"');
    }

    private static boolean isPlain(String string) {
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            if (c < FIRST_PRINTABLE || c > LAST_PRINTABLE || c == '"' || c == '\\') {
                return false;
            }
        }
        return true;
    }

    private void quote(int point) {
        if (point == '"' || point == '\\') {
            text.append('\\').append((char) point);
        } else if (point >= FIRST_PRINTABLE && point <= LAST_PRINTABLE) {
            text.append((char) point);
        } else {
            boolean half = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
            for (char unit : Character.toChars(half ? REPLACEMENT : point)) {
                text.append("\\u%04x".formatted((int) unit));
            }
        }
    }
}
