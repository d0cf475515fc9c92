package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.LabOptions.Router;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.lab.Traceroute;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.clients.Client;
import io.github.natexd.testkit.clients.Warmup;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** The packaged natexctl queries the packaged natexd, which runs as nobody. */
@TestInstance(Lifecycle.PER_CLASS)
class ControlLabTest {
    private static final int NO_PERMISSION = 77;
    private static final List<String> STRANGER = List.of("setpriv", "--reuid=12345", "--regid=12345", "--clear-groups");
    private static final List<String> MEMBER = List.of("setpriv", "--reuid=12345", "--regid=12345", "--groups=65534");
    private static final ObjectMapper JSON = new ObjectMapper();

    private Lab lab;
    private LabNatexd natexd;
    private Path metrics;

    @BeforeAll
    void start() throws IOException {
        lab = Lab.up(LabOptions.defaults());
        metrics = lab.directory().resolve("natexd/natexd.prom");
        natexd = LabNatexd.start(
                lab,
                "control.group = \"nogroup\"",
                "metrics.textfile = \"" + metrics + "\"",
                "metrics.interval-seconds = 5");
        Warmup.of(lab);
    }

    @AfterAll
    void stop() {
        natexd.close();
        assertFalse(Files.exists(natexd.socket()), "natexd takes its socket along");
        assertFalse(Files.exists(metrics), "and its metrics");
        lab.close();
    }

    @AfterEach
    void kernelAgain() {
        lab.router(Router.KERNEL);
    }

    @Test
    void statusTellsWhatTheNatWasSeenDoing() throws Exception {
        traceCompletely();

        Lab.Result result = natexctl("status", "--json");

        assertEquals(0, result.exitCode(), result.output());
        JsonNode status = JSON.readTree(result.output());
        assertEquals("working", status.at("/state").asText());
        assertEquals(natexd.pid(), status.at("/pid").asLong());
        assertEquals(
                Topology.GUEST_NETWORK_INTERFACE,
                status.at("/guestNetwork/interface").asText());
        assertEquals("loaded", status.at("/rules/state").asText());
        for (String trait : List.of("portsKept", "identificationsKept", "ttlKept", "seenLeaving")) {
            assertEquals("yes", status.at("/nat/udp/" + trait + "/state").asText(), trait + " in " + status);
        }
        assertEquals("no", status.at("/nat/delivers/1/state").asText(), "time exceeded, UDP: " + result.output());
        assertEquals("unknown", status.at("/nat/delivers/8/state").asText(), "no parameter problem yet");
        assertTrue(status.at("/reasons/RELAYED").asLong() >= Topology.HOPS.size(), result.output());
        assertTrue(status.at("/lastRelayedSecondsAgo").asLong() < 60, result.output());
    }

    @Test
    void mappingsAreThoseOfTheGuestsProbes() throws Exception {
        traceCompletely();

        Lab.Result plain = natexctl("mappings", "--plain");
        Lab.Result json = natexctl("mappings", "--json");

        assertEquals(0, plain.exitCode(), plain.output());
        Set<String> hops = new TreeSet<>();
        for (String row : plain.output().lines().toList()) {
            String[] cells = row.split("\t", -1);
            assertEquals(10, cells.length, row);
            if (cells[0].equals(Topology.GUEST1) && cells[4].equals(Topology.TARGET)) {
                assertEquals(Topology.HOST, cells[6], row);
                hops.add(cells[8]);
            }
        }
        assertTrue(hops.containsAll(Set.of("1", "2", "3", "4", "5")), plain.output());
        assertTrue(JSON.readTree(json.output()).at("/mappings").size() >= hops.size(), json.output());
    }

    @Test
    void watchTellsHopsAndMplsLabelsAsTheyCome() throws Exception {
        lab.router(Router.MPLS);
        Process watch = start("watch", "--json");
        try (BufferedReader lines = watch.inputReader()) {
            assertEquals("{\"version\":1,\"watching\":\"relayed\",\"records\":2}", lines.readLine());
            traceCompletely();

            boolean labels = false;
            Set<Integer> hops = new TreeSet<>();
            while (hops.size() < Topology.HOPS.size()) {
                JsonNode told = JSON.readTree(lines.readLine());
                int hop = told.at("/hop").asInt();
                assertEquals(Topology.GUEST1, told.at("/guest").asText(), told::toString);
                assertEquals(Topology.TARGET, told.at("/target").asText(), told.toString());
                if (hop <= Topology.HOPS.size()) {
                    assertEquals(
                            Topology.HOPS.get(hop - 1), told.at("/reporter").asText(), told.toString());
                    hops.add(hop);
                }
                long micros = told.at("/roundTripMicros").asLong();
                assertTrue(micros > 0 && micros < 5_000_000, told.toString());
                assertEquals(hop == 2 ? 2 : 0, told.at("/labels").size(), told.toString());
                labels |= hop == 2;
            }
            assertTrue(labels);
        } finally {
            watch.destroy();
        }
    }

    @Test
    void watchAllTellsWhyOtherErrorsWentToTheHost() throws Exception {
        Process watch = start("watch", "--all", "--plain", "--count=5");
        try (BufferedReader lines = watch.inputReader()) {
            natexd.awaitClient(); // --plain prints no header when natexd is ready to report
            String trace = Client.TRACEROUTE.run(lab, Node.HOST);
            assertEquals(Topology.HOPS, Traceroute.hops(trace), trace);

            for (int i = 0; i < 5; i++) {
                List<String> cells = List.of(lines.readLine().split("\t", -1));
                assertEquals(17, cells.size(), cells.toString());
                assertEquals("HOST_PROBE", cells.get(1), cells.toString());
                assertEquals("", cells.get(2), "no guest");
            }
            assertEquals(0, watch.waitFor());
        } finally {
            watch.destroy();
        }
    }

    @Test
    void outputThatCannotBeWrittenIsAFailureButNotIfItsReaderHasSeenEnough() {
        String command = String.join(" ", natexd.command("metrics"));

        Lab.Result full = lab.exec(Node.HOST, "sh", "-c", command + " >/dev/full");
        assertEquals(1, full.exitCode(), full.output());
        assertEquals("natexctl: the output could not be written; is the disk full?\n", full.output());
        Lab.Result enough = lab.exec(Node.HOST, "sh", "-c", "{ sleep 1; " + command + "; echo $? >&2; } | true");
        assertEquals("0\n", enough.output());
    }

    @Test
    void watchEndsWhenItsReaderHasSeenEnough() throws Exception {
        String command = String.join(" ", natexd.command("watch", "--plain", "--all"));
        Process watch = lab.start(Node.HOST, "sh", "-c", command + " | head -n1");
        try {
            natexd.awaitClient();
            for (int i = 0; i < 20 && watch.isAlive(); i++) {
                Client.TRACEROUTE.run(lab, Node.HOST);
            }
            assertTrue(watch.waitFor(10, TimeUnit.SECONDS), "it goes on although nobody reads");
        } finally {
            watch.destroy();
        }
    }

    @Test
    void waitReturnsAtOnceWhileItWorks() {
        Lab.Result result = natexctl("wait", "--timeout=0");

        assertEquals(0, result.exitCode(), result.output());
    }

    @Test
    void aGuestNetworkThatIsDownDegradesUntilItIsBack() {
        try {
            lab.exec(Node.HOST, "ip", "link", "set", Topology.GUEST_NETWORK_INTERFACE, "down");
            Lab.Result down = natexctl("status");
            Lab.Result waited = natexctl("wait", "--timeout=1");

            assertEquals(1, down.exitCode(), down.output());
            assertTrue(down.output().contains("is degraded"), down.output());
            assertTrue(down.output().contains("the guest network vmnet8 is missing or down"), down.output());
            assertTrue(down.output().contains("fix: start VMware's networks"), down.output());
            assertEquals(1, waited.exitCode(), waited.output());
        } finally {
            lab.exec(Node.HOST, "ip", "link", "set", Topology.GUEST_NETWORK_INTERFACE, "up");
        }
        assertEquals(0, natexctl("wait", "--timeout=10").exitCode());
    }

    @Test
    void metricsComeByCommandAndByFile() throws Exception {
        Lab.Result result = natexctl("metrics");

        assertEquals(0, result.exitCode(), result.output());
        assertTrue(result.output().contains("\nnatexd_working 1\n"), result.output());
        assertTrue(result.output().endsWith("\n"), result.output());
        assertTrue(Files.readString(metrics).contains("\n# TYPE natexd_errors_total counter\n"));
    }

    @Test
    void showConfigTellsWhereEachValueComesFrom() {
        Lab.Result running = natexctl("show-config", "--running", "--plain");
        Lab.Result defaults = natexctl("show-config", "--config=/dev/null");

        assertEquals(0, running.exitCode(), running.output());
        assertTrue(running.output().contains("control.group\t\"nogroup\"\t1\n"), running.output());
        assertTrue(running.output().contains("queue.number\t5511\t\n"), running.output());
        assertEquals(0, defaults.exitCode(), defaults.output());
        assertTrue(defaults.output().contains("\n[queue]\nnumber = 5511 "), defaults.output());
    }

    @Test
    void withoutNatexdEachCommandEndsWithTwoAndTheRemedy() {
        Path none = lab.directory().resolve("none.sock");
        for (String command : List.of("status", "mappings", "watch", "metrics", "reload", "wait --timeout=0")) {
            Lab.Result result = asked(List.of(), none, command.split(" "));

            assertEquals(2, result.exitCode(), command);
            assertTrue(result.output().contains("natexd is not running"), result.output());
            assertTrue(result.output().contains("fix: start it"), result.output());
        }
    }

    @Test
    void aWrongCommandLineIsNotTakenForANatexdThatDoesNotRun() {
        assertEquals(64, natexctl("status", "--colour").exitCode());
        assertEquals(64, natexctl("status", "--json", "--plain").exitCode());
    }

    @Test
    void aStrangerIsRefusedByTheSocketsMode() {
        Lab.Result result = asked(STRANGER, natexd.socket(), "status");

        assertEquals(NO_PERMISSION, result.exitCode(), result.output());
        assertTrue(result.output().contains("only root and group nogroup may"), result.output());
        assertTrue(result.output().contains("sudo usermod -aG nogroup $USER"), result.output());
    }

    @Test
    void aStrangerIsRefusedByTheKernelsWordEvenIfTheModeLetsHimIn() throws Exception {
        Files.setPosixFilePermissions(natexd.socket(), PosixFilePermissions.fromString("rw-rw-rw-"));
        try {
            Lab.Result result = asked(STRANGER, natexd.socket(), "status");

            assertEquals(NO_PERMISSION, result.exitCode(), result.output());
            assertTrue(result.output().contains("user 12345 is neither root nor in group nogroup"), result.output());
        } finally {
            Files.setPosixFilePermissions(natexd.socket(), PosixFilePermissions.fromString("rw-rw----"));
        }
    }

    @Test
    void aMemberMayAskButOnlyRootMayChange() {
        Lab.Result status = asked(MEMBER, natexd.socket(), "status");
        Lab.Result reload = asked(MEMBER, natexd.socket(), "reload");
        Lab.Result byRoot = natexctl("reload");

        assertEquals(0, status.exitCode(), status.output());
        assertEquals(NO_PERMISSION, reload.exitCode(), reload.output());
        assertTrue(reload.output().contains("only root may change natexd"), reload.output());
        assertEquals(0, byRoot.exitCode(), byRoot.output());
        assertTrue(byRoot.output().contains("reloaded; nothing changed"), byRoot.output());
    }

    @Test
    void theLogLevelChangesWhileNatexdRuns() {
        assertEquals("info\n", natexctl("log-level").output());
        assertEquals("warn\n", natexctl("log-level", "warn").output());
        String before = natexd.log();
        assertEquals(0, natexctl("reload").exitCode());
        assertEquals(before, natexd.log(), "a reload is logged at info");

        assertEquals("debug\n", natexctl("log-level", "debug").output());
        assertEquals(0, natexctl("reload").exitCode());
        String since = natexd.log().substring(before.length());
        assertTrue(since.matches("(?s).*INFO log level: WARN -> DEBUG\n.*INFO reloaded\n.*"), since);
        assertEquals(
                NO_PERMISSION,
                asked(MEMBER, natexd.socket(), "log-level", "trace").exitCode());
        assertEquals("info\n", natexctl("log-level", "info").output());
    }

    private void traceCompletely() {
        String trace = Client.TRACEROUTE.run(lab, Node.GUEST1);
        assertEquals(Topology.HOPS, Traceroute.hops(trace), trace + natexd.log());
    }

    private Lab.Result natexctl(String... arguments) {
        return asked(List.of(), natexd.socket(), arguments);
    }

    private Lab.Result asked(List<String> as, Path socket, String... arguments) {
        return lab.exec(Node.HOST, command(as, socket, arguments));
    }

    private Process start(String... arguments) {
        return lab.start(
                Node.HOST, command(List.of(), natexd.socket(), arguments).toArray(String[]::new));
    }

    private static List<String> command(List<String> as, Path socket, String... arguments) {
        List<String> command = new ArrayList<>(as);
        command.add(LabNatexd.tree().resolve("bin/natexctl").toString());
        command.addAll(List.of(arguments));
        if (!command.contains("--config=/dev/null")) {
            command.add("--socket=" + socket);
        }
        return command;
    }
}
