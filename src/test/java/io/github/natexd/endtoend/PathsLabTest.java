package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.natexd.MarkdownTable;
import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.LabOptions.Router;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.linux.libc.Libc;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.LabShell;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** {@code natexctl paths} beside what the guest's own client reports. */
class PathsLabTest {
    /** mtr's row of a hop, and rows with the hop's other addresses. */
    private static final Pattern MTR_HOP =
            Pattern.compile("(?m)^ *(\\d+)\\.\\|-- (\\S+) +([0-9.]+)%? +(\\d+) .*((?:\n {6,}[0-9.]+ *$)*)");

    private static final int SIGINT = 2;
    private static final int ROUNDS = 4;
    private static final int OTHER_PORT = 40_000;

    private final Lab lab = Lab.up(LabOptions.defaults());

    private final LabNatexd natexd = LabNatexd.start(lab);

    @AutoClose
    private final AutoCloseable end = () -> {
        natexd.close();
        lab.close();
    };

    /**
     * r1 loses half of the probes, paths split at r2, r3 labels and has a small MTU behind it, and r4 responds only to
     * the other guest, whose probes have other ports.
     */
    @Test
    void theTablesAreThoseOfMtrAndOfTheTopology() throws Exception {
        lab.router(Node.R1, Router.HALF);
        lab.router(Node.R2, Router.SPLIT);
        lab.router(Node.R3, Router.MPLS);
        lab.pathMtu(1300);
        respondsToPorts(Node.R4, OTHER_PORT);
        Map<String, String> reports = new HashMap<>();
        PathsDocument document = PathsDocument.paths(lab, natexd, 18, () -> {
            reports.put(Topology.GUEST1, mtr(Node.GUEST1, "-u"));
            reports.put(Topology.GUEST2, mtr(Node.GUEST2, "-u", "-P" + OTHER_PORT));
            return trace("-I", "-F", Topology.TARGET, "1400");
        });

        for (String guest : reports.keySet()) {
            JsonNode path = document.path(guest, "udp", Topology.TARGET);
            assertMtr(reports.get(guest), path);
            assertEquals(0.5, lostShare(path.at("/hops/0")), path::toString);
            assertEquals(
                    Set.of(Topology.HOPS.get(1), Topology.PRIVATE_ROUTER),
                    PathsDocument.routers(path.at("/hops/1")),
                    path::toString);
            assertEquals(List.of(24001, 16_000), PathsDocument.labels(path.at("/hops/2")), path::toString);
            assertTrue(path.at("/complete").asBoolean(), path::toString);
            path.at("/hops").forEach(hop -> assertTimes(hop, path));
        }
        JsonNode silent = document.path(Topology.GUEST1, "udp", Topology.TARGET).at("/hops/3");
        assertEquals(Set.of(), PathsDocument.routers(silent), silent::toString);
        assertEquals(List.of("no-error"), PathsDocument.remarks(silent), silent::toString);
        JsonNode speaking =
                document.path(Topology.GUEST2, "udp", Topology.TARGET).at("/hops/3");
        assertEquals(Set.of(Topology.HOPS.get(3)), PathsDocument.routers(speaking), speaking::toString);
        JsonNode tooSmall =
                document.path(Topology.GUEST1, "icmp", Topology.TARGET).at("/hops/3");
        assertEquals(Set.of(Topology.HOPS.get(2)), PathsDocument.routers(tooSmall), tooSmall::toString);
        assertEquals(1300, tooSmall.at("/nextHopMtu").asInt(), tooSmall::toString);
    }

    @Test
    void twoGuestsAndTheHostAtOnceHaveTheirOwnTables() throws Exception {
        Map<Node, String> reports = new ConcurrentHashMap<>();
        PathsDocument document = PathsDocument.paths(lab, natexd, 14, () -> {
            List.of(Node.GUEST1, Node.GUEST2, Node.HOST).parallelStream()
                    .forEach(node -> reports.put(node, mtr(node, "-u")));
            return reports.toString();
        });

        assertMtr(reports.get(Node.GUEST1), document.path(Topology.GUEST1, "udp", Topology.TARGET));
        assertMtr(reports.get(Node.GUEST2), document.path(Topology.GUEST2, "udp", Topology.TARGET));
        assertEquals(2, document.json().at("/paths").size(), "the host's probes are no guest's");
        for (String hop : Topology.HOPS) {
            assertTrue(reports.get(Node.HOST).contains(hop), reports::toString);
        }
    }

    @Test
    void guestsAreListedWithWhatBecameOfTheirProbes() throws Exception {
        JsonNode document = PathsDocument.collect(
                        lab,
                        natexd,
                        natexd.command("guests", "--json", "--duration=4"),
                        () -> trace("-q1", Topology.TARGET))
                .json();

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
            natexd.awaitClient();
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

    /** The JVM ends as soon as Ctrl-C has been handled. */
    @Test
    void rowsAreCompleteAfterCtrlC() throws Exception {
        // The caller of the tests may ignore SIGINT, as a shell's background jobs do.
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
        command.addAll(natexd.command("paths", "--once", "--plain", "--duration=60"));
        Process paths = lab.start(Node.HOST, new ProcessBuilder(command));
        try {
            natexd.awaitClient();
            trace("-q1", Topology.TARGET);
            TimeUnit.SECONDS.sleep(1); // natexd collects records for up to half a second
            assertEquals(0, Libc.INSTANCE.kill((int) paths.pid(), SIGINT));
            String rows = new String(paths.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            Topology.HOPS.forEach(hop -> assertTrue(rows.contains(hop), rows));
        } finally {
            paths.destroy();
        }
    }

    private String mtr(Node guest, String... options) {
        List<String> command = new ArrayList<>(List.of("mtr", "-n", "--report", "-c" + ROUNDS, "-i1", "-G1"));
        command.addAll(List.of(options));
        command.add(Topology.TARGET);
        return lab.exec(guest, command).output();
    }

    /** The router responds only to UDP probes to this port and higher ones. */
    private void respondsToPorts(Node router, int port) {
        LabShell.must(lab, router, """
                nft -f - <<'END'
                table ip selective {
                    chain output {
                        type filter hook output priority filter
                        icmp type time-exceeded @th,240,16 < %d drop
                    }
                }
                END
                """.formatted(port));
    }

    private String trace(String... words) {
        List<String> command = new ArrayList<>(List.of("traceroute", "-n", "-q2", "-w1", "-m8"));
        command.addAll(List.of(words));
        return lab.exec(Node.GUEST1, command).output();
    }

    /** Each hop's routers, and how many probes were sent and lost. */
    private static void assertMtr(String report, JsonNode path) {
        List<String> expected = new ArrayList<>();
        Matcher hop = MTR_HOP.matcher(report);
        while (hop.find()) {
            Set<String> routers = new TreeSet<>(List.of(hop.group(2)));
            hop.group(5)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .forEach(routers::add);
            routers.remove("???");
            expected.add("%s %s %s sent, %.1f%% lost"
                    .formatted(hop.group(1), routers, hop.group(4), Double.parseDouble(hop.group(3))));
        }
        List<String> shown = StreamSupport.stream(path.at("/hops").spliterator(), false)
                .map(each -> "%d %s %d sent, %.1f%% lost"
                        .formatted(
                                each.at("/hop").asInt(),
                                PathsDocument.routers(each),
                                each.at("/sent").asInt(),
                                100 * lostShare(each)))
                .toList();
        assertEquals(expected, shown, report + path);
        assertEquals(Topology.HOPS.size(), shown.size(), report);
    }

    private static double lostShare(JsonNode hop) {
        return hop.at("/lost").asDouble() / hop.at("/sent").asDouble();
    }

    private static void assertTimes(JsonNode hop, JsonNode path) {
        boolean answered = hop.at("/answered").asInt() > 0;
        assertEquals(answered, hop.at("/averageMicros").asLong() > 0, path::toString);
        assertTrue(hop.at("/bestMicros").asLong() <= hop.at("/worstMicros").asLong(), path::toString);
    }
}
