package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.lab.Traceroute;
import io.github.natexd.linux.libc.Libc;
import io.github.natexd.testkit.GuestFlood;
import io.github.natexd.testkit.HostStream;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.LabShell;
import io.github.natexd.testkit.Recovery;
import io.github.natexd.testkit.clients.Client;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Faults of the host and of natexd itself, while the host sends 1000 probes and 1000 pings a second: none is lost that
 * would not be lost without natexd, and a guest's traceroute works within five seconds of the end of the fault.
 */
class FaultsLabTest {
    private static final int SIGCONT = 18;
    private static final int SIGSTOP = 19;
    private static final int RATE = 1000;
    /** How long the JVM takes for its last collections, which find no room, and for its end: what is queued is lost. */
    private static final int END_MILLIS = 500;

    /** More probes than natexd's socket on the guest network can hold. */
    private static final int FLOOD = 30_000;

    private static final Pattern GUEST_SIGHTINGS = Pattern.compile("guest-sightings (\\d+)");
    private static final int OUT_OF_MEMORY = 3;
    private static final int NO_PERMISSION = 77;

    @Test
    @DisplayName(
            "R45: the guest network is down and up, without and with its address, and deleted: the host loses nothing")
    void theGuestNetworkChanges() {
        try (Lab lab = Lab.up(LabOptions.defaults());
                LabNatexd natexd = LabNatexd.start(lab);
                HostStream stream = HostStream.start(lab, RATE)) {
            LabShell.must(lab, Node.HOST, "ip link set vmnet8 down");
            natexd.awaitLog("guest network vmnet8 is missing or down: waiting");
            LabShell.must(lab, Node.HOST, "ip link set vmnet8 up");
            Recovery.assertGuestTraces(lab, natexd, System.nanoTime());
            LabShell.must(lab, Node.HOST, "ip addr flush dev vmnet8");
            natexd.awaitLog("guest network vmnet8 has no IPv4 address: waiting");
            LabShell.must(lab, Node.HOST, "ip addr add 192.168.44.1/24 dev vmnet8");
            Recovery.assertGuestTraces(lab, natexd, System.nanoTime());
            LabShell.must(lab, Node.HOST, "ip link del vmnet8");
            natexd.awaitLog("(?s)(guest network vmnet8 is missing or down: waiting.*){2}");

            assertNothingLost(stream);
        }
    }

    @Test
    @DisplayName("R45: the uplink goes down and up and changes its address: guest and host trace within five seconds")
    void theUplinkChanges() {
        try (Lab lab = Lab.up(LabOptions.defaults());
                LabNatexd natexd = LabNatexd.start(lab)) {
            LabShell.must(lab, Node.HOST, "ip link set up0 down; sleep 0.5; ip link set up0 up");
            LabShell.must(lab, Node.HOST, "ip route replace default via 192.168.199.1");
            Recovery.assertGuestTraces(lab, natexd, System.nanoTime());

            try (HostStream stream = HostStream.start(lab, RATE)) {
                String another = "ip addr add 192.168.199.196/24 dev up0;"
                        + " ip route replace default via 192.168.199.1 src 192.168.199.196";
                LabShell.must(lab, Node.HOST, another);
                Recovery.assertGuestTraces(lab, natexd, System.nanoTime());
                String host = Client.TRACEROUTE.run(lab, Node.HOST);
                assertEquals(Topology.HOPS, Traceroute.hops(host), host);
                assertNothingLost(stream);
            }
            LabShell.must(lab, Node.HOST, "ip addr del 192.168.199.196/24 dev up0");
            LabShell.must(lab, Node.HOST, "ip route replace default via 192.168.199.1");
            Recovery.assertGuestTraces(lab, natexd, System.nanoTime());
        }
    }

    @Test
    @DisplayName("R43: a second natexd ends with a reason, and takes nothing from the first one, the guest or the host")
    void aSecondNatexdIsStarted() {
        try (Lab lab = Lab.up(LabOptions.defaults());
                LabNatexd natexd = LabNatexd.start(lab);
                HostStream stream = HostStream.start(lab, RATE)) {
            Path configuration = natexd.socket().resolveSibling("natexd.toml");
            Lab.Result second = lab.exec(
                    Node.HOST,
                    LabNatexd.tree().resolve("bin/natexd").toString(),
                    "run",
                    "--config",
                    configuration.toString());

            assertEquals(NO_PERMISSION, second.exitCode(), second.output());
            String rules = LabShell.must(lab, Node.HOST, "nft --stateless list ruleset");
            LabNatexd.removeRulesAsTheUnit(lab);
            assertEquals(rules, LabShell.must(lab, Node.HOST, "nft --stateless list ruleset"));
            Recovery.assertGuestTraces(lab, natexd, System.nanoTime());
            assertNothingLost(stream);
            natexd.killHard();
            LabNatexd.removeRulesAsTheUnit(lab);
            assertEquals("", LabShell.must(lab, Node.HOST, "nft list ruleset"));
        }
    }

    @Test
    @DisplayName(
            "R45: with every receive buffer full, natexd loses sightings and news, reads the news again, and goes on")
    void everyReceiveBufferIsFull() {
        try (Lab lab = Lab.up(LabOptions.defaults());
                LabNatexd natexd = LabNatexd.start(lab)) {
            Client.TRACEROUTE.run(lab, Node.GUEST1);
            Libc.INSTANCE.kill((int) natexd.pid(), SIGSTOP);
            GuestFlood.send(lab, FLOOD);
            LabShell.must(lab, Node.HOST, """
                    for i in $(seq 1 250); do echo addr add 127.1.$i.1/8 dev lo; done > $1
                    for i in $(seq 1 250); do echo addr del 127.1.$i.1/8 dev lo; done >> $1
                    ip -batch $1; ip -batch $1; ip -batch $1; ip -batch $1
                    ip addr flush dev vmnet8
                    """, lab.directory().resolve("news").toString());
            try (HostStream stream = HostStream.start(lab, RATE)) {
                Libc.INSTANCE.kill((int) natexd.pid(), SIGCONT);
                natexd.awaitLog("guest network vmnet8 has no IPv4 address: waiting");
                LabShell.must(lab, Node.HOST, "ip addr add 192.168.44.1/24 dev vmnet8");
                Recovery.assertGuestTraces(lab, natexd, System.nanoTime());
                assertNothingLost(stream);
            }
            natexd.stop();
            Matcher sightings = GUEST_SIGHTINGS.matcher(natexd.log());
            assertTrue(
                    sightings.find() && Integer.parseInt(sightings.group(1)) < FLOOD, () -> "no loss: " + natexd.log());
        }
    }

    @Test
    @DisplayName(
            "R41, R42: out of memory, natexd ends at once with an exit code that systemd restarts; the host has its errors")
    void theMemoryIsUsedUp() throws Exception {
        try (Lab lab = Lab.up(LabOptions.defaults());
                HostStream stream = HostStream.start(lab, RATE)) {
            Map<String, String> little = Map.of("NATEXD_JAVA_OPTS", "-Xmx18m");
            try (LabNatexd natexd = LabNatexd.start(lab, little, "probes.capacity = 1000000")) {
                GuestFlood.send(lab, 400_000);
                assertEquals(OUT_OF_MEMORY, natexd.awaitEnd(), natexd::log);
                assertTrue(natexd.log().contains("java.lang.OutOfMemoryError"), natexd::log);
            }
            LabNatexd.removeRulesAsTheUnit(lab);
            TimeUnit.SECONDS.sleep(3); // RestartSec of the unit: the fault ends when systemd starts natexd again
            long restart = System.nanoTime();
            try (LabNatexd restarted = LabNatexd.start(lab)) {
                Recovery.assertGuestTraces(lab, restarted, restart);
            }
            stream.stop();

            assertTrue(stream.errorsLost() <= END_MILLIS * RATE / 1000, stream::toString);
            assertEquals(0, stream.repliesLost(), stream::toString);
            String never = Files.readAllLines(Path.of("systemd", "natexd.service")).stream()
                    .filter(line -> line.startsWith("RestartPreventExitStatus="))
                    .findFirst()
                    .orElseThrow();
            assertFalse(never.matches(".*\\b" + OUT_OF_MEMORY + "\\b.*"), never);
        }
    }

    private static void assertNothingLost(HostStream stream) {
        stream.stop();
        assertTrue(stream.sent() > 0);
        assertEquals(0, stream.errorsLost(), stream::toString);
        assertEquals(0, stream.repliesLost(), stream::toString);
    }
}
