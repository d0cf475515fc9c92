package io.github.natexd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page of manners names existing tests for each of them. */
class MannersPageTest {
    @ParameterizedTest
    @CsvSource({"What the best tools offer, 15", "What users of other desktop NATs ask for, 5"})
    void everyRowNamesTestsThatExist(String heading, int rows) throws Exception {
        Map<String, Class<?>> classes = NamedTests.classes(NamedTests.TESTS);
        List<List<String>> table = MarkdownTable.rows("manners.md", heading);

        assertEquals(rows, table.size());
        for (List<String> row : table) {
            assertEquals(3, row.size(), row::toString);
            List<String> tests = MarkdownTable.code(row.get(2));
            assertFalse(tests.isEmpty(), row::toString);
            tests.forEach(test -> assertTrue(NamedTests.exists(test, classes), () -> row.get(0) + " names " + test));
        }
    }
}
