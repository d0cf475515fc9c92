package io.github.natexd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages with promises name the tests that prove them: each row with a promise names an existing test. */
class PromisesTest {
    private static final Pattern TEST = Pattern.compile("`(\\w+Test\\.\\w+)`");
    private static final Pattern HEAD = Pattern.compile("\\| (what|an attacker cannot) \\|.* (held by|test) \\|");

    @ParameterizedTest
    @ValueSource(strings = {"src/site/markdown/security.md", "src/site/markdown/stability.md"})
    void everyNamedTestExists(String page) throws Exception {
        Map<String, Class<?>> classes = NamedTests.classes(NamedTests.TESTS);
        List<String> named = TEST.matcher(Files.readString(Path.of(page)))
                .results()
                .map(found -> found.group(1))
                .toList();

        assertTrue(named.size() > 5, named::toString);
        assertEquals(
                List.of(),
                named.stream().filter(test -> !NamedTests.exists(test, classes)).toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"src/site/markdown/security.md", "src/site/markdown/stability.md"})
    void everyPromiseNamesATest(String page) throws Exception {
        int rows = 0;
        boolean promises = false;
        for (String line : Files.readAllLines(Path.of(page))) {
            Matcher head = HEAD.matcher(line);
            if (head.matches() || !line.startsWith("|")) {
                promises = head.matches();
            } else if (promises && !line.startsWith("|---")) {
                rows++;
                assertTrue(TEST.matcher(line).find(), line);
            }
        }
        assertTrue(rows > 5, page + " has " + rows + " promises");
    }
}
