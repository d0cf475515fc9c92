package io.github.natexd.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.natexd.testkit.LabNatexd;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A NAT process that is a hop and says nothing: a guest's probes with TTL 1 end there. Those that root sends on the host,
 * alike in all but port and IP ID, leave and are answered.
 */
class ProbesEndAtTheNatLabTest {
    private static final int ROUNDS = 20;
    private static final int PROBES = 10;

    @ParameterizedTest
    @ValueSource(strings = {"-U -p 33434", "", "-I"})
    @DisplayName("defect 1: a guest's probes that end at the NAT take none of the host's errors (200 of 200)")
    void theHostLosesNothing(String method) {
        AtomicBoolean enough = new AtomicBoolean();
        try (Lab lab = Lab.up(LabOptions.defaults().rewritingPorts().decrementingTtl());
                LabNatexd natexd = LabNatexd.start(lab)) {
            // A guest has traced before: natexd knows that this NAT keeps IP IDs and takes a hop.
            for (Client client : List.of(Client.TRACEROUTE, Client.TRACEROUTE_ICMP)) {
                String output = client.run(lab, Node.GUEST1);
                assertEquals(lab.hops(), Traceroute.hops(output), output + natexd.log());
            }

            CompletableFuture<String> guest = CompletableFuture.supplyAsync(
                    () -> {
                        StringBuilder shown = new StringBuilder();
                        while (!enough.get()) {
                            shown.append(firstHop(lab, Node.GUEST1, method));
                        }
                        return shown.toString();
                    },
                    task -> new Thread(task, "guest").start());
            StringBuilder shown = new StringBuilder();
            try {
                for (int i = 0; i < ROUNDS; i++) {
                    shown.append(firstHop(lab, Node.HOST, method));
                }
            } finally {
                enough.set(true);
            }

            String host = shown.toString();
            assertEquals(ROUNDS * PROBES, answers(host), host + natexd.log());
            String seen = guest.join();
            assertFalse(seen.contains(Topology.HOPS.get(0)), () -> "the guest's end at the NAT: " + seen);
            Trace.start(lab, Node.HOST, Client.TRACEROUTE).shows(Topology.HOPS, "all hops, on the host");
        }
    }

    /** All probes at once, and each in time for the next round. */
    private static String firstHop(Lab lab, Node node, String method) {
        return lab.exec(
                        node,
                        "sh",
                        "-c",
                        "traceroute -n -m1 -w0.3 -q" + PROBES + " -N" + PROBES + " " + method + " " + Topology.TARGET)
                .output();
    }

    private static long answers(String output) {
        return output.split(" ms", -1).length - 1L;
    }
}
