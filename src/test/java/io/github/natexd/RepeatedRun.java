package io.github.natexd;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.regex.Pattern;

/**
 * A run of lines that stands in two places. Indentation does not matter. Lines that hold no code of their own do not
 * count: blank lines, lone punctuation, {@code @Override}, imports and package lines. Accessors that implement the same
 * interface are therefore no run.
 *
 * @param first where it begins, as {@code file:line}
 * @param second where it begins again
 */
record RepeatedRun(String first, String second, List<String> lines) {
    private static final Pattern NOT_COUNTED = Pattern.compile("\\W*|@Override|(import|package) .*");

    private record Line(String file, int number, String text) {
        String place() {
            return file + ":" + number;
        }
    }

    /**
     * Finds the longest runs of at least {@code least} lines that stand twice.
     *
     * @param sources the text of each file
     */
    static List<RepeatedRun> find(SortedMap<String, String> sources, int least) {
        List<Line> lines = new ArrayList<>();
        sources.forEach((file, text) -> lines.addAll(lines(file, text)));
        List<RepeatedRun> runs = new ArrayList<>();
        Map<List<String>, Integer> known = new HashMap<>();
        int end = 0;
        for (int i = 0; i + least <= lines.size(); i++) {
            if (lines.get(i).file().equals(lines.get(i + least - 1).file())) {
                Integer before = known.putIfAbsent(texts(lines.subList(i, i + least)), i);
                if (before != null && before + least <= i && i >= end) {
                    int length = commonLength(lines, before, i);
                    List<String> run = texts(lines.subList(i, i + length));
                    runs.add(new RepeatedRun(
                            lines.get(before).place(), lines.get(i).place(), run));
                    end = i + length;
                }
            }
        }
        return runs;
    }

    private static List<Line> lines(String file, String text) {
        List<Line> lines = new ArrayList<>();
        int number = 0;
        for (String line : text.lines().map(String::strip).toList()) {
            number++;
            if (!NOT_COUNTED.matcher(line).matches()) {
                lines.add(new Line(file, number, line));
            }
        }
        return lines;
    }

    private static List<String> texts(List<Line> lines) {
        return lines.stream().map(Line::text).toList();
    }

    /** How many lines are the same from both places on, within one file each and without overlap. */
    private static int commonLength(List<Line> lines, int first, int second) {
        int length = 0;
        while (first + length < second
                && second + length < lines.size()
                && isSame(lines, first, first + length)
                && isSame(lines, second, second + length)
                && lines.get(first + length)
                        .text()
                        .equals(lines.get(second + length).text())) {
            length++;
        }
        return length;
    }

    private static boolean isSame(List<Line> lines, int one, int other) {
        return lines.get(one).file().equals(lines.get(other).file());
    }

    @Override
    public String toString() {
        return first + " and " + second + " share " + lines.size() + " lines:\n    " + String.join("\n    ", lines)
                + "\n";
    }
}
