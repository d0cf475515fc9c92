package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.lab.Traceroute;
import io.github.natexd.linux.emulation.Namespace;
import io.github.natexd.testkit.LabNatexd;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Traceroute over TCP cannot work behind VMware's NAT, and natexd cannot help: the NAT process terminates the guest's
 * connections and makes its own, so no segment of a guest reaches a router. With every TTL, the target seems to be one
 * hop away.
 */
class TcpTracerouteLabTest {
    private static final int PORT = 80;
    /** The result is the same for an open port and a closed one. */
    private static final List<String> NEXT_DOOR = List.of(Topology.TARGET);

    private static final List<String> TRACEROUTE =
            List.of("traceroute", "-n", "-q1", "-w1", "-T", "-p" + PORT, "-m5", Topology.TARGET);
    private static final List<String> MTR =
            List.of("mtr", "-n", "--report", "-c1", "-i1", "-G1", "-T", "-P" + PORT, "-m5", Topology.TARGET);

    @Test
    @DisplayName(
            "R30: a guest's TCP traceroute shows the target or nothing, with or without natexd; the host's shows all hops")
    void aGuestsTracerouteByTcpShowsTheTargetOrNothing() throws IOException {
        try (Lab lab = Lab.up(LabOptions.defaults())) {
            assertWhatTheGuestSees(lab, "without natexd");
            try (LabNatexd natexd = LabNatexd.start(lab)) {
                assertWhatTheGuestSees(lab, "with natexd");
                assertEquals(Topology.HOPS, hops(lab, Node.HOST, TRACEROUTE), natexd::log);
            }
        }
    }

    private static void assertWhatTheGuestSees(Lab lab, String story) throws IOException {
        assertEquals(NEXT_DOOR, hops(lab, Node.GUEST1, TRACEROUTE), story + ", refused");
        assertEquals(NEXT_DOOR, hops(lab, Node.GUEST1, MTR), story + ", refused");
        try (ServerSocket server = Namespace.call(lab.namespace(Node.TARGET), () -> new ServerSocket(PORT))) {
            assertEquals(NEXT_DOOR, hops(lab, Node.GUEST1, TRACEROUTE), story + ", port " + server.getLocalPort());
            assertEquals(NEXT_DOOR, hops(lab, Node.GUEST1, MTR), story + ", port " + server.getLocalPort());
        }
        silence(lab, "add");
        assertEquals(List.of("*", "*", "*", "*", "*"), hops(lab, Node.GUEST1, TRACEROUTE), story + ", no answer");
        silence(lab, "del");
    }

    /** Replaces the route back to the host with one that leads nowhere. */
    private static void silence(Lab lab, String verb) {
        Lab.Result result = lab.exec(Node.TARGET, "ip", "route", verb, "blackhole", Topology.HOST + "/32");
        assertEquals(0, result.exitCode(), result.output());
    }

    private static List<String> hops(Lab lab, Node node, List<String> command) {
        return Traceroute.hops(lab.exec(node, command).output());
    }
}
