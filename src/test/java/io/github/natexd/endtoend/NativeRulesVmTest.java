package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.lab.Traceroute;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.LabShell;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** natexd with a kernel that has nft's own queue statement, as Debian's stock kernels do: natexd uses only that. */
@TestInstance(Lifecycle.PER_CLASS)
class NativeRulesVmTest {
    private static final String NATIVE = "natexd-rules: complete, with nft's own queue statement: ";
    /** A long timeout, because an emulated machine is slow. */
    private static final String TRACEROUTE = "traceroute -n -w10";

    private static final int RESTORED_SECONDS = 60;
    /** A foreign firewall that counts the packets that natexd's rules see. */
    private static final String FOREIGN = """
            table inet foreign {
                chain arriving {
                    type filter hook input priority filter; policy accept;
                    ip protocol icmp counter
                }
            }
            """;

    private Lab lab;
    private LabNatexd natexd;

    @BeforeAll
    void start() {
        lab = Lab.up(LabOptions.defaults());
        natexd = LabNatexd.start(lab);
    }

    @AfterAll
    void stop() {
        natexd.close();
        lab.close();
    }

    @Test
    void theQueueRulesAreNftsOwnAndIptablesIsNotUsed() {
        String ruleset = onHost("nft list ruleset");

        assertTrue(status().startsWith(NATIVE), status());
        assertTrue(natexd.log().contains("with nft's own queue statement"), natexd.log());
        assertEquals(2, queueRules(ruleset).size(), ruleset);
        assertFalse(ruleset.contains("table ip mangle"), ruleset);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "traceroute -n -w10",
                "traceroute -n -w10 -I",
                "mtr -n --report -c2 -i1",
                "tracepath -n",
                "busybox traceroute -n -w10"
            })
    void everyHopIsShownAndItsErrorWasQueuedByTheNativeRule(String client) {
        onHost("nft reset counters table ip natexd");
        List<String> before = queueRules(onHost("nft list table ip natexd"));

        String guest = trace(lab, Node.GUEST1, client);
        String host = trace(lab, Node.HOST, client);

        assertEquals(Topology.HOPS, Traceroute.hops(guest), () -> guest + told(lab, natexd));
        assertEquals(Topology.HOPS, Traceroute.hops(host), () -> host + told(lab, natexd));
        assertNotEquals(before, queueRules(onHost("nft list table ip natexd")), "the rules' counters");
    }

    @Test
    @DisplayName("R44: natexd restores deleted rules natively; foreign tables and their counters stay")
    void deletedRulesReturnAndForeignTablesStay() throws Exception {
        onHost("nft -f - <<'END'\n" + FOREIGN + "END");
        try {
            String counted = trace(lab, Node.HOST, TRACEROUTE);
            String foreign = onHost("nft list table inet foreign");
            assertTrue(foreign.matches("(?s).*counter packets [1-9].*"), foreign + counted);

            onHost("nft delete table ip natexd");
            awaitNativeRules();

            assertEquals(foreign, onHost("nft list table inet foreign"));
            String guest = trace(lab, Node.GUEST1, TRACEROUTE);
            assertEquals(Topology.HOPS, Traceroute.hops(guest), () -> guest + told(lab, natexd));
        } finally {
            onHost("nft delete table inet foreign");
        }
    }

    @Test
    @DisplayName("R42: after a kill, natexd's native rules let errors pass; a second natexd replaces and removes them")
    void theHostTracesOnWhileTheRulesStandWithoutTheirQueue() {
        try (Lab own = Lab.up(LabOptions.defaults())) {
            LabNatexd.start(own).killHard();

            String host = trace(own, Node.HOST, TRACEROUTE);
            String left = LabShell.must(own, Node.HOST, "nft list table ip natexd");

            assertEquals(Topology.HOPS, Traceroute.hops(host), host + left);
            assertEquals(2, queueRules(left).size(), left);
            try (LabNatexd second = LabNatexd.start(own)) {
                String guest = trace(own, Node.GUEST1, TRACEROUTE);
                assertEquals(Topology.HOPS, Traceroute.hops(guest), () -> guest + told(own, second));
                assertEquals(0, second.stop(), second.log());
            }
            assertEquals("", LabShell.must(own, Node.HOST, "nft list ruleset").strip());
        }
    }

    private void awaitNativeRules() throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(RESTORED_SECONDS);
        while (!status().startsWith(NATIVE)) {
            assertTrue(System.nanoTime() < end, () -> status() + natexd.log());
            TimeUnit.MILLISECONDS.sleep(500);
        }
    }

    /** natexd's own status, to explain why a hop is missing. */
    private static String told(Lab lab, LabNatexd natexd) {
        String natexctl = LabNatexd.tree().resolve("bin/natexctl").toString();
        return natexd.log()
                + lab.exec(
                                Node.HOST,
                                natexctl,
                                "status",
                                "--socket",
                                natexd.socket().toString())
                        .output();
    }

    private static String trace(Lab lab, Node node, String client) {
        return lab.exec(node, "sh", "-c", client + " " + Topology.TARGET).output();
    }

    private static List<String> queueRules(String listing) {
        return listing.lines()
                .filter(line -> line.contains("queue flags bypass to 5511"))
                .toList();
    }

    private String status() {
        return lab.exec(
                        Node.HOST,
                        LabNatexd.tree().resolve("libexec/natexd-rules").toString(),
                        "status")
                .output();
    }

    private String onHost(String script) {
        return LabShell.must(lab, Node.HOST, script);
    }
}
