package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.natexd.MarkdownTable;
import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.LabOptions.HandOver;
import io.github.natexd.lab.LabOptions.Receive;
import io.github.natexd.lab.LabOptions.Router;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.testkit.LabNatexd;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** {@code natexctl paths} beside what the guest's own client reports. */
class PathsLabTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern MTR_ROW = Pattern.compile("(?m)^ *(\\d+)\\.\\|-- (\\S+) +([0-9.]+)% +(\\d+) .*$");
    private static final int ROUNDS = 3;

    private final Lab lab = Lab.up(LabOptions.defaults());

    private final LabNatexd natexd = LabNatexd.start(lab);

    @AutoClose
    private final AutoCloseable end = () -> {
        natexd.close();
        lab.close();
    };

    private interface Guest {
        String sends();
    }

    @Test
    void theTableIsThatOfMtr() throws Exception {
        lab.router(Router.MPLS);
        String[] report = {""};
        JsonNode path = path(5, "icmp", () -> report[0] = mtr());

        assertMtr(report[0], path);
        assertEquals(2, path.at("/hops/1/routers/0/labels").size(), path::toString);
        assertTrue(path.at("/complete").asBoolean(), path::toString);
        for (JsonNode hop : path.at("/hops")) {
            assertTrue(hop.at("/averageMicros").asLong() > 0, path::toString);
            assertTrue(hop.at("/bestMicros").asLong() <= hop.at("/worstMicros").asLong(), path::toString);
        }
    }

    @Test
    void aSilentRouterIsAHopWithoutErrors() throws Exception {
        lab.router(Router.SILENT);
        String[] report = {""};
        JsonNode path = path(6, "icmp", () -> report[0] = mtr());

        JsonNode silent = path.at("/hops/1");
        assertEquals(0, silent.at("/routers").size(), path::toString);
        assertEquals(silent.at("/sent"), silent.at("/lost"), path::toString);
        assertEquals(List.of("no-error"), remarks(silent), path::toString);
        assertTrue(report[0].contains("???"), report[0]);
    }

    @Test
    void theNextHopsMtuIsShown() throws Exception {
        lab.pathMtu(1300);
        JsonNode path = path(4, "udp", () -> trace("-F", Topology.TARGET, "1400"));

        TreeSet<Integer> mtus = new TreeSet<>();
        path.at("/hops").forEach(hop -> mtus.add(hop.at("/nextHopMtu").asInt(0)));
        assertTrue(mtus.contains(1300), path::toString);
    }

    @Test
    void whatTheNatDeliversItselfIsRemarked() throws Exception {
        lab.nat(LabOptions.defaults().handingOver(HandOver.ALL, Receive.PACKET));
        JsonNode path = path(5, "udp", () -> trace(Topology.TARGET) + trace(Topology.TARGET));

        assertTrue(path.at("/complete").asBoolean(), path::toString);
        assertTrue(remarks(path.at("/hops/2")).contains("nat-delivers"), path::toString);
        path.at("/hops").forEach(hop -> assertEquals(0, hop.at("/lost").asInt(), path::toString));
    }

    @Test
    void aNatThatIsAHopAnswersItself() throws Exception {
        lab.nat(LabOptions.defaults().decrementingTtl().answeringTtlOne());
        JsonNode path = path(4, "udp", () -> trace(Topology.TARGET));

        assertEquals(List.of("nat-answers"), remarks(path.at("/hops/0")), path::toString);
        assertEquals(Topology.HOPS.get(0), path.at("/hops/1/routers/0/address").asText(), path::toString);
    }

    @Test
    void guestsAreListedWithWhatBecameOfTheirProbes() throws Exception {
        JsonNode document = collect(List.of("guests", "--json", "--duration=4"), () -> trace("-q1", Topology.TARGET));

        JsonNode guest = document.at("/guests/0");
        assertEquals(1, document.at("/guests").size(), document::toString);
        assertEquals(documented(), fields(guest));
        assertEquals(Topology.GUEST1, guest.at("/guest").asText(), document::toString);
        assertEquals(8, guest.at("/probes").asInt(), document::toString);
        assertEquals(8, guest.at("/moved").asInt(), document::toString);
        assertEquals(0, guest.at("/unanswered").asInt(), document::toString);
        assertEquals(8, guest.at("/mappings").asInt(), document::toString);
    }

    private static Set<String> documented() {
        return MarkdownTable.rows("paths.md", "Fields of a guest").stream()
                .map(row -> MarkdownTable.code(row.get(0)).get(0))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> fields(JsonNode node) {
        Set<String> fields = new TreeSet<>();
        node.fieldNames().forEachRemaining(fields::add);
        return fields;
    }

    @Test
    void onATerminalItIsDrawnUntilTheUserEndsIt() throws Exception {
        String command = "stty rows 20 cols 120; " + String.join(" ", natexd.command("paths"));
        Process process = new ProcessBuilder("script", "-qefc", command, "/dev/null")
                .redirectErrorStream(true)
                .start();
        try (OutputStream keys = process.getOutputStream()) {
            TimeUnit.SECONDS.sleep(2);
            trace(Topology.TARGET);
            TimeUnit.SECONDS.sleep(2);
            keys.write('q');
            keys.flush();
            String drawn = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertEquals(0, process.waitFor(), drawn);
            assertTrue(drawn.contains("HOP") && drawn.contains(Topology.HOPS.get(1)), drawn);
            assertTrue(drawn.contains("q: end"), drawn);
            assertTrue(drawn.contains("\u001b[?1049h") && drawn.contains("\u001b[?1049l"), "the screen is given back");
        } finally {
            process.destroy();
        }
    }

    private String mtr() {
        return lab.exec(Node.GUEST1, "mtr", "-n", "--report", "-c" + ROUNDS, "-i1", "-G1", Topology.TARGET)
                .output();
    }

    private String trace(String... words) {
        List<String> command = new ArrayList<>(List.of("traceroute", "-n", "-q2", "-w1", "-m8"));
        command.addAll(List.of(words));
        return lab.exec(Node.GUEST1, command).output();
    }

    /** Each hop's router, and how many probes were sent and lost. */
    private static void assertMtr(String report, JsonNode path) {
        List<String> expected = new ArrayList<>();
        Matcher row = MTR_ROW.matcher(report);
        while (row.find()) {
            expected.add("%s %s %s sent, %.1f%% lost"
                    .formatted(row.group(1), row.group(2), row.group(4), Double.parseDouble(row.group(3))));
        }
        List<String> shown = StreamSupport.stream(path.at("/hops").spliterator(), false)
                .map(hop -> "%d %s %d sent, %.1f%% lost"
                        .formatted(
                                hop.at("/hop").asInt(),
                                hop.at("/routers/0/address").asText(),
                                hop.at("/sent").asInt(),
                                100.0
                                        * hop.at("/lost").asInt()
                                        / hop.at("/sent").asInt()))
                .toList();
        assertEquals(expected, shown, report + path);
        assertEquals(Topology.HOPS.size(), shown.size(), report);
    }

    private static List<String> remarks(JsonNode hop) {
        return StreamSupport.stream(hop.at("/remarks").spliterator(), false)
                .map(remark -> remark.at("/remark").asText())
                .toList();
    }

    /** The guest's path to the target, after what the guest does. */
    private JsonNode path(int seconds, String protocol, Guest guest) throws Exception {
        JsonNode document =
                collect(List.of("paths", "--once", "--json", "--duration=" + seconds, Topology.GUEST1), guest);
        for (JsonNode path : document.at("/paths")) {
            if (path.at("/protocol").asText().equals(protocol)
                    && path.at("/target").asText().equals(Topology.TARGET)) {
                assertEquals(Topology.GUEST1, path.at("/guest").asText(), document::toString);
                return path;
            }
        }
        throw new AssertionError("no path to the target: " + document);
    }

    private JsonNode collect(List<String> command, Guest guest) throws Exception {
        Process process = new ProcessBuilder(natexd.command(command.toArray(String[]::new)))
                .redirectErrorStream(true)
                .start();
        try {
            TimeUnit.SECONDS.sleep(1);
            guest.sends();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, process.waitFor(), printed);
            JsonNode document = JSON.readTree(printed);
            assertEquals(0, document.at("/lostLines").asInt(), printed);
            return document;
        } finally {
            process.destroy();
        }
    }
}
