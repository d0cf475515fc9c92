package io.github.natexd.cli.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.LabOptions.Send;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.Processors;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code natexctl capture} as installed, in the lab's host. */
class CaptureLabTest {
    private static final String NATEXCTL =
            LabNatexd.tree().resolve("bin/natexctl").toString();
    private static final long END_SECONDS = 20;
    /** The same value as in {@code NatWays}: near the worst delay of VMware's driver. */
    private static final int EGRESS_FIRST_MILLIS = 5;

    @Test
    void replayOfACaptureExplainsEachErrorAsRelayed() throws Exception {
        try (Lab lab = Lab.up(LabOptions.defaults().rewritingPorts());
                LabNatexd natexd = LabNatexd.start(lab)) {
            Path file = lab.directory().resolve("traceroute.pcap");
            Running capture = Running.start(lab, file);

            String hops = traceroute(lab);
            capture.interrupt();

            assertTrue(capture.said.contains("packets in " + file), capture.said + natexd.log());
            JsonNode report = replay(lab, file);
            assertEquals(
                    Map.of("RELAYED", 5),
                    new ObjectMapper().convertValue(report.at("/summary/reasons"), Map.class),
                    hops);
            assertEquals(5, report.at("/summary/guestProbes").asInt(), report::toPrettyString);
            assertEquals(5, report.at("/summary/egressProbes").asInt(), report::toPrettyString);
            assertEquals(5, report.at("/summary/errorsToGuests").asInt(), report::toPrettyString);
            assertEquals(
                    Topology.GUEST1,
                    report.at("/errors/0/rewritten/destination").asText());
            assertEquals(
                    List.of("192.168.199.1", "10.0.12.2", "10.0.23.2", "10.0.34.2", Topology.TARGET),
                    StreamSupport.stream(report.at("/errors").spliterator(), false)
                            .map(error -> error.at("/received/source").asText())
                            .toList());
        }
    }

    /**
     * NATs whose probes the daemon and the capture see alike, and whose user is root, as on the host: the daemon's
     * rules do not see a packet socket, and a capture has no users. Replay leaves out errors that the NAT delivers. Two
     * NATs are ahead of their guests.
     */
    static List<LabOptions> nats() {
        LabOptions plain = LabOptions.defaults();
        return List.of(
                plain,
                plain.rewritingPorts(),
                plain.rewritingIds(),
                plain.rewritingPorts().rewritingIds(),
                plain.sendingBy(Send.SOCKET).rewritingIds(),
                plain.sendingBy(Send.SOCKET).rewritingPorts().rewritingIds(),
                plain.decrementingTtl(),
                plain.rewritingPorts().decrementingTtl().answeringTtlOne(),
                plain.egressFirst(EGRESS_FIRST_MILLIS),
                plain.rewritingPorts().egressFirst(EGRESS_FIRST_MILLIS));
    }

    @ParameterizedTest
    @MethodSource("nats")
    @DisplayName("shows 4: the replay of a capture counts the same as the daemon, for every reason")
    void replayCountsWhatTheDaemonCounted(LabOptions way) throws Exception {
        try (Lab lab = Lab.up(way);
                LabNatexd natexd = LabNatexd.start(lab)) {
            if (way.egressFirstMillis() != 0) {
                Processors.realTime("hub of lab"); // late by so much, and no more
            }
            Path file = lab.directory().resolve("all.pcap");
            Running capture = Running.start(lab, file);

            for (String method : List.of("", "-I", "-U")) {
                // The same error classes for all three; with -U, all probes of a trace have one class.
                traceroute(lab, Node.GUEST1, method);
                traceroute(lab, Node.HOST, method);
                traceroute(lab, Node.GUEST2, method);
            }
            TimeUnit.MILLISECONDS.sleep(500);
            Map<String, Integer> counted = counted(lab, natexd);
            capture.interrupt();

            assertTrue(
                    counted.keySet().stream().anyMatch(Set.of("HOST_PROBE", "AMBIGUOUS")::contains), counted::toString);
            assertTrue(
                    counted.keySet().stream().anyMatch(Set.of("RELAYED", "COPIED_LATE", "COPIED_LIKELY")::contains),
                    counted::toString);
            JsonNode report = replay(lab, file);
            assertEquals(
                    comparable(way, counted),
                    comparable(way, counts(report.at("/summary/reasons"))),
                    () -> way + "\n" + natexd.log());
        }
    }

    /**
     * If a guest's probe is seen late, and the daemon's turn comes even later, the daemon moves an error for which the
     * capture's clock yields a late copy.
     */
    private static Map<String, Integer> comparable(LabOptions way, Map<String, Integer> counted) {
        Map<String, Integer> comparable = new TreeMap<>(counted);
        if (way.egressFirstMillis() != 0) {
            int relayed = comparable.getOrDefault("RELAYED", 0);
            comparable.remove("RELAYED");
            comparable.merge("COPIED_LATE", relayed, Integer::sum);
        }
        return comparable;
    }

    /** The daemon's counts of all reasons that occurred. */
    private static Map<String, Integer> counted(Lab lab, LabNatexd natexd) throws Exception {
        Lab.Result result = lab.exec(
                Node.HOST,
                NATEXCTL,
                "status",
                "--json",
                "--socket",
                natexd.socket().toString());
        return counts(new ObjectMapper().readTree(result.output()).at("/reasons"));
    }

    private static Map<String, Integer> counts(JsonNode reasons) {
        Map<String, Integer> counted = new TreeMap<>();
        reasons.properties().forEach(reason -> {
            if (reason.getValue().asInt() != 0) {
                counted.put(reason.getKey(), reason.getValue().asInt());
            }
        });
        return counted;
    }

    private static void traceroute(Lab lab, Node node, String method) {
        Lab.Result result =
                lab.exec(node, "sh", "-c", "traceroute -n -q2 -w1 -N2 -z20 -m6 " + method + " " + Topology.TARGET);
        assertEquals(0, result.exitCode(), result::output);
    }

    /** Both a bridge and its port see a packet; if the file had it twice, one probe would look like two. */
    @Test
    void whatPassesABridgeIsCapturedOnce() throws Exception {
        try (Lab lab = Lab.up(LabOptions.defaults())) {
            String bridge = "ip link add br0 address 02:00:c0:a8:c7:c3 type bridge && ip addr flush dev up0"
                    + " && ip link set up0 master br0 && ip link set br0 up"
                    + " && ip addr add 192.168.199.195/24 dev br0 && ip route add default via 192.168.199.1";
            Lab.Result built = lab.exec(Node.HOST, "sh", "-c", bridge);
            assertEquals(0, built.exitCode(), built::output);
            try (LabNatexd natexd = LabNatexd.start(lab)) {
                Path file = lab.directory().resolve("bridge.pcap");
                Running capture = Running.start(lab, file);
                traceroute(lab);
                capture.interrupt();

                JsonNode summary = replay(lab, file).at("/summary");
                assertEquals(5, summary.at("/egressProbes").asInt(), summary + natexd.log());
                assertEquals(5, summary.at("/reasons/RELAYED").asInt(), summary + natexd.log());
            }
        }
    }

    /** The interface is promiscuous neither before nor afterwards; with natexd there is still only its one join. */
    @Test
    void joinsTheGuestNetworkOnlyIfNobodyHas() throws Exception {
        try (Lab lab = Lab.up(LabOptions.defaults())) {
            Running alone = Running.start(lab, lab.directory().resolve("alone.pcap"));
            assertEquals(1, promiscuity(lab));
            alone.interrupt();
            assertEquals(0, promiscuity(lab));
            try (LabNatexd natexd = LabNatexd.start(lab)) {
                Running beside = Running.start(lab, lab.directory().resolve("beside.pcap"));
                assertEquals(1, promiscuity(lab), natexd.log());
                beside.interrupt();
            }
        }
    }

    /** A killed capture leaves a file that ends with a complete packet. */
    @Test
    void aKilledCaptureLeavesAValidFile() throws Exception {
        try (Lab lab = Lab.up(LabOptions.defaults());
                LabNatexd natexd = LabNatexd.start(lab)) {
            Path file = lab.directory().resolve("killed.pcap");
            Running capture = Running.start(lab, file);
            traceroute(lab);
            TimeUnit.SECONDS.sleep(1);
            capture.process.destroyForcibly().waitFor();

            JsonNode report = replay(lab, file);
            assertEquals(5, report.at("/summary/reasons/RELAYED").asInt(), report + natexd.log());
        }
    }

    @Test
    void endsAfterSoManyPacketsAndAfterSoLong() throws Exception {
        try (Lab lab = Lab.up(LabOptions.defaults())) {
            Path counted = lab.directory().resolve("counted.pcap");
            Running capture = Running.start(lab, counted, "--count", "3");
            lab.exec(Node.GUEST1, "traceroute", "-n", "-q1", "-w1", "-m3", Topology.TARGET);

            assertEquals(0, capture.end());
            assertEquals(3, replay(lab, counted).at("/summary/packets").asInt());

            Running timed = Running.start(lab, lab.directory().resolve("timed.pcap"), "--duration", "1");
            assertEquals(0, timed.end());
        }
    }

    @Test
    void saysWhatIsMissing() throws Exception {
        try (Lab lab = Lab.up(LabOptions.defaults())) {
            Path file = lab.directory().resolve("none.pcap");
            Lab.Result absent = lab.exec(Node.HOST, NATEXCTL, "capture", file.toString(), "--interface", "vmnet9");
            assertEquals(69, absent.exitCode(), absent::output);
            assertTrue(absent.output().contains("vmnet9: ENODEV: no such interface"), absent::output);

            Lab.Result nobody = lab.exec(
                    Node.HOST,
                    "setpriv",
                    "--bounding-set=-net_raw",
                    "--inh-caps=-net_raw",
                    NATEXCTL,
                    "capture",
                    file.toString(),
                    "--interface",
                    Topology.GUEST_NETWORK_INTERFACE);
            assertEquals(77, nobody.exitCode(), nobody::output);
            assertFalse(Files.exists(file));

            Files.createFile(file);
            Lab.Result taken = lab.exec(
                    Node.HOST, NATEXCTL, "capture", file.toString(), "--interface", Topology.GUEST_NETWORK_INTERFACE);
            assertEquals(73, taken.exitCode(), taken::output);
            assertTrue(taken.output().contains("exists already; remove it or choose another name"), taken::output);
        }
    }

    private static String traceroute(Lab lab) {
        Lab.Result result = lab.exec(Node.GUEST1, "traceroute", "-n", "-q1", "-w2", "-N1", Topology.TARGET);
        assertEquals(0, result.exitCode(), result::output);
        return result.output();
    }

    private static JsonNode replay(Lab lab, Path file) throws Exception {
        Lab.Result result = lab.exec(Node.HOST, NATEXCTL, "replay", "--json", file.toString());
        assertEquals(0, result.exitCode(), result::output);
        return new ObjectMapper().readTree(result.output());
    }

    private static int promiscuity(Lab lab) {
        String output = lab.exec(Node.HOST, "ip", "-d", "link", "show", Topology.GUEST_NETWORK_INTERFACE)
                .output();
        int at = output.indexOf("promiscuity ") + "promiscuity ".length();
        return Integer.parseInt(output.substring(at, output.indexOf(' ', at)));
    }

    /** A capture that has reported that it is capturing. */
    private static final class Running {
        private final Process process;
        private final BufferedReader output;
        private String said;

        private Running(Process process) throws Exception {
            this.process = process;
            output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            said = String.valueOf(output.readLine());
            assertTrue(said.startsWith("capturing on " + Topology.GUEST_NETWORK_INTERFACE), said);
        }

        static Running start(Lab lab, Path file, String... options) throws Exception {
            var command = new java.util.ArrayList<>(
                    // The caller of the tests may ignore SIGINT, as a shell's background jobs do.
                    List.of("env", "--default-signal=INT", NATEXCTL, "capture", file.toString()));
            command.addAll(List.of("--interface", Topology.GUEST_NETWORK_INTERFACE));
            command.addAll(List.of(options));
            return new Running(lab.start(Node.HOST, command.toArray(String[]::new)));
        }

        /** Does what Ctrl-C does. */
        void interrupt() throws Exception {
            new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                    .start()
                    .waitFor();
            assertEquals(130, end());
        }

        int end() throws Exception {
            assertTrue(process.waitFor(END_SECONDS, TimeUnit.SECONDS), "the capture does not end");
            said += output.lines().collect(java.util.stream.Collectors.joining("\n"));
            return process.exitValue();
        }
    }
}
