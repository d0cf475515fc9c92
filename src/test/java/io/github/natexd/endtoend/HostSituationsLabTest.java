package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.lab.Traceroute;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.LabShell;
import io.github.natexd.testkit.Tunnel;
import io.github.natexd.testkit.clients.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * natexd works with what hosts do to their own packets: firewalls, source NAT, reverse-path filters, bridges, a VPN.
 */
@TestInstance(Lifecycle.PER_CLASS)
class HostSituationsLabTest {
    /** Rules that others have loaded; {@code counted}: the trace must have matched one of them. */
    enum Rules {
        MASQUERADE(true, """
                table ip situation {
                    chain leaving {
                        type nat hook postrouting priority srcnat; policy accept;
                        oifname "up0" counter masquerade fully-random
                    }
                }
                """),
        SOURCE_NAT_TO_ANOTHER_ADDRESS(true, """
                table ip situation {
                    chain leaving {
                        type nat hook postrouting priority srcnat; policy accept;
                        oifname "up0" counter snat to 192.168.199.196
                    }
                }
                """),
        INVALID_DROPPED_IN_EVERY_HOOK(false, """
                table inet situation {
                    chain before { type filter hook prerouting priority filter; ct state invalid counter drop; }
                    chain arriving { type filter hook input priority filter; ct state invalid counter drop; }
                    chain passing { type filter hook forward priority filter; ct state invalid counter drop; }
                    chain leaving { type filter hook output priority filter; ct state invalid counter drop; }
                    chain after { type filter hook postrouting priority filter; ct state invalid counter drop; }
                }
                """),
        INPUT_DROPPED_BUT_FOR_ANSWERS(true, """
                table inet situation {
                    chain arriving {
                        type filter hook input priority filter; policy drop;
                        iifname "lo" accept
                        ct state established,related counter accept
                    }
                }
                """),
        FORWARD_DROPPED(false, """
                table inet situation {
                    chain passing { type filter hook forward priority filter; policy drop; }
                }
                """);

        private final boolean counted;
        private final String text;

        Rules(boolean counted, String text) {
            this.counted = counted;
            this.text = text;
        }

        private String family() {
            return text.startsWith("table inet") ? "inet" : "ip";
        }
    }

    private static final String TUNNEL = "tun0";
    private static final String TUNNEL_ROUTER = "10.8.0.1";
    private static final List<List<String>> TRACES = List.of(
            List.of("traceroute", "-n", "-q1", "-w2", Topology.TARGET),
            List.of("traceroute", "-n", "-q1", "-w2", "-I", Topology.TARGET));
    /** Sends one probe after the other, slowly enough that something can happen meanwhile. */
    private static final List<List<String>> SLOW_TRACES = List.of(
            List.of("traceroute", "-n", "-q1", "-w2", "-N1", "-z0.3", Topology.TARGET),
            List.of("traceroute", "-n", "-q1", "-w2", "-N1", "-z0.3", "-I", Topology.TARGET));

    private static final long MID_TRACE_MILLIS = 600;

    private Lab lab;
    private LabNatexd natexd;

    @BeforeAll
    void start() {
        lab = Lab.up(LabOptions.defaults());
        sh(lab, "ip addr add 192.168.199.196/24 dev up0");
        natexd = LabNatexd.start(lab);
    }

    @AfterAll
    void stop() {
        natexd.close();
        lab.close();
    }

    @AfterEach
    void plainAgain() {
        sh(
                lab,
                "nft 'table inet situation; delete table inet situation; table ip situation; delete table ip situation'");
        sh(lab, "echo 0 > /proc/sys/net/ipv4/ip_forward");
        reversePathFilter(0);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("R38: firewalls and source NAT of the host's own packets hide no hop from guest or host")
    void allHopsAreShownUnderTheRulesOfOthers(Rules rules) {
        load(lab, rules);

        assertAllHops(lab, natexd, Topology.HOPS);

        String listing = sh(lab, "nft list table " + rules.family() + " situation");
        assertEquals(rules.counted, listing.matches("(?s).*counter packets [1-9].*"), listing);
    }

    @Test
    @DisplayName("R38: frames work with Docker's settings: forwarding on, and FORWARD with policy drop")
    void allHopsAreShownWhereForwardingIsOnAndItsPolicyIsDrop() {
        sh(lab, "echo 1 > /proc/sys/net/ipv4/ip_forward");
        load(lab, Rules.FORWARD_DROPPED);

        assertAllHops(lab, natexd, Topology.HOPS);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @DisplayName("R38: no reverse-path filter hides a hop from guest or host")
    void allHopsAreShownWithAnyReversePathFilter(int filter) {
        reversePathFilter(filter);

        assertAllHops(lab, natexd, Topology.HOPS);
    }

    @Test
    @DisplayName("R38: if no hook sees the NAT's probes, errors are INVALID: those dropped before natexd are lost")
    void allHopsAreShownWhereInvalidIsDroppedBehindNatexd() {
        try (Lab own = Lab.up(LabOptions.defaults().sendingBy(LabOptions.Send.PACKET));
                LabNatexd running = LabNatexd.start(own)) {
            load(own, Rules.INVALID_DROPPED_IN_EVERY_HOOK);
            String hidden = own.exec(Node.GUEST1, "traceroute", "-n", "-q1", "-w1", "-m5", Topology.TARGET)
                    .output();
            assertEquals(List.of("*", "*", "*", "*", "*"), Traceroute.hops(hidden), hidden + running.log());

            // Hook prerouting is the first. The other hooks come after natexd's, or such packets never pass them.
            sh(own, "nft flush chain inet situation before");
            String output = own.exec(Node.GUEST1, TRACES.get(0)).output();
            assertEquals(Topology.HOPS, Traceroute.hops(output), output + running.log());
        }
    }

    @Test
    @DisplayName("R14: all hops are shown after the uplink has become a port of a bridge while natexd runs")
    void allHopsAreShownBehindABridge() {
        try (Lab own = Lab.up(LabOptions.defaults());
                LabNatexd running = LabNatexd.start(own)) {
            sh(own, """
                    ip link add br0 address 02:00:c0:a8:c7:c3 type bridge
                    ip addr flush dev up0
                    ip link set up0 master br0
                    ip link set br0 up
                    ip addr add 192.168.199.195/24 dev br0
                    ip route add default via 192.168.199.1
                    """);

            assertAllHops(own, running, Topology.HOPS);
        }
    }

    @Test
    @DisplayName("R14: a VPN over a TUN device starts during a trace, then also hides the host's address")
    void allHopsAreShownWhenAVpnComesUpMidTrace() {
        try (Lab own = Lab.up(LabOptions.defaults());
                LabNatexd running = LabNatexd.start(own);
                Tunnel tunnel = Tunnel.between(own, Node.HOST, Node.R1, TUNNEL)) {
            LabShell.must(own, Node.R1, "ip addr add 10.8.0.1/24 dev tun0 && ip link set tun0 up");
            LabShell.must(own, Node.R2, "ip route add 10.8.0.0/24 via 10.0.12.1");
            LabShell.must(own, Node.R3, "ip route add 10.8.0.0/24 via 10.0.23.1");
            LabShell.must(own, Node.R4, "ip route add 10.8.0.0/24 via 10.0.34.1");
            List<Trace> guests = new ArrayList<>();
            SLOW_TRACES.forEach(trace -> guests.add(Trace.start(own, Node.GUEST1, trace)));
            pause(MID_TRACE_MILLIS);
            sh(own, """
                    ip addr add 10.8.0.2/24 dev tun0
                    ip link set tun0 up
                    ip route replace default via 10.8.0.1 dev tun0
                    """);

            // The emulated NAT keeps its address, so the errors take the old way.
            guests.forEach(trace -> trace.shows(Topology.HOPS, "guest, VPN coming up" + running.log()));
            sh(
                    own,
                    "nft 'add table ip vpn; add chain ip vpn leaving { type nat hook postrouting priority srcnat; };"
                            + " add rule ip vpn leaving oifname \"tun0\" masquerade'");
            List<String> throughTunnel = new ArrayList<>(Topology.HOPS);
            throughTunnel.set(0, TUNNEL_ROUTER);
            assertAllHops(own, running, throughTunnel);
            assertTrue(tunnel.arrived() > 0, "errors came through the tunnel");
        }
    }

    @Test
    @DisplayName(
            "R42: with a firewall that drops all but responses, the host's traceroute works after natexd is killed")
    void theHostTracesOnUnderAFirewallWhenNatexdIsKilled() {
        try (Lab own = Lab.up(LabOptions.defaults())) {
            load(own, Rules.INPUT_DROPPED_BUT_FOR_ANSWERS);
            LabNatexd killed = LabNatexd.start(own);
            killed.killHard();
            assertFalse(killed.isAlive());

            for (List<String> trace : TRACES) {
                Trace.start(own, Node.HOST, trace).shows(Topology.HOPS, "host, natexd dead");
            }
        }
    }

    /** One tracer after the other; in {@link SeveralTracersLabTest} they run at the same time. */
    private static void assertAllHops(Lab lab, LabNatexd natexd, List<String> hops) {
        for (List<String> trace : TRACES) {
            for (Node node : List.of(Node.GUEST1, Node.HOST)) {
                String output = lab.exec(node, trace).output();
                assertEquals(hops, Traceroute.hops(output), () -> node + "\n" + output + natexd.log());
            }
        }
    }

    private static void load(Lab lab, Rules rules) {
        sh(lab, "nft -f - <<'END'\n" + rules.text + "END\n");
    }

    private void reversePathFilter(int value) {
        for (String place : List.of("all", Topology.UP, Topology.GUEST_NETWORK_INTERFACE)) {
            sh(lab, "echo " + value + " > /proc/sys/net/ipv4/conf/" + place + "/rp_filter");
        }
    }

    private static String sh(Lab lab, String script) {
        return LabShell.must(lab, Node.HOST, script);
    }

    private static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
