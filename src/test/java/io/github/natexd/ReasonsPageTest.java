package io.github.natexd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.report.Reason;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The page of reasons and the enum have the same reasons. */
class ReasonsPageTest {
    private static final List<List<String>> ROWS = MarkdownTable.rows("reasons.md", "Reasons");

    @Test
    @DisplayName("R48: the page has a row for every reason, with its name and text, in the order of the enum")
    void thePageIsTheEnum() {
        List<List<String>> expected = Arrays.stream(Reason.values())
                .map(reason -> List.of(reason.name().toLowerCase(Locale.ROOT).replace('_', '-'), reason.text()))
                .toList();

        assertEquals(expected, ROWS.stream().map(row -> row.subList(0, 2)).toList());
    }

    @Test
    void everyRowSaysWhatHostAndGuestGetAndByWhichRequirement() {
        Set<String> requirements = MarkdownTable.rows("rfc5508.md", "Requirements").stream()
                .map(row -> row.get(0))
                .collect(Collectors.toSet());
        for (List<String> row : ROWS) {
            assertEquals(5, row.size(), row::toString);
            assertTrue(row.stream().noneMatch(String::isEmpty), row::toString);
            assertTrue(requirements.containsAll(List.of(row.get(4).split(", "))), row::toString);
        }
    }
}
