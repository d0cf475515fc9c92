package io.github.natexd.cli.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.natexd.cli.form.Ipv4Network;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The document of {@code nat-profile --json}, and the page about it. */
class ReportJsonTest {
    private static final Path PAGE = Path.of("src/site/markdown/nat-profile.md");

    @Test
    void everyFieldIsOnThePage() throws IOException {
        String page = Files.readString(PAGE);
        JsonObject document = document(false);

        document.keySet().forEach(field -> assertTrue(page.contains("`" + field + "`"), field));
        for (String protocol : List.of("udp", "icmp", "tcp")) {
            document.getAsJsonObject(protocol)
                    .keySet()
                    .forEach(field -> assertTrue(page.contains("`" + field + "`"), protocol + "." + field));
        }
    }

    @Test
    void redactedItHasNoAddress() {
        assertEquals("192.168.44.0/24", document(false).get("guestNetwork").getAsString());
        assertTrue(document(true).get("guestNetwork").isJsonNull());
        assertFalse(document(true).toString().contains("192.168"));
    }

    private static JsonObject document(boolean redact) {
        NatReport report = Analysis.of(List.of(), List.of(), Ipv4Network.parse("192.168.44.0/24"));
        assertEquals(Optional.of(Ipv4Network.parse("192.168.44.0/24")), report.guestNetwork());
        StringWriter printed = new StringWriter();
        new ReportJson(new PrintWriter(printed)).print(report, redact);
        return JsonParser.parseString(printed.toString()).getAsJsonObject();
    }
}
