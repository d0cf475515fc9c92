package io.github.natexd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.cli.CommandTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The manual has exactly the options, keys and exit codes that exist. */
class ManPagesTest {
    private static final Pattern OPTION = Pattern.compile("\\bFl -([a-z][a-z-]+)");
    private static final Pattern WORD_OPTION = Pattern.compile("(?<![\\w-])--([a-z][a-z-]+)");
    private static final Pattern ITEM_CODE = Pattern.compile("(?m)^\\.It (\\d+)$");
    /** The options that the manual describes once, for all commands that have them. */
    private static final Set<String> SHARED = Set.of("help", "version", "json", "plain", "socket");

    @Test
    void natexctlsPageHasASectionForEachCommandWithItsOptions() throws IOException {
        Map<String, String> sections = sections("natexctl.1");
        Map<String, Set<String>> commands = CommandTree.optionsOfCommands();
        assertFalse(commands.isEmpty());
        assertEquals(new TreeSet<>(SHARED), items(sections.get("DESCRIPTION")));
        commands.forEach((command, options) -> {
            assertTrue(sections.containsKey(command), "natexctl.1 has no .Ss " + command);
            // The demo has the options of a lab and refers to them.
            if (!command.equals("lab demo")) {
                Set<String> expected = new TreeSet<>(options);
                expected.removeAll(SHARED);
                Set<String> own = items(sections.get(command));
                own.removeAll(SHARED);
                assertEquals(expected, own, command);
            }
        });
    }

    @Test
    void natexdsPageHasItsOptionsAndExitCodes() throws IOException {
        String usage = Files.readString(Path.of("src/main/java/io/github/natexd/daemon/Arguments.java"));
        usage = usage.substring(usage.indexOf("Usage:"), usage.indexOf("formatted"));
        String page = page("natexd.8");
        assertEquals(found(WORD_OPTION, usage), items(page));
        String codes = Files.readString(Path.of("src/main/java/io/github/natexd/daemon/ExitCode.java"));
        assertEquals(found(Pattern.compile("\\b[A-Z_]+\\((\\d+)\\)"), codes), found(ITEM_CODE, page));
    }

    @Test
    void keepalivesPageHasTheOptionAndTheExitCodesOfNatexd() throws IOException {
        String page = page("natexd-keepalive.8");
        assertEquals(Set.of("config"), items(page));
        assertEquals(found(ITEM_CODE, page("natexd.8")), found(ITEM_CODE, page));
    }

    @Test
    void theRulesPageHasTheOptionsAndExitCodesOfTheScript() throws IOException {
        String script = Files.readString(Path.of("nftables/natexd-rules"));
        String help = script.substring(script.indexOf("Usage:"), script.indexOf("\nEOF"));
        String page = page("natexd-rules.8");
        assertEquals(found(WORD_OPTION, help), items(page));
        String codes = script.lines()
                .filter(line -> line.startsWith("OK="))
                .findFirst()
                .orElseThrow();
        assertEquals(found(Pattern.compile("=(\\d+)"), codes), found(ITEM_CODE, page));
    }

    /** The keys in the shipped file, which has all of them, as ConfigReaderTest checks. */
    @Test
    void theConfigurationsPageHasEveryTableAndKeyOfTheShippedFileInItsOrder() throws IOException {
        List<String> expected = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("src/main/dist/etc/natexd.toml"))) {
            if (line.startsWith("[")) {
                expected.add(line);
            } else if (line.matches("#[a-z-]+ = .*")) {
                expected.add(line.substring(1, line.indexOf(' ')));
            }
        }
        List<String> named = page("natexd.toml.5")
                .lines()
                .filter(line -> line.startsWith(".Ss [") || line.startsWith(".It Ic "))
                .map(line -> line.replaceFirst("\\.(Ss|It Ic) ", ""))
                .toList();
        assertEquals(expected, named);
    }

    private static String page(String name) throws IOException {
        return Files.readString(Path.of("src/main/man", name));
    }

    /** The text below each {@code .Ss} heading. */
    private static Map<String, String> sections(String name) throws IOException {
        Map<String, String> sections = new LinkedHashMap<>();
        for (String section : page(name).split("(?m)^\\.S[sh] ")) {
            int end = section.indexOf('\n');
            sections.put(section.substring(0, end), section.substring(end));
        }
        return sections;
    }

    /** The long options that have an item of a list. */
    private static Set<String> items(String text) {
        StringBuilder lines = new StringBuilder();
        text.lines().filter(line -> line.startsWith(".It Fl ")).forEach(line -> lines.append(line)
                .append('\n'));
        return found(OPTION, lines);
    }

    private static Set<String> found(Pattern pattern, CharSequence text) {
        return pattern.matcher(text)
                .results()
                .map((MatchResult result) -> result.group(1))
                .collect(TreeSet::new, Set::add, Set::addAll);
    }
}
