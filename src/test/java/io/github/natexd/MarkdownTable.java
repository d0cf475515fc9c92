package io.github.natexd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The tables of a page, so that tests can compare it with the program. */
public final class MarkdownTable {
    private static final Path PAGES = Path.of("src/site/markdown");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    private MarkdownTable() {}

    /** The rows of all tables below a heading of level two, without header rows; each row is a list of cells. */
    public static List<List<String>> rows(String page, String heading) {
        List<List<String>> rows = new ArrayList<>();
        boolean below = false;
        boolean inBody = false;
        for (String line : lines(page)) {
            if (line.startsWith("## ") || line.startsWith("# ")) {
                below = line.replaceFirst("#+ ", "").equals(heading);
            }
            boolean ruler = line.startsWith("|---");
            boolean row = line.startsWith("|");
            if (below && row && inBody) {
                rows.add(cells(line));
            }
            inBody = row && (ruler || inBody);
        }
        return rows;
    }

    /** The texts in backquotes. */
    public static List<String> code(String cell) {
        return CODE.matcher(cell).results().map(MarkdownTable::quoted).toList();
    }

    private static String quoted(MatchResult match) {
        return match.group(1);
    }

    /** A bar that is part of a cell has a backslash in front of it. */
    private static List<String> cells(String line) {
        String[] parts = line.split("(?<!\\\\)\\|", -1);
        return Arrays.stream(parts, 1, parts.length - 1)
                .map(cell -> cell.replace("\\|", "|").strip())
                .toList();
    }

    private static List<String> lines(String page) {
        try {
            return Files.readAllLines(PAGES.resolve(page));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
