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

/** The page's fields are those of the answers: whoever renames one must look at both, and at the version. */
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
