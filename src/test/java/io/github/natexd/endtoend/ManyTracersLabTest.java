package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.clients.Readings;
import io.github.natexd.testkit.clients.Trace;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * Fifty simultaneous traceroutes from two guests, each to its own target: all three probes of each hop get a response.
 */
@TestInstance(Lifecycle.PER_CLASS)
class ManyTracersLabTest {
    private static final int TRACERS = 50;
    /** Routers send all other packets towards the target, which has all addresses of this network (RFC 2544). */
    private static final String TARGETS = "198.18.0.";

    private Lab lab;
    private LabNatexd natexd;

    @BeforeAll
    void start() {
        lab = Lab.up(LabOptions.defaults());
        lab.exec(Node.TARGET, "ip", "route", "add", "local", TARGETS + "0/24", "dev", "lo");
        natexd = LabNatexd.start(lab);
        // A guest's kernel cannot keep four hundred probes while it resolves the gateway's MAC address.
        for (Node guest : List.of(Node.GUEST1, Node.GUEST2)) {
            lab.exec(guest, "ping", "-n", "-c1", "-W2", Topology.TARGET);
        }
    }

    @AfterAll
    void stop() {
        natexd.close();
        lab.close();
    }

    @RepeatedTest(3)
    @DisplayName("R17: every hop list is complete")
    void everyHopListIsComplete() {
        List<Trace> traces = new ArrayList<>();
        for (int i = 1; i <= TRACERS; i++) {
            Node guest = i % 2 == 0 ? Node.GUEST1 : Node.GUEST2;
            traces.add(Trace.start(lab, guest, List.of("traceroute", "-n", "-w2", TARGETS + i)));
        }

        List<String> incomplete = new ArrayList<>();
        for (int i = 1; i <= TRACERS; i++) {
            List<String> hops = new ArrayList<>(lab.hops());
            hops.set(hops.size() - 1, TARGETS + i);
            String output = traces.get(i - 1).output();
            if (!hops.equals(Readings.hops(output))) {
                incomplete.add(output);
            }
        }
        assertEquals(List.of(), incomplete, natexd::log);
    }
}
