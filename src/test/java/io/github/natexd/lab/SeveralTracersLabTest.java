package io.github.natexd.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.natexd.lab.LabOptions.Send;
import io.github.natexd.testkit.Capture;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.Packet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two guests and the host trace the same target at once, with the same destination ports: every hop list is right, each
 * error reaches the one that caused it, once, and nobody else (R16, R17, R36).
 */
class SeveralTracersLabTest {
    static Stream<LabOptions> ways() {
        LabOptions plain = LabOptions.defaults();
        return Stream.of(
                plain,
                plain.rewritingPorts(),
                plain.rewritingIds(),
                plain.rewritingPorts().rewritingIds(),
                plain.sendingBy(Send.SOCKET),
                plain.sendingBy(Send.PACKET),
                plain.egressFirst(5),
                plain.egressFirst(5).rewritingPorts());
    }

    @ParameterizedTest
    @MethodSource("ways")
    void eachTracerSeesItsOwnHopsAndNothingElse(LabOptions options) {
        try (Lab lab = Lab.up(options);
                LabNatexd natexd = LabNatexd.start(lab)) {
            Warmup.of(lab);
            for (Client client : List.of(Client.TRACEROUTE, Client.TRACEROUTE_ICMP, Client.MTR_UDP)) {
                try (Capture guest1 = Capture.on(lab, Node.GUEST1, Topology.GUEST_INTERFACE);
                        Capture guest2 = Capture.on(lab, Node.GUEST2, Topology.GUEST_INTERFACE)) {
                    Trace first = Trace.start(lab, Node.GUEST1, client);
                    Trace second = Trace.start(lab, Node.GUEST2, client);
                    Trace host = host(lab, client);

                    String log = "\n" + natexd.log();
                    first.shows(lab.hops(), client + " in guest1" + log);
                    second.shows(lab.hops(), client + " in guest2" + log);
                    host.shows(lab.hops(), client + " on the host" + log);
                    assertEachErrorBelongsToAProbe(guest1, Topology.GUEST1, client);
                    assertEachErrorBelongsToAProbe(guest2, Topology.GUEST2, client);
                }
            }
        }
    }

    /** traceroute needs no rights for these; mtr's helper has its own and would lose them. */
    private static Trace host(Lab lab, Client client) {
        boolean unprivileged = client == Client.TRACEROUTE || client == Client.TRACEROUTE_ICMP;
        return unprivileged ? Trace.startUnprivileged(lab, Node.HOST, client) : Trace.start(lab, Node.HOST, client);
    }

    private static void assertEachErrorBelongsToAProbe(Capture capture, String guest, Client client) {
        List<Capture.Frame> frames = capture.frames();
        Map<String, Integer> answers = new TreeMap<>();
        for (Capture.Frame frame : frames) {
            Packet packet = Packet.of(frame.packet());
            if (frame.outgoing() && packet.isProbe() && packet.destination().equals(Topology.TARGET)) {
                answers.put(packet.probeKey() + " id " + packet.id(), 0);
            }
        }
        assertFalse(answers.isEmpty(), "no probe seen");
        for (Capture.Frame frame : frames) {
            Packet packet = Packet.of(frame.packet());
            if (!frame.outgoing()
                    && packet.isIcmpError()
                    && packet.destination().equals(guest)) {
                assertEquals(guest, packet.embedded().source(), packet::toString);
                String key = packet.embedded().probeKey() + " id "
                        + packet.embedded().id();
                Integer before = answers.get(key);
                assertFalse(before == null, () -> guest + " got an error about a probe it never sent: " + packet);
                answers.merge(key, 1, Integer::sum);
            }
        }
        // An echo request that reaches the target has a reply, no error; every other probe has one error.
        answers.forEach((probe, count) -> assertFalse(
                count > 1 || count == 0 && client.isUdp(), () -> probe + " was answered " + count + " times"));
    }
}
