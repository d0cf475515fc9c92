package io.github.natexd.mapping;

import java.util.List;

/**
 * A bounded part of the live mappings. A mapping that lives from the first page to the last is in exactly one of them.
 *
 * @param next where the next page begins, {@link #END} if there is none
 */
public record MappingPage(List<MappingRow> rows, int next) {
    public static final int END = -1;

    static final int ROWS_LIMIT = 512;
}
