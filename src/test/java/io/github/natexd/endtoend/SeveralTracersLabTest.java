package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.LabOptions.Send;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.testkit.Capture;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.LabShell;
import io.github.natexd.testkit.Packet;
import io.github.natexd.testkit.clients.Client;
import io.github.natexd.testkit.clients.NatWays;
import io.github.natexd.testkit.clients.Trace;
import io.github.natexd.testkit.clients.Warmup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two guests and the host trace the same target at the same time, with the same destination ports: every hop list is
 * right, and each error reaches only the tracer that caused it, once (R16, R17, R36).
 */
class SeveralTracersLabTest {
    /**
     * If the host sees guests' frames late, on a busy machine the delay can exceed 10 ms, which is too late for a copy.
     */
    private static final int ATTEMPTS = 4;

    private static final int FIRST_PORT = 36_000;
    private static final int PORTS = 8000;
    /** Marks UDP probes in a {@link #key}. */
    private static final String UDP = "protocol 17 ";

    /** The NAT process runs as root, as with VMware: only evidence distinguishes its probes from root's. */
    static Stream<Arguments> ways() {
        return NatWays.notable().stream().flatMap(way -> Stream.of(Arguments.of(way, false), Arguments.of(way, true)));
    }

    @ParameterizedTest(name = "{0}, root on the host: {1}")
    @MethodSource("ways")
    @DisplayName("R16, R17, R36: each tracer sees only its own hops, for every user on the host")
    void eachTracerSeesItsOwnHopsAndNothingElse(LabOptions options, boolean root) {
        try (Lab lab = Lab.up(options)) {
            keepPortsApart(lab);
            warmTheNatUp(lab);
            try (LabNatexd natexd = LabNatexd.start(lab)) {
                try {
                    allTrace(lab, root);
                } catch (AssertionError e) {
                    // Its last log line counts the decisions about all errors.
                    natexd.stop();
                    throw new AssertionError(e.getMessage() + "\n" + natexd.log(), e);
                }
            }
        }
    }

    /**
     * The lab's NAT process runs in a JVM, so its first packets can take longer than 10 ms, which a native process
     * never does. The host's probe would then look like the guest's, and the guest would get a copy of its error.
     * natexd starts after this warm-up and knows nothing of this NAT.
     */
    private static void warmTheNatUp(Lab lab) {
        for (Node guest : List.of(Node.GUEST1, Node.GUEST2)) {
            for (String protocol : List.of("-U", "-I")) {
                lab.exec(guest, "traceroute", "-n", "-w0.1", protocol, Topology.TARGET);
            }
        }
    }

    private static void allTrace(Lab lab, boolean root) {
        if (lab.options().send() == Send.PACKET) {
            // The sender of the host's probes is certain once natexd knows that this NAT's probes are not seen leaving.
            Warmup.pause();
            Client.TRACEROUTE.run(lab, Node.GUEST1);
            Client.TRACEROUTE_ICMP.run(lab, Node.GUEST1);
        }
        boolean late = lab.options().egressFirstMillis() != 0;
        for (Client client : List.of(Client.TRACEROUTE, Client.TRACEROUTE_ICMP, Client.MTR_UDP)) {
            boolean ambiguous = isAmbiguous(lab.options(), root, client);
            boolean complete = false;
            for (int attempt = 0; !complete && attempt < (late ? ATTEMPTS : 1); attempt++) {
                complete = allShow(lab, client, root, ambiguous || late);
            }
            assertTrue(complete || ambiguous, () -> "hops are missing: " + client);
        }
    }

    /**
     * Traces from all three at the same time; returns whether the guests see all hops. No tracer may see a wrong hop,
     * and the host must see every hop.
     */
    private static boolean allShow(Lab lab, Client client, boolean root, boolean stars) {
        try (Capture guest1 = Capture.on(lab, Node.GUEST1, Topology.GUEST_INTERFACE);
                Capture guest2 = Capture.on(lab, Node.GUEST2, Topology.GUEST_INTERFACE)) {
            Trace first = Trace.start(lab, Node.GUEST1, client);
            Trace second = Trace.start(lab, Node.GUEST2, client);
            Trace host = root ? Trace.start(lab, Node.HOST, client) : Trace.startUnprivileged(lab, Node.HOST, client);

            if (root) {
                host.showsAll(lab.hops(), () -> client + " on the host");
            } else {
                // Without root, all echo requests use one socket: an error that arrives before the next request is sent
                // keeps it from leaving, with natexd or without.
                host.shows(lab.hops(), client + " on the host");
            }
            assertEachErrorBelongsToAProbe(guest1, Topology.GUEST1, client, stars);
            assertEachErrorBelongsToAProbe(guest2, Topology.GUEST2, client, stars);
            if (!stars) {
                first.showsAll(lab.hops(), () -> client + " in guest1");
                second.showsAll(lab.hops(), () -> client + " in guest2");
            }
            return first.showsAtMost(lab.hops(), client + " in guest1")
                    & second.showsAtMost(lab.hops(), client + " in guest2");
        }
    }

    /**
     * Avoids that a NAT that keeps ports has to replace one; if it also replaces IP IDs, that probe would get a star.
     * The NAT holds the ports of the warm-up, too.
     */
    private static void keepPortsApart(Lab lab) {
        int first = FIRST_PORT;
        for (Node node : List.of(Node.GUEST1, Node.GUEST2, Node.HOST)) {
            String range = first + " " + (first + PORTS - 1);
            LabShell.must(lab, node, "echo " + range + " > /proc/sys/net/ipv4/ip_local_port_range");
            first += PORTS;
        }
    }

    /**
     * Whether guests may see stars (case 5 of how-it-works.md): the NAT keeps neither port nor IP ID, and its user
     * sends the same probes from the host as the guests. mtr's UDP probes have no IP ID that could be kept. Probes of
     * another user are recognized by the user.
     */
    private static boolean isAmbiguous(LabOptions options, boolean root, Client client) {
        return options.rewritePorts() && (options.rewriteIds() || client == Client.MTR_UDP) && root;
    }

    private static void assertEachErrorBelongsToAProbe(Capture capture, String guest, Client client, boolean stars) {
        List<Capture.Frame> frames = capture.frames();
        Map<String, List<Packet>> answers = new TreeMap<>();
        for (Capture.Frame frame : frames) {
            Packet packet = Packet.of(frame.packet());
            if (frame.outgoing() && packet.isProbe() && packet.destination().equals(Topology.TARGET)) {
                answers.put(key(packet), new ArrayList<>());
            }
        }
        assertFalse(answers.isEmpty(), "no probe seen");
        for (Capture.Frame frame : frames) {
            Packet packet = Packet.of(frame.packet());
            if (!frame.outgoing()
                    && packet.isIcmpError()
                    && packet.destination().equals(guest)) {
                List<Packet> known = answers.get(key(packet.embedded()));
                assertTrue(known != null, () -> guest + " got an error about a probe it never sent: " + packet);
                known.add(packet);
            }
        }
        // An echo request that reaches the target gets a reply, no error; every other probe gets one error.
        answers.forEach((probe, errors) -> assertTrue(
                errors.size() == 1 || errors.isEmpty() && (stars || !probe.contains(UDP)),
                () -> client + ", " + probe + " was answered by " + errors));
    }

    private static String key(Packet probe) {
        return probe.source() + ", protocol " + probe.probeKey() + " id " + probe.id();
    }
}
