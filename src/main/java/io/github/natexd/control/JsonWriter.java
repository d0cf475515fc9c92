package io.github.natexd.control;

import java.io.PrintWriter;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Writes one JSON document (RFC 8259) piece by piece, with a line for each member or element, or all in one line. */
public final class JsonWriter {
    private static final String INDENT = "  ";
    private static final char FIRST_PRINTABLE = 0x20;
    private static final char LAST_PRINTABLE = 0x7E;
    private static final char REPLACEMENT = 0xFFFD;

    private final PrintWriter out;
    private final boolean indented;
    /** For each open object or array, whether it already has a member or element. */
    private final Deque<Boolean> filled = new ArrayDeque<>();

    private boolean named;

    private JsonWriter(PrintWriter out, boolean indented) {
        this.out = out;
        this.indented = indented;
    }

    /** Writes a line for each member or element; each document ends with LF. */
    public static JsonWriter indented(PrintWriter out) {
        return new JsonWriter(out, true);
    }

    /** Writes each document as one line, which ends with LF. */
    public static JsonWriter oneLine(PrintWriter out) {
        return new JsonWriter(out, false);
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
        out.print(indented ? ": " : ":");
        named = true;
        return this;
    }

    public JsonWriter value(long number) {
        separate();
        out.print(number);
        return finish();
    }

    public JsonWriter value(boolean truth) {
        separate();
        out.print(truth);
        return finish();
    }

    public JsonWriter value(@Nullable String text) {
        separate();
        if (text == null) {
            out.print("null");
        } else {
            quote(text);
        }
        return finish();
    }

    private JsonWriter begin(char bracket) {
        separate();
        out.print(bracket);
        named = false;
        filled.push(false);
        return this;
    }

    private JsonWriter end(char bracket) {
        if (filled.pop()) {
            newLine();
        }
        out.print(bracket);
        return finish();
    }

    private JsonWriter finish() {
        if (filled.isEmpty()) {
            out.print('\n');
        }
        named = false;
        return this;
    }

    /** Writes the comma before all but the first, and a line end; nothing between a name and its value. */
    private void separate() {
        if (named || filled.isEmpty()) {
            return;
        }
        if (filled.pop()) {
            out.print(',');
        }
        filled.push(true);
        newLine();
    }

    private void newLine() {
        if (indented) {
            out.print('\n');
            out.print(INDENT.repeat(filled.size()));
        }
    }

    /** Writes only ASCII, which is the same in all output encodings; half a surrogate pair becomes U+FFFD. */
    private void quote(String text) {
        out.print('"');
        text.codePoints().forEach(point -> {
            if (point == '"' || point == '\\') {
                out.print('\\');
                out.print((char) point);
            } else if (point >= FIRST_PRINTABLE && point <= LAST_PRINTABLE) {
                out.print((char) point);
            } else {
                boolean half = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
                for (char unit : Character.toChars(half ? REPLACEMENT : point)) {
                    out.printf("\\u%04x", (int) unit);
                }
            }
        });
        out.print('"');
    }
}
