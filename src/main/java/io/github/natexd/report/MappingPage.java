package io.github.natexd.report;

import java.util.List;

/**
 * A bounded number of the live mappings. A mapping that lives while all pages are read is in exactly one of them.
 *
 * @param next where the next page begins, or {@link #END}
 */
public record MappingPage(List<MappingRow> rows, int next) {
    public static final int END = -1;

    public static final int ROWS_LIMIT = 512;
}
