package io.github.natexd.cli.paths;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.natexd.MarkdownTable;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** paths.md describes what {@code natexctl paths} prints. */
class PathsPageTest {
    private static final String PROBE = """
            {"event":"probe","time":"2026-11-29T00:00:00Z","guest":"192.168.44.100","guestPort":1,"protocol":"udp",
            "target":"192.0.2.80","targetPort":33434,"hop":1}
            """;

    @Test
    void theFieldsAreThoseOfThePage() {
        Paths paths = new Paths();
        Event.read(JsonParser.parseString(PROBE).getAsJsonObject()).ifPresent(paths::add);
        JsonObject document = PathsJson.write(paths, new Names(false), 0);
        JsonObject path = document.getAsJsonArray("paths").get(0).getAsJsonObject();

        assertEquals(documented("Fields of the document"), new TreeSet<>(document.keySet()));
        assertEquals(documented("Fields of a path"), new TreeSet<>(path.keySet()));
        assertEquals(
                documented("Fields of a hop"),
                new TreeSet<>(
                        path.getAsJsonArray("hops").get(0).getAsJsonObject().keySet()));
    }

    @Test
    void theRemarksAreThoseOfThePage() {
        assertEquals(
                documented("Remarks"),
                Arrays.stream(Remark.values()).map(Remark::key).collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    void aRowHasTheColumnsOfThePage() throws IOException {
        Paths paths = new Paths();
        Event.read(JsonParser.parseString(PROBE).getAsJsonObject()).ifPresent(paths::add);
        Path path = paths.all().iterator().next();
        String page = Files.readString(java.nio.file.Path.of("src/site/markdown/paths.md"));
        Matcher columns =
                Pattern.compile("(?s)between the columns: (.*?)\\. Several").matcher(page);
        assertTrue(columns.find());

        assertEquals(
                columns.group(1).split(",| and ").length,
                PathsJson.row(path, path.hop(1)).split("\t", -1).length);
    }

    private static Set<String> documented(String heading) {
        return MarkdownTable.rows("paths.md", heading).stream()
                .map(row -> MarkdownTable.code(row.get(0)).get(0))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
