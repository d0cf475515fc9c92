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
import org.junit.jupiter.api.Test;

/** Uplinks that not every kernel supports: one in a VRF, and one that delays some errors more than others. */
class UplinkVmTest {
    /** A long timeout, because an emulated machine is slow. */
    private static final List<String> CLIENTS = List.of("traceroute -n -w10", "traceroute -n -w10 -I");

    @Test
    void everyHopIsShownWhereErrorsOvertakeEachOther() {
        try (Lab lab = Lab.up(LabOptions.defaults());
                LabNatexd natexd = LabNatexd.start(lab)) {
            LabShell.must(lab, Node.R1, "tc qdisc add dev down0 root netem delay 300ms 250ms");

            assertAllHops(lab, natexd);

            String sent = LabShell.must(lab, Node.R1, "tc -s qdisc show dev down0");
            assertTrue(sent.matches("(?s).*netem .*Sent [1-9].*"), sent);
        }
    }

    @Test
    void everyHopIsShownWhereTheUplinkIsInAVrf() {
        try (Lab lab = Lab.up(LabOptions.defaults())) {
            LabShell.must(lab, Node.HOST, """
                    ip link add red type vrf table 100
                    ip link set red up
                    ip link set up0 master red
                    ip route add default via 192.168.199.1 table 100
                    ip rule add pref 2000 lookup 100
                    sysctl -qw net.ipv4.udp_l3mdev_accept=1
                    """);
            try (LabNatexd natexd = LabNatexd.start(lab)) {
                assertAllHops(lab, natexd);
            }
        }
    }

    private static void assertAllHops(Lab lab, LabNatexd natexd) {
        for (String client : CLIENTS) {
            for (Node node : List.of(Node.HOST, Node.GUEST1)) {
                String output = lab.exec(node, "sh", "-c", client + " " + Topology.TARGET)
                        .output();
                assertEquals(Topology.HOPS, Traceroute.hops(output), () -> node + " " + output + natexd.log());
            }
        }
    }
}
