package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.lab.Traceroute;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.LabShell;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Errors arrive on another interface than the one that leads to their router. The guest gets all of them, except those
 * that the kernel drops before natexd.
 * <pre>{@code
 *  host up0 ──probes──▶ down0 r1
 *  host up1 ◀──errors── down1 r1
 * }</pre>
 */
class AsymmetricRoutesLabTest {
    private static final List<String> NOTHING = Collections.nCopies(Topology.HOPS.size(), "*");
    private static final List<String> TRACE =
            List.of("traceroute", "-n", "-q1", "-w1", "-m" + Topology.HOPS.size(), Topology.TARGET);

    private Lab lab;

    @BeforeEach
    void twoWays() {
        lab = Lab.up(LabOptions.defaults());
        LabShell.must(lab, Node.HOST, """
                ip link add up1 type veth peer name down1 netns "$1"
                ethtool -K up1 tx off
                ip link set up1 up
                ip addr add 192.168.200.2/24 dev up1
                echo 1 > /proc/sys/net/ipv4/ip_forward
                """, lab.namespace(Node.R1));
        // A router's error has the address of the interface on which the probe arrived, whichever interface it leaves
        // by.
        LabShell.must(lab, Node.R1, """
                ethtool -K down1 tx off
                ip link set down1 up
                ip addr add 192.168.200.1/24 dev down1
                echo 1 > /proc/sys/net/ipv4/icmp_errors_use_inbound_ifaddr
                ip route add 192.168.199.195/32 via 192.168.200.2
                """);
    }

    @AfterEach
    void down() {
        lab.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"frame", "verdict"})
    @DisplayName("R38: with natexd as without, only a strict reverse-path filter drops errors of asymmetric routes")
    void onlyAStrictFilterDropsErrorsThatComeByAnotherWay(String reinject) {
        try (LabNatexd natexd = LabNatexd.start(lab, "relay.reinject = \"" + reinject + "\"")) {
            for (int filter : List.of(0, 2, 1)) {
                for (String place : List.of("all", "up0", "up1", "vmnet8")) {
                    LabShell.must(
                            lab, Node.HOST, "echo " + filter + " > /proc/sys/net/ipv4/conf/" + place + "/rp_filter");
                }
                List<String> expected = filter == 1 ? NOTHING : Topology.HOPS;
                for (Node node : List.of(Node.GUEST1, Node.HOST)) {
                    String output = lab.exec(node, TRACE).output();
                    assertEquals(
                            expected,
                            Traceroute.hops(output),
                            () -> node + " with rp_filter " + filter + "\n" + output + natexd.log());
                }
            }
        }
        String output = lab.exec(Node.HOST, TRACE).output();
        assertEquals(NOTHING, Traceroute.hops(output), "without natexd: " + output);
    }
}
