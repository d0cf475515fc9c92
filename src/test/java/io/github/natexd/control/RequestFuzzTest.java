package io.github.natexd.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Any request has one line of JSON as its response; a user without rights gets nothing but a refusal. */
class RequestFuzzTest {
    private static final Caller MEMBER = new Caller(1000, List.of(1000, ControlScene.GROUP));
    private static final Caller STRANGER = new Caller(1000, List.of(1000));

    private final ObjectMapper mapper = new ObjectMapper();
    private final Requests requests = new Requests(ControlScene.ACCESS, ControlScene.working());

    @FuzzTest
    void anyRequest(byte[] octets) throws JsonProcessingException {
        String request = new String(octets, StandardCharsets.UTF_8);
        String word = request.strip().split(" ", 2)[0];
        JsonNode json = json(requests.answer(request, ControlScene.ROOT).line());
        boolean known = List.of(Verb.words().split(", ")).contains(word);
        assertTrue(known || json.has("error"), "not a request, but executed: " + word);

        JsonNode members = json(requests.answer(request, MEMBER).line());
        assertTrue(!word.equals("reload") || members.has("error"), "only root may change natexd");

        Answer strangers = requests.answer(request, STRANGER);
        assertTrue(json(strangers.line()).at("/refused").asBoolean());
        assertEquals(Answer.Watch.NOTHING, strangers.watch());
    }

    private JsonNode json(String line) throws JsonProcessingException {
        assertEquals(line.length() - 1, line.indexOf('\n'), "one line");
        assertTrue(StandardCharsets.US_ASCII.newEncoder().canEncode(line));
        JsonNode json = mapper.readTree(line);
        assertEquals(Dialect.VERSION, json.at("/version").asInt());
        assertFalse(json.has("error") && json.at("/fix").asText().isEmpty());
        return json;
    }
}
