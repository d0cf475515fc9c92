package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.lab.Traceroute;
import io.github.natexd.linux.emulation.Inet4Socket;
import io.github.natexd.linux.emulation.Namespace;
import io.github.natexd.testkit.Capture;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.NotifySocket;
import io.github.natexd.testkit.Packet;
import io.github.natexd.testkit.Packets;
import io.github.natexd.testkit.ProbeFlood;
import io.github.natexd.testkit.clients.Trace;
import io.github.natexd.wire.Ipv4Address;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SIGHUP (R50): natexd applies a new configuration, and loses neither packets nor mappings. */
class ReloadLabTest {
    private static final String ALL = "probes.max-ttl = 60";
    private static final String UNREACHABLE_ONLY = "relay.errors = [\"destination-unreachable\"]";
    private static final int PROBES_PER_SECOND = 300;
    private static final int PROBES_MIN = 200;

    @Test
    @DisplayName("R50: a traceroute during a reload shows every hop, once for each probe")
    void aTraceKeepsEveryHop() {
        try (Lab lab = Lab.up(LabOptions.defaults());
                LabNatexd natexd = LabNatexd.start(lab);
                Capture guest = Capture.on(lab, Node.GUEST1, Topology.GUEST_INTERFACE)) {
            Trace trace = Trace.start(
                    lab, Node.GUEST1, List.of("traceroute", "-n", "-q3", "-N1", "-z", "100", "-w2", Topology.TARGET));
            for (int ttl = 50; ttl < 55; ttl++) {
                reload(natexd, "probes.max-ttl = " + ttl, "probes.lifetime-seconds = " + ttl);
            }

            trace.shows(Topology.HOPS, natexd.log());
            assertFalse(trace.output().contains("*"), trace.output());
            assertEquals(15, errors(guest).size(), natexd.log());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "relay.errors = [\"time-exceeded\"]",
                "probes.max-ttl = 30",
                "relay.static-guest = \"" + Topology.GUEST2 + "\"",
                "relay.reinject = \"verdict\"",
            })
    @DisplayName(
            "R50: while a setting changes back and forth, no error is lost, none arrives twice, none reaches the host")
    void noErrorIsLostOverAChangedSetting(String setting) throws Exception {
        try (Lab lab = Lab.up(LabOptions.defaults())) {
            lab.exec(Node.HOST, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward");
            try (LabNatexd natexd = LabNatexd.start(lab);
                    Capture uplink = Capture.on(lab, Node.HOST, Topology.UP);
                    Capture guest = Capture.on(lab, Node.GUEST1, Topology.GUEST_INTERFACE);
                    ProbeFlood flood = ProbeFlood.start(lab, Node.GUEST1, 1, PROBES_PER_SECOND)) {
                for (int i = 0; i < 3; i++) {
                    TimeUnit.MILLISECONDS.sleep(200);
                    reload(natexd, setting);
                    TimeUnit.MILLISECONDS.sleep(200);
                    reload(natexd, ALL);
                }
                int sent = flood.stop();

                assertTrue(sent > PROBES_MIN, "too few to tell: " + sent);
                Set<String> arrived = new HashSet<>(errors(uplink));
                List<String> delivered = errors(guest);
                assertEquals(arrived.size(), delivered.size(), natexd::log);
                assertEquals(arrived, new HashSet<>(delivered));
                assertEquals(sent, delivered.size());
            }
        }
    }

    @Test
    @DisplayName("R50: an error about a probe from long before the reload reaches its guest")
    void mappingsOutliveAReload() {
        try (Lab lab = Lab.up(LabOptions.defaults());
                LabNatexd natexd = LabNatexd.start(lab);
                Capture outside = Capture.on(lab, Node.R1, Topology.DOWN);
                Capture guest = Capture.on(lab, Node.GUEST1, Topology.GUEST_INTERFACE)) {
            lab.exec(Node.GUEST1, "traceroute", "-n", "-q1", "-m1", Topology.TARGET);
            byte[] probe = outside.incoming(octets -> Packet.of(octets).isUdp()).get(0);
            reload(natexd, "probes.max-ttl = 30", "probes.lifetime-seconds = 25", "relay.errors = [\"time-exceeded\"]");

            byte[] late = Packets.timeExceeded(
                            Ipv4Address.parse(Topology.HOPS.get(1)), Ipv4Address.parse(Topology.HOST))
                    .quoting(probe)
                    .bytes();
            Namespace.call(lab.namespace(Node.R1), () -> {
                try (Inet4Socket socket = Inet4Socket.rawSender()) {
                    return socket.send(Ipv4Address.parse(Topology.HOST), 0, Packets.direct(late), 0, late.length);
                }
            });

            assertEquals(2, errors(guest).size(), natexd::log);
            List<byte[]> received = guest.incoming(octets -> Packet.of(octets).isIcmpError());
            assertEquals(Topology.HOPS.get(1), Packet.of(received.get(1)).source());
            assertEquals(Topology.GUEST1, Packet.of(received.get(1)).embedded().source());
        }
    }

    @Test
    @DisplayName(
            "R50: a reload applies a changed selection of errors, including the rules, and the next one reverts it")
    void errorsAreSelectedAnew() {
        try (Lab lab = Lab.up(LabOptions.defaults());
                LabNatexd natexd = LabNatexd.start(lab)) {
            reload(natexd, UNREACHABLE_ONLY);
            assertEquals(List.of("*", "*", "*", "*", Topology.TARGET), trace(lab), natexd::log);
            assertTrue(
                    natexd.log()
                            .contains("reload: relay.errors: time-exceeded, destination-unreachable ->"
                                    + " destination-unreachable"),
                    natexd::log);
            assertFalse(rules(lab).contains("time-exceeded"), rules(lab));

            reload(natexd, ALL);
            assertEquals(Topology.HOPS, trace(lab), natexd::log);
            assertTrue(rules(lab).contains("time-exceeded"), rules(lab));
        }
    }

    @Test
    @DisplayName(
            "R50: a mistake in the file is reported with line and column; the current configuration stays in force")
    void aMistakeChangesNothing() throws Exception {
        try (Lab lab = Lab.up(LabOptions.defaults());
                NotifySocket manager = NotifySocket.at(lab.directory().resolve("notify"));
                LabNatexd natexd = LabNatexd.start(lab, Map.of("NOTIFY_SOCKET", manager.name()))) {
            natexd.reload(UNREACHABLE_ONLY, "probes.max-ttl = 600");
            String log = natexd.awaitLog("reload refused");

            assertTrue(
                    Pattern.compile(
                                    "WARN reload refused; the current configuration stays in force: \\S+/natexd.toml:2:1: ")
                            .matcher(log)
                            .find(),
                    log);
            assertEquals(Topology.HOPS, trace(lab), natexd::log);
            String ready = manager.await(1000, text -> text.startsWith("READY=1\n") && text.contains("refused"))
                    .value("STATUS");
            assertTrue(ready.contains("the last reload was refused: ") && ready.contains("natexd.toml:2:1: "), ready);

            reload(natexd, ALL);
            List<String> told = manager.texts(text -> text.startsWith("READY") || text.startsWith("RELOADING"));
            assertEquals(
                    List.of("READY", "RELOADING", "READY", "RELOADING", "READY"),
                    told.stream().map(text -> text.replaceFirst("(?s)=.*", "")).toList());
            assertFalse(told.get(4).contains("refused"), told.get(4));
        }
    }

    @Test
    @DisplayName("R50: a reload reports each setting that needs a restart in its own line, and does not change it")
    void whatNeedsARestartIsSaid() {
        try (Lab lab = Lab.up(LabOptions.defaults());
                LabNatexd natexd = LabNatexd.start(lab)) {
            reload(
                    natexd,
                    "queue.number = 77",
                    "queue.log-group = 78",
                    "queue.max-length = 79",
                    "probes.capacity = 80");

            String log = natexd.log();
            for (String change : List.of(
                    "queue.number: 5511 -> 77",
                    "queue.max-length: 1024 -> 79",
                    "queue.log-group: 5511 -> 78",
                    "probes.capacity: 65536 -> 80")) {
                assertTrue(log.contains("reload: " + change + " needs a restart"), log);
            }
            assertEquals(Topology.HOPS, trace(lab), natexd::log);
        }
    }

    private static void reload(LabNatexd natexd, String... settings) {
        long before = reloads(natexd.log());
        natexd.reload(settings);
        natexd.awaitLog("(?s)(INFO reloaded.*){" + (before + 1) + "}");
    }

    private static long reloads(String log) {
        return Pattern.compile("INFO reloaded")
                .matcher(log)
                .results()
                .map(MatchResult::group)
                .count();
    }

    /** The quoted probes, one line for each error that arrived. */
    private static List<String> errors(Capture capture) {
        return capture.incoming(octets -> Packet.of(octets).isIcmpError()).stream()
                .map(octets -> Integer.toString(Packet.of(octets).embedded().destinationPort()))
                .toList();
    }

    private static List<String> trace(Lab lab) {
        return Traceroute.hops(lab.exec(Node.GUEST1, "traceroute", "-n", "-q1", "-w1", "-m5", Topology.TARGET)
                .output());
    }

    private static String rules(Lab lab) {
        return lab.exec(
                        Node.HOST,
                        LabNatexd.tree().resolve("libexec/natexd-rules").toString(),
                        "status")
                .output();
    }
}
