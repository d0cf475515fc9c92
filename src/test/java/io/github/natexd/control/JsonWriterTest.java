package io.github.natexd.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonWriterTest {
    private final StringWriter text = new StringWriter();
    private final JsonWriter json = JsonWriter.indented(new PrintWriter(text, true));

    @Test
    void writesWhatAParserReadsBack() throws Exception {
        String nasty = "\"quoted\\ \u0000\n\t \u00e4 \ud83d\ude00 \u007f";
        json.beginObject();
        json.name("empty").beginObject().endObject();
        json.name("nothing").beginArray().endArray();
        json.name(nasty).value(nasty);
        json.name("half").value("\ud800 of a pair");
        json.name("list")
                .beginArray()
                .value(1)
                .value(Long.MIN_VALUE)
                .beginArray()
                .endArray()
                .value(true);
        json.endArray();
        json.name("none").value((String) null);
        json.endObject();

        Map<?, ?> read = new ObjectMapper().readValue(text.toString(), Map.class);

        assertEquals(List.of("empty", "nothing", nasty, "half", "list", "none"), List.copyOf(read.keySet()));
        assertEquals(nasty, read.get(nasty));
        assertEquals("\ufffd of a pair", read.get("half"));
        assertTrue(text.toString().chars().allMatch(c -> c < 0x7F), text.toString());
        assertEquals(List.of(1, Long.MIN_VALUE, List.of(), true), read.get("list"));
        assertNull(read.get("none"));
    }

    @Test
    void writesADocumentAsOneLine() {
        StringBuilder text = new StringBuilder();
        JsonWriter line = JsonWriter.oneLine(text);
        line.beginObject().name("list").beginArray().value(1).value("two\n").endArray();
        line.name("nothing").beginObject().endObject().endObject();

        assertEquals("{\"list\":[1,\"two\\u000a\"],\"nothing\":{}}\n", text.toString());
    }
}
