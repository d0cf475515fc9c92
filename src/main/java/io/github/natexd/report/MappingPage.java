package io.github.natexd.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * A bounded number of the live mappings. A mapping that lives while all pages are read is in exactly one of them.
 *
 * @param next where the next page begins, or {@link #END}
 */
public record MappingPage(List<MappingRow> rows, int next) {
    public static final int END = -1;

    public static final int ROWS_LIMIT = 512;
    /** How many numbers are read for one page at most: bounds its time. */
    private static final int READ_LIMIT = 8192;

    /**
     * The page that begins with number {@code from}.
     *
     * @param end all numbers are smaller
     * @param mapping the live mapping that has a number, if there is one; a mapping keeps its number
     */
    public static MappingPage of(int from, int end, IntFunction<Optional<MappingRow>> mapping) {
        List<MappingRow> rows = new ArrayList<>();
        int last = Math.min(end, from + READ_LIMIT);
        int number = from;
        for (; number < last && rows.size() < ROWS_LIMIT; number++) {
            mapping.apply(number).ifPresent(rows::add);
        }
        return new MappingPage(List.copyOf(rows), number < end ? number : END);
    }
}
