package io.github.natexd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.cli.CommandTree;
import io.github.natexd.lab.scenario.Scenario;
import io.github.natexd.lab.scenario.TapInject;
import io.github.natexd.lab.scenario.TunPing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The page has the networks and options that the commands have; the lab tests compare steps and JSON with it. */
class LabScenariosPageTest {
    private static final String PAGE = "lab-scenarios.md";

    @Test
    void thePageDrawsTheNetworksThatTheCommandsPrint() throws Exception {
        String page = Files.readString(Path.of("src/site/markdown", PAGE));

        for (Scenario scenario : List.of(new TapInject(), new TunPing())) {
            assertTrue(page.contains("```\n" + scenario.picture() + "```\n"), scenario.name());
        }
    }

    @Test
    void thePageHasTheOptionsOfBothCommands() {
        Set<String> expected = new TreeSet<>(Set.of("help", "version"));
        for (List<String> row : MarkdownTable.rows(PAGE, "Lab scenarios")) {
            expected.add(MarkdownTable.code(row.get(0)).get(0).replaceFirst("--([a-z]+).*", "$1"));
        }

        for (Scenario scenario : List.of(new TapInject(), new TunPing())) {
            assertEquals(expected, CommandTree.optionsOfCommands().get("lab " + scenario.name()));
        }
    }
}
