package io.github.natexd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.testkit.Readme;
import io.github.natexd.testkit.Readme.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The README is short, its commands are where ReadmeContainerTest finds them, and {@link Readme#RUN_ELSEWHERE} is
 * correct: if a container without network and compiler cannot run a command, an entry there names the test that runs
 * it.
 */
class ReadmeTest {
    private static final int WORDS_MAX = 1100;
    private static final Pattern COMMAND_IN_PROSE =
            Pattern.compile("`(sudo|\\./dev|apt-get|systemctl|systemd-analyze|journalctl) [^`]+`");
    private static final Pattern OF_CI = Pattern.compile("\"\\$\\{as_root\\[@]}\" (.+)");

    @Test
    void theReadmeIsShort() {
        int words = Readme.read(Path.of("README.md")).strip().split("\\s+").length;

        assertTrue(
                words <= WORDS_MAX, () -> "README.md has " + words + " words, as wc -w counts; at most " + WORDS_MAX);
    }

    @Test
    void commandsStandInBlocksWhereTestsFindThem() {
        for (Path page : Readme.pages()) {
            String prose = Readme.read(page).replaceAll("(?s)```.*?```", "");
            List<String> found = COMMAND_IN_PROSE
                    .matcher(prose)
                    .results()
                    .map(MatchResult::group)
                    .toList();

            assertEquals(List.of(), found, page::toString);
        }
    }

    @Test
    @DisplayName("every command that is run elsewhere is in the README or in a page that it links")
    void whatIsRunElsewhereIsThere() {
        List<String> commands = Readme.commands().stream().map(Command::text).toList();
        List<String> unknown = Readme.RUN_ELSEWHERE.keySet().stream()
                .filter(command -> !commands.contains(command))
                .toList();

        assertEquals(List.of(), unknown);
    }

    @Test
    void whoIsSaidToRunACommandExists() throws Exception {
        Map<String, Class<?>> classes = NamedTests.classes(NamedTests.TESTS);
        List<String> ci = Files.readAllLines(Path.of(".ci/run")).stream()
                .map(OF_CI::matcher)
                .filter(matcher -> matcher.matches())
                .map(matcher -> matcher.group(1))
                .toList();
        Readme.RUN_ELSEWHERE.forEach((command, where) -> assertTrue(
                ci.contains(where) || NamedTests.exists(where, classes),
                () -> command + " is said to be run by " + where));
    }

    @Test
    void verbsOfDevAreThereInDev() throws Exception {
        String usage = Files.readString(Path.of("dev"));
        for (String verb : Readme.commands().stream()
                .map(Command::text)
                .filter(text -> text.matches("(sudo )?\\./dev .*"))
                .map(text -> text.replaceFirst("(sudo )?\\./dev ", "").split(" ")[0])
                .collect(Collectors.toSet())) {
            assertTrue(
                    Pattern.compile("(?m)^  " + verb + " ").matcher(usage).find(), () -> "./dev has no verb " + verb);
        }
    }
}
