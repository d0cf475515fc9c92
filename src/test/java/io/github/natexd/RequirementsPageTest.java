package io.github.natexd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page of requirements names existing code and tests, and counts what no test shows; tests name what they show. */
class RequirementsPageTest {
    private static final String PAGE = "rfc5508.md";
    private static final String NOT_SHOWN = "not shown yet";
    private static final int LAST_NUMBER = 54;
    /** A number that was never used. */
    private static final int GAP = 31;

    private static final Path MAIN = Path.of("src/main/java");
    /** Files that are not classes; the page names a word that they contain. */
    private static final Map<String, Path> SCRIPTS = Map.of(
            "natexd-rules", Path.of("nftables/natexd-rules"), "natexd.service", Path.of("systemd/natexd.service"));

    @Test
    void everyNumberHasOneRow() {
        List<String> expected = IntStream.rangeClosed(1, LAST_NUMBER)
                .filter(number -> number != GAP)
                .mapToObj(number -> "R" + number)
                .sorted()
                .toList();

        assertEquals(
                expected,
                requirements().stream().map(row -> row.get(0)).sorted().toList());
    }

    @Test
    void everyRowIsComplete() {
        for (List<String> row : requirements()) {
            assertEquals(5, row.size(), row::toString);
            assertTrue(row.stream().noneMatch(String::isEmpty), row::toString);
        }
    }

    @Test
    void everyNamedPieceOfCodeExists() throws Exception {
        Map<String, Class<?>> classes = NamedTests.classes(MAIN);
        for (List<String> row : requirements()) {
            for (String name : MarkdownTable.code(row.get(2))) {
                assertTrue(exists(name, classes), () -> row.get(0) + " names " + name);
            }
            boolean some = !MarkdownTable.code(row.get(2)).isEmpty();
            assertTrue(some || row.get(3).equals(NOT_SHOWN), () -> row.get(0) + " is shown, so its code has a name");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Requirements, 3",
        "Corner cases in which others had bugs, 2",
        "What each client must find intact, 2",
    })
    void everyNamedTestExists(String heading, int column) throws Exception {
        Map<String, Class<?>> classes = NamedTests.classes(NamedTests.TESTS);
        List<List<String>> rows = MarkdownTable.rows(PAGE, heading);
        assertFalse(rows.isEmpty());
        for (List<String> row : rows) {
            List<String> named = tests(row.get(column));
            for (String test : named) {
                assertTrue(NamedTests.exists(test, classes), () -> row + " names " + test + "; a test is Class.method");
            }
            assertTrue(
                    !named.isEmpty() || row.get(column).startsWith(NOT_SHOWN),
                    () -> row + ": neither tests nor \"" + NOT_SHOWN + '"');
        }
    }

    @Test
    void everyNumberStandsInTheNameOfATestOfItsRow() throws Exception {
        Map<String, Class<?>> classes = NamedTests.classes(NamedTests.TESTS);
        for (List<String> row : requirements()) {
            List<String> named = tests(row.get(3));
            boolean carried = named.stream()
                    .map(test -> test.split("\\."))
                    .flatMap(parts -> NamedTests.of(classes.get(parts[0])).filter(NamedTests.isNamed(parts[1])))
                    .anyMatch(test -> RequirementNumbers.of(test).contains(row.get(0)));
            assertTrue(
                    carried || named.isEmpty(),
                    () -> "none of the tests " + named + " has a @DisplayName that begins with " + row.get(0));
        }
    }

    @Test
    void numbersStandInFrontOfATestsName() throws Exception {
        List<String> elsewhere = NamedTests.classes(NamedTests.TESTS).values().stream()
                .flatMap(NamedTests::of)
                .filter(RequirementNumbers::isOutOfPlace)
                .map(Method::toString)
                .toList();

        assertEquals(List.of(), elsewhere, "write @DisplayName(\"R5, R9-R11: what holds\")");
    }

    /**
     * The number of rows that no test shows, and of those that tests show only in part. If you add tests, lower the
     * numbers; if you must raise one, give the reason in the commit.
     */
    @ParameterizedTest
    @CsvSource({
        "Requirements, 3, 0, 0",
        "Corner cases in which others had bugs, 2, 0, 0",
        "What each client must find intact, 2, 1, 3",
    })
    void whatIsNotShownIsCounted(String heading, int column, int none, int partly) {
        List<String> cells = MarkdownTable.rows(PAGE, heading).stream()
                .map(row -> row.get(column))
                .filter(cell -> cell.contains(NOT_SHOWN))
                .toList();
        List<String> without =
                cells.stream().filter(cell -> tests(cell).isEmpty()).toList();

        assertEquals(none, without.size(), () -> "rows without a test: " + without);
        assertEquals(partly, cells.size() - without.size(), () -> "rows shown in part: " + cells);
    }

    private static List<List<String>> requirements() {
        return MarkdownTable.rows(PAGE, "Requirements");
    }

    /** The tests of a cell; its text about the part that is not shown may quote options. */
    private static List<String> tests(String cell) {
        return MarkdownTable.code(cell.split(NOT_SHOWN, 2)[0]);
    }

    private static boolean exists(String name, Map<String, Class<?>> classes) throws IOException {
        String[] words = name.split(" ");
        if (words.length == 2 && SCRIPTS.containsKey(words[0])) {
            return Files.readString(SCRIPTS.get(words[0])).lines().anyMatch(line -> line.startsWith(words[1]));
        }
        String[] parts = name.split("#");
        Class<?> type = classes.get(parts[0]);
        return type != null
                && (parts.length == 1
                        || methods(type).anyMatch(method -> method.getName().equals(parts[1])));
    }

    private static Stream<Method> methods(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods());
    }
}
