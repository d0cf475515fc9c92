package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.lab.Traceroute;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.LabShell;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A firewall is restarted while natexd runs. */
class RulesKeptLabTest {
    private static final int ATTEMPTS = 10;
    private static final List<String> FLUSHES =
            List.of("nft flush ruleset", "nft delete table ip natexd", "iptables-nft -t mangle -F");

    @Test
    @DisplayName("R44: natexd restores its rules after every kind of flush, and leaves a firewall's own rules alone")
    void rulesComeBackWhoeverFlushedThem() {
        try (Lab lab = Lab.up(LabOptions.defaults());
                LabNatexd natexd = LabNatexd.start(lab)) {
            for (String flush : FLUSHES) {
                LabShell.must(lab, Node.HOST, flush);
                String firewall = LabShell.must(lab, Node.HOST, """
                        nft 'table inet firewall; delete table inet firewall;
                            table inet firewall { chain in { type filter hook input priority filter; tcp dport 22 drop; }; }'
                        nft list table inet firewall
                        """);

                assertTrue(
                        isTracedSoon(lab),
                        () -> flush + "\n" + LabShell.must(lab, Node.HOST, "nft list ruleset") + natexd.log());
                assertEquals(firewall, LabShell.must(lab, Node.HOST, "nft list table inet firewall"));
            }
            natexd.stop();
            String left = LabShell.must(lab, Node.HOST, "nft list ruleset");
            assertTrue(
                    left.contains("table inet firewall") && !left.toLowerCase().contains("natexd"), left);
        }
    }

    @Test
    @DisplayName("rules.manage = false: natexd reports missing rules, waits for them, and keeps them when it stops")
    void rulesOfSomebodyElseAreCheckedAndStay() {
        try (Lab lab = Lab.up(LabOptions.defaults());
                LabNatexd natexd = LabNatexd.start(lab, "rules.manage = false")) {
            Lab.Result missing = natexd.natexctl("wait", "--timeout", "1");
            assertEquals(1, missing.exitCode(), missing.output());
            assertTrue(missing.output().contains("rules.manage is false"), missing.output());
            String install = missing.output().replaceFirst("(?s).*load them: sudo (.*? install [^\n]*).*", "$1");

            LabShell.must(lab, Node.HOST, install);
            Lab.Result working = natexd.natexctl("wait", "--timeout", "20");
            assertEquals(0, working.exitCode(), working.output());
            assertTrue(isTracedSoon(lab), natexd::log);

            String rules = LabShell.must(lab, Node.HOST, "nft list tables");
            natexd.stop();
            LabNatexd.removeRulesAsTheUnit(lab);
            assertEquals(rules, LabShell.must(lab, Node.HOST, "nft list tables"));
        }
    }

    private static boolean isTracedSoon(Lab lab) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            String output = lab.exec(Node.GUEST1, "traceroute", "-n", "-w1", "-m5", "-q1", Topology.TARGET)
                    .output();
            if (Traceroute.hops(output).equals(Topology.HOPS)) {
                return true;
            }
        }
        return false;
    }
}
