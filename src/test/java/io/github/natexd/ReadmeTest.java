package io.github.natexd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.testkit.Readme;
import io.github.natexd.testkit.Readme.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Commands stand where ReadmeContainerTest finds them, and {@link Readme#RUN_ELSEWHERE} tells the truth. Whoever writes a command into the
 * README that a container without network and compiler cannot run says there who runs it.
 */
class ReadmeTest {
    private static final Pattern COMMAND_IN_PROSE =
            Pattern.compile("`(sudo|\\./dev|apt-get|systemctl|systemd-analyze|journalctl) [^`]+`");
    private static final Pattern OF_CI = Pattern.compile("\"\\$\\{as_root\\[@]}\" (.+)");

    @Test
    void commandsStandInBlocksWhereTestsFindThem() {
        String prose = Readme.text().replaceAll("(?s)```.*?```", "");

        assertEquals(
                List.of(),
                COMMAND_IN_PROSE
                        .matcher(prose)
                        .results()
                        .map(found -> found.group())
                        .toList());
    }

    @Test
    void whatIsRunElsewhereStandsInTheReadme() {
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
