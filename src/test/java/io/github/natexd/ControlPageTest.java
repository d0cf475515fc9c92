package io.github.natexd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.natexd.control.ControlScene;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page documents exactly the fields of the responses. To rename one, change both, and check the version. */
class ControlPageTest {
    /** Objects whose members the page describes in the row of the object. */
    private static final List<String> DESCRIBED_AS_A_WHOLE = List.of("nat.", "reasons", "events");

    @Test
    void theFieldsOfAStatusAreThoseOfThePage() throws Exception {
        assertEquals(documented("status"), fields(ControlScene.working().ask("status")));
    }

    @Test
    void theFieldsOfAnErrorAreThoseOfThePage() throws Exception {
        assertEquals(documented("error"), fields(ControlScene.working().ask("nonsense")));
    }

    @Test
    void theFieldsOfMappingsAreThoseOfThePage() throws Exception {
        assertEquals(documented("mappings"), fields(ControlScene.working().ask("mappings")));
        assertEquals(
                documented("mapping"),
                fields(new ObjectMapper()
                        .readTree(ControlScene.working().ask("mappings"))
                        .at("/mappings/0")
                        .toString()));
    }

    @Test
    void theFieldsOfWatchAreThoseOfThePage() throws Exception {
        Set<String> first = fields(ControlScene.working().ask("watch"));
        first.add("lost");

        assertEquals(documented("watch"), first);
        assertEquals(documented("watched error"), fields(ControlScene.observed()));
        assertEquals(documented("watched probe"), fields(ControlScene.observedProbe()));
        assertEquals(documented("watched reply"), fields(ControlScene.observedReply()));
    }

    @Test
    void theFieldsOfMetricsAreThoseOfThePage() throws Exception {
        assertEquals(documented("metrics"), fields(ControlScene.working().ask("metrics")));
    }

    @Test
    void theMetricsAreThoseOfThePage() throws Exception {
        String text = new ObjectMapper()
                .readTree(ControlScene.working().ask("metrics"))
                .at("/text")
                .asText();
        Set<String> samples = text.lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.replaceFirst("[ {].*", ""))
                .collect(Collectors.toCollection(TreeSet::new));

        assertEquals(documented("metric"), samples);
    }

    @Test
    void theFieldsOfShowConfigAreThoseOfThePage() throws Exception {
        assertEquals(documented("show-config"), fields(ControlScene.working().ask("show-config")));
    }

    @Test
    void theFieldsOfLogLevelAreThoseOfThePage() throws Exception {
        assertEquals(documented("log-level"), fields(ControlScene.working().ask("log-level")));
    }

    @Test
    void theFieldsOfReloadAreThoseOfThePage() throws Exception {
        assertEquals(documented("reload"), fields(ControlScene.working().ask("reload")));
    }

    private static Set<String> documented(String heading) {
        return MarkdownTable.rows("control.md", heading).stream()
                .map(row -> MarkdownTable.code(row.get(0)).get(0))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> fields(String answer) throws Exception {
        Set<String> fields = new TreeSet<>();
        collect("", new ObjectMapper().readTree(answer), fields);
        return fields;
    }

    private static void collect(String path, JsonNode node, Set<String> fields) {
        node.fieldNames().forEachRemaining(name -> {
            String below = path + name;
            boolean whole = DESCRIBED_AS_A_WHOLE.stream().anyMatch(below::startsWith);
            if (node.get(name).isObject() && !whole) {
                collect(below + ".", node.get(name), fields);
            } else {
                fields.add(below);
            }
        });
    }
}
