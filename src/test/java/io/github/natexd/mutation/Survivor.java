package io.github.natexd.mutation;

import io.github.natexd.MarkdownTable;
import java.util.List;

/**
 * A change of the code that no test has found. Without the line's number, because that changes with every edit above.
 *
 * @param place {@code Class.method}
 * @param code the line that was changed, as it is in the source
 * @param change what PIT calls the change
 */
record Survivor(String place, String code, String change) {
    /** Those that the page explains below this room's heading. A line that several changes survive has as many rows. */
    static List<Survivor> explained(String page, String room) {
        return MarkdownTable.rows(page, room).stream().map(Survivor::of).toList();
    }

    private static Survivor of(List<String> row) {
        return new Survivor(unquoted(row.get(0)), unquoted(row.get(1)), row.get(2));
    }

    private static String unquoted(String cell) {
        return String.join("", MarkdownTable.code(cell));
    }

    /** As a row of the page, without a reason. */
    String row() {
        return "| `" + place + "` | `" + code.replace("|", "\\|") + "` | " + change + " |";
    }
}
