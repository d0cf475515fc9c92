package io.github.natexd.lab;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.testkit.Capture;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.Packet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two guests and the host trace the same target at once, with the same destination ports: every hop list is right, each
 * error reaches the one that caused it, once, and nobody else (R16, R17, R36).
 */
class SeveralTracersLabTest {
    private static final int ATTEMPTS = 4;
    /** What stands in the {@link #key} of a UDP probe. */
    private static final String UDP = "protocol 17 ";

    @ParameterizedTest
    @MethodSource("io.github.natexd.lab.NatWays#notable")
    @DisplayName("R16, R17, R36: each tracer sees its own hops and nothing else")
    void eachTracerSeesItsOwnHopsAndNothingElse(LabOptions options) {
        try (Lab lab = Lab.up(options);
                LabNatexd natexd = LabNatexd.start(lab)) {
            try {
                allTrace(lab, options);
            } catch (AssertionError e) {
                // Its last words count what became of every error.
                natexd.stop();
                throw new AssertionError(e.getMessage() + "\n" + natexd.log(), e);
            }
        }
    }

    private static void allTrace(Lab lab, LabOptions options) {
        for (Client client : List.of(Client.TRACEROUTE, Client.TRACEROUTE_ICMP, Client.MTR_UDP)) {
            assertTrue(
                    Stream.generate(() -> allShowEveryHop(lab, options, client))
                            .limit(isCertain(options) ? 1 : ATTEMPTS)
                            .anyMatch(all -> all),
                    () -> "hops are missing: " + client);
        }
    }

    /**
     * Where nothing but order tells two guests' equal probes apart, or where the guest's sighting is late, natexd may have
     * to pass an error over when the machine is busy: a star, never a wrong hop.
     */
    private static boolean isCertain(LabOptions options) {
        return !(options.rewritePorts() && options.rewriteIds()) && options.egressFirstMillis() == 0;
    }

    /** Traces from all three at once; answers whether no hop is missing. A wrong one, or a wrong packet, fails. */
    private static boolean allShowEveryHop(Lab lab, LabOptions options, Client client) {
        Warmup.of(lab);
        try (Capture guest1 = Capture.on(lab, Node.GUEST1, Topology.GUEST_INTERFACE);
                Capture guest2 = Capture.on(lab, Node.GUEST2, Topology.GUEST_INTERFACE)) {
            Trace first = Trace.start(lab, Node.GUEST1, client);
            Trace second = Trace.start(lab, Node.GUEST2, client);
            Trace host = Trace.startUnprivileged(lab, Node.HOST, client);

            host.shows(lab.hops(), client + " on the host");
            boolean complete = first.showsAtMost(lab.hops(), client + " in guest1")
                    & second.showsAtMost(lab.hops(), client + " in guest2");
            boolean certain = isCertain(options);
            assertEachErrorBelongsToAProbe(guest1, Topology.GUEST1, client, certain);
            assertEachErrorBelongsToAProbe(guest2, Topology.GUEST2, client, certain);
            return complete;
        }
    }

    private static void assertEachErrorBelongsToAProbe(Capture capture, String guest, Client client, boolean certain) {
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
        // An echo request that reaches the target has a reply, no error; every other probe has one error.
        answers.forEach((probe, errors) -> assertTrue(
                errors.size() == 1 || errors.isEmpty() && !(certain && probe.contains(UDP)),
                () -> client + ", " + probe + " was answered by " + errors));
    }

    private static String key(Packet probe) {
        return probe.source() + ", protocol " + probe.probeKey() + " id " + probe.id();
    }
}
