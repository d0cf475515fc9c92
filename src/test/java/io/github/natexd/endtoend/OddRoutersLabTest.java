package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.LabOptions.Router;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.lab.Traceroute;
import io.github.natexd.testkit.Capture;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.Packet;
import io.github.natexd.testkit.Packets;
import io.github.natexd.testkit.clients.Warmup;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Routers that do what no kernel does, with a NAT that changes everything it can: the guest sees the error as the
 * router sent it, except for what the NAT had changed in the probe.
 */
@TestInstance(Lifecycle.PER_CLASS)
class OddRoutersLabTest {
    private static final int IHL_5 = 20;
    private static final int ICMP_HEADER = 8;
    private static final int INTACT = 0xFFFF;
    private static final List<String[]> TRACES = List.of(
            new String[] {"traceroute", "-n", "-q1", "-w2", Topology.TARGET, "61"},
            new String[] {"traceroute", "-n", "-q1", "-w2", Topology.TARGET, "300"},
            new String[] {"traceroute", "-n", "-q1", "-w2", "-I", Topology.TARGET, "75"});

    /** The time to wait before a hop counts as a star. */
    private static final List<String[]> IMPATIENT_TRACES = TRACES.stream()
            .map(trace -> Arrays.stream(trace)
                    .map(word -> word.replace("-w2", "-w0.5"))
                    .toArray(String[]::new))
            .toList();

    private Lab lab;
    private LabNatexd natexd;

    @BeforeAll
    void start() {
        lab = Lab.up(LabOptions.defaults().rewritingPorts().rewritingIds().router(Router.BRIEF));
        natexd = LabNatexd.start(lab);
        Warmup.of(lab);
    }

    @AfterAll
    void stop() {
        natexd.close();
        lab.close();
    }

    @AfterEach
    void kernelAgain() {
        lab.router(Router.KERNEL);
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"KERNEL", "DAMAGED", "HALF", "SPLIT"})
    @DisplayName("R2, R5, R7, R9-R11, R19, R23-R28, R32-R34: errors of odd routers reach the guest unchanged")
    void anOddErrorReachesTheGuestAsTheRouterMadeIt(Router kind) {
        lab.router(kind);
        try (Capture guest = Capture.on(lab, Node.GUEST1, Topology.GUEST_INTERFACE);
                Capture uplink = Capture.on(lab, Node.HOST, Topology.UP)) {
            for (String[] trace : kind == Router.SILENT ? IMPATIENT_TRACES : TRACES) {
                String output = lab.exec(Node.GUEST1, trace).output();
                assertEquals(lab.hops(), Traceroute.hops(output), output + natexd.log());
            }

            Map<String, Packet> probes = guest
                    .outgoing(octets -> Packet.of(octets).isProbe())
                    .stream()
                    .map(Packet::of)
                    .collect(Collectors.toMap(Packet::probeKey, Function.identity(), (a, b) -> a));
            Map<Integer, Packet> sent = uplink.incoming(OddRoutersLabTest::isFromOddRouter).stream()
                    .map(Packet::of)
                    .collect(Collectors.toMap(Packet::id, Function.identity()));
            List<byte[]> errors = guest.incoming(OddRoutersLabTest::isFromOddRouter);
            int copies = kind == Router.TWICE ? 2 : kind == Router.SILENT ? 0 : 1;
            assertEquals(TRACES.size() * copies, errors.size(), natexd.log());
            assertEquals(errors.size(), sent.size());
            for (byte[] octets : errors) {
                Packet error = Packet.of(octets);
                Packet probe = probes.get(error.embedded().probeKey());
                assertTrue(probe != null, () -> error + " is about none of " + probes.keySet());
                assertReverted(probe, error);
                assertRest(kind, sent.get(error.id()), error);
            }
        }
    }

    /** The guest sees the same as the host, whose own errors pass natexd unchanged. */
    @ParameterizedTest
    @EnumSource(names = {"MPLS", "OLD_MPLS"})
    @DisplayName("R33: clients in the guest show MPLS labels as on the host, at both places")
    void labelsAreShownInTheGuestAsOnTheHost(Router kind) {
        lab.router(kind);

        // The guest first: earlier probes of the host that are equal in all fields that this NAT keeps would be
        // ambiguous.
        List<String> mtr = mtrLabels(Node.GUEST1);
        List<String> traceroute = tracerouteLabels(Node.GUEST1);

        List<String> report = mtrReport(Node.GUEST1);

        assertEquals(2, mtr.size(), mtr::toString);
        // On the host all at once, because nothing is ambiguous there.
        CompletableFuture<List<String>> mtrOnHost = CompletableFuture.supplyAsync(() -> mtrLabels(Node.HOST));
        CompletableFuture<List<String>> reportOnHost = CompletableFuture.supplyAsync(() -> mtrReport(Node.HOST));
        assertEquals(tracerouteLabels(Node.HOST), traceroute);
        assertEquals(mtrOnHost.join(), mtr);
        assertEquals(reportOnHost.join(), report);
    }

    @Test
    @DisplayName("R2, R32: a kernel router echoes record route, and the host's kernel adds to it without a checksum")
    void everyKernelRoutersErrorAboutARecordRouteProbeReachesTheGuest() {
        for (int ttl = 1; ttl < Topology.HOPS.size(); ttl++) {
            String output = lab.exec(Node.GUEST1, "ping", "-nR", "-c1", "-W1", "-t" + ttl, Topology.TARGET)
                    .output();
            assertTrue(
                    output.contains("From " + Topology.HOPS.get(ttl - 1) + " icmp_seq=1 Time to live exceeded"),
                    output + natexd.log());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"BRIEF", "OPTIONS", "BAD_CHECKSUM"})
    @DisplayName("R2, R5: natexd skips the options of the quoted probe and those of the error itself")
    void anErrorAboutAProbeWithOptionsReachesTheGuest(Router kind) {
        lab.router(kind);

        String output = lab.exec(Node.GUEST1, "ping", "-nR", "-c1", "-W1", "-t2", Topology.TARGET)
                .output();
        assertTrue(output.contains("From 10.0.12.2 icmp_seq=1 Time to live exceeded"), output + natexd.log());
    }

    private static boolean isFromOddRouter(byte[] octets) {
        Packet packet = Packet.of(octets);
        return packet.isIcmpError()
                && List.of(Topology.HOPS.get(1), Topology.PRIVATE_ROUTER).contains(packet.source());
    }

    private List<String> mtrLabels(Node node) {
        String output = lab.exec(node, "mtr", "--raw", "-n", "-e", "-c1", "-i1", "-G1", Topology.TARGET)
                .output();
        return output.lines().filter(line -> line.startsWith("m ")).distinct().toList();
    }

    /** The output without times; mtr reports labels only with {@code --raw}, or in separate lines. */
    private List<String> mtrReport(Node node) {
        String output = lab.exec(node, "mtr", "--report", "-n", "-e", "-c1", "-i1", "-G1", Topology.TARGET)
                .output();
        assertEquals(lab.hops(), Traceroute.hops(output), output);
        return output.lines().skip(2).map(line -> line.replaceFirst("%.*", "%")).toList();
    }

    private List<String> tracerouteLabels(Node node) {
        String output = lab.exec(node, "traceroute", "-n", "-q1", "-w2", "-e", Topology.TARGET)
                .output();
        List<String> labels = Pattern.compile("<MPLS:[^>]*>")
                .matcher(output)
                .results()
                .map(match -> match.group())
                .toList();
        assertNotEquals(List.of(), labels, output);
        return labels;
    }

    private static void assertReverted(Packet probe, Packet error) {
        Packet embedded = error.embedded();
        assertEquals(Topology.GUEST1, error.destination());
        assertEquals(probe.source(), embedded.source());
        assertEquals(probe.id(), embedded.id());
        assertEquals(probe.transportChecksum(), embedded.transportChecksum());
        assertTrue(Packets.headerIntact(error.octets(), 0), () -> "outer header checksum: " + error);
        assertTrue(Packets.icmpIntact(error.octets()), () -> "ICMP checksum: " + error);
    }

    /**
     * Compares all octets that did not have to change; the embedded header's checksum is as right or wrong as before.
     */
    private static void assertRest(Router kind, Packet sent, Packet seen) {
        int icmp = seen.headerLength();
        int embedded = icmp + ICMP_HEADER;
        int transport = embedded + IHL_5;
        boolean udp = seen.embedded().isUdp();
        int[][] changed = {
            {10, 2}, // outer header checksum
            {16, 4}, // outer destination
            {icmp + 2, 2}, // ICMP checksum
            {embedded + 4, 2}, // embedded IP ID
            {embedded + 10, 2}, // embedded header checksum
            {embedded + 12, 4}, // embedded source
            {udp ? transport : transport + 4, 2}, // source port or identifier
            {udp ? transport + 6 : transport + 2, 2} // transport checksum
        };
        assertArrayEquals(without(changed, sent.octets()), without(changed, seen.octets()), seen::toString);
        int sum = Packets.sum(seen.octets(), embedded, IHL_5);
        assertEquals(Packets.sum(sent.octets(), embedded, IHL_5), sum);
        assertEquals(kind == Router.BAD_CHECKSUM, sum != INTACT);
    }

    private static byte[] without(int[][] fields, byte[] octets) {
        byte[] rest = octets.clone();
        for (int[] field : fields) {
            Arrays.fill(rest, field[0], field[0] + field[1], (byte) 0);
        }
        return rest;
    }
}
