package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.natexd.lab.Lab;
import io.github.natexd.lab.Node;
import io.github.natexd.testkit.LabNatexd;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.StreamSupport;

/** The JSON document of {@code natexctl paths} or {@code guests} about what guests do meanwhile. */
record PathsDocument(JsonNode json) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The paths that natexctl, as root on the lab's host, sees within some seconds. */
    static PathsDocument paths(Lab lab, LabNatexd natexd, int seconds, Callable<?> guest) throws Exception {
        return collect(lab, natexd, natexd.command("paths", "--once", "--json", "--duration=" + seconds), guest);
    }

    /** What this command on the lab's host prints, after what the guest does. */
    static PathsDocument collect(Lab lab, LabNatexd natexd, List<String> command, Callable<?> guest) throws Exception {
        Process process = lab.start(Node.HOST, new ProcessBuilder(command));
        try {
            natexd.awaitClient();
            guest.call();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, process.waitFor(), printed + errors);
            JsonNode document = JSON.readTree(printed);
            assertEquals(0, document.at("/lostLines").asInt(), printed);
            return new PathsDocument(document);
        } finally {
            process.destroy();
        }
    }

    JsonNode path(String guest, String protocol, String target) {
        for (JsonNode path : json.at("/paths")) {
            if (path.at("/guest").asText().equals(guest)
                    && path.at("/protocol").asText().equals(protocol)
                    && path.at("/target").asText().equals(target)) {
                return path;
            }
        }
        throw new AssertionError("no such path: " + json);
    }

    static List<String> remarks(JsonNode hop) {
        return StreamSupport.stream(hop.at("/remarks").spliterator(), false)
                .map(remark -> remark.at("/remark").asText())
                .toList();
    }

    static Set<String> routers(JsonNode hop) {
        Set<String> addresses = new TreeSet<>();
        hop.at("/routers").forEach(router -> addresses.add(router.at("/address").asText()));
        return addresses;
    }

    static List<Integer> labels(JsonNode hop) {
        List<Integer> labels = new ArrayList<>();
        hop.at("/routers/0/labels").forEach(label -> labels.add(label.asInt()));
        return labels;
    }
}
