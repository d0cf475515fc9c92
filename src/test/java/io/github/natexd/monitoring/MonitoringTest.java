package io.github.natexd.monitoring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.natexd.MarkdownTable;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Dashboard and alert rules name only what natexd writes, and the page describes them. */
class MonitoringTest {
    private static final Pattern METRIC = Pattern.compile("\\bnatexd_[a-z_]+");
    private static final Pattern LABEL = Pattern.compile("\\b(reason|event|field|le)=~?\"([^\"]+)\"");

    @Test
    void theAlertsNameOnlyWhatNatexdWrites() throws Exception {
        assertNamesExist(Files.readString(Monitoring.ALERTS));
    }

    @Test
    void theDashboardNamesOnlyWhatNatexdWrites() throws Exception {
        String expressions = String.join("\n", Monitoring.expressions());

        assertTrue(Monitoring.expressions().size() > 10, expressions);
        assertNamesExist(expressions);
        assertNamesExist(Monitoring.dashboard().at("/templating").toString());
    }

    private static void assertNamesExist(String text) throws IOException {
        String metrics = Monitoring.metrics();
        List<MatchResult> names = Monitoring.matches(METRIC, text);
        assertTrue(!names.isEmpty(), text);
        for (MatchResult name : names) {
            assertTrue(metrics.matches("(?s).*\n" + name.group() + "[ {].*"), name.group());
        }
        for (MatchResult label : Monitoring.matches(LABEL, text)) {
            for (String value : label.group(2).split("\\|")) {
                assertTrue(metrics.contains(label.group(1) + "=\"" + value + '"'), value);
            }
        }
    }

    @Test
    void everyAlertFiresInAStory() throws Exception {
        String stories = Files.readString(Monitoring.STORIES);

        for (String alert : Monitoring.alertNames()) {
            Pattern firing = Pattern.compile("alertname: " + alert + "\n +eval_time: .*\n +exp_alerts:");
            assertTrue(firing.matcher(stories).find(), alert);
        }
    }

    @Test
    void thePageListsTheAlerts() throws Exception {
        Set<String> described = MarkdownTable.rows("monitoring.md", "The alerts").stream()
                .map(row -> MarkdownTable.code(row.get(0)).get(0))
                .collect(Collectors.toCollection(TreeSet::new));

        assertEquals(new TreeSet<>(Monitoring.alertNames()), described);
    }

    @Test
    void noPanelLiesOnAnother() throws Exception {
        Set<Integer> identifiers = new HashSet<>();
        Set<String> cells = new HashSet<>();
        for (JsonNode panel : Monitoring.dashboard().at("/panels")) {
            assertTrue(identifiers.add(panel.at("/id").asInt()), panel.toString());
            JsonNode place = panel.at("/gridPos");
            for (int x = place.at("/x").asInt();
                    x < place.at("/x").asInt() + place.at("/w").asInt();
                    x++) {
                for (int y = place.at("/y").asInt();
                        y < place.at("/y").asInt() + place.at("/h").asInt();
                        y++) {
                    assertTrue(
                            x < 24 && cells.add(x + "," + y), panel.at("/title").asText());
                }
            }
        }
    }
}
