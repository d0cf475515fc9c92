package io.github.natexd.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.testkit.Capture;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.LabShell;
import io.github.natexd.testkit.Packet;
import io.github.natexd.testkit.Packets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The second way to deliver, and the fallback for a NAT whose probes cannot be seen. */
class ReinjectLabTest {
    private static final String VERDICT = "relay.reinject = \"verdict\"";

    @Test
    void verdictModeShowsEveryHopThroughTheKernelsForwarding() {
        try (Lab lab = Lab.up(LabOptions.defaults().rewritingPorts())) {
            forward(lab, true);
            try (LabNatexd natexd = LabNatexd.start(lab, VERDICT);
                    Capture guest = Capture.on(lab, Node.GUEST1, Topology.GUEST_INTERFACE)) {
                Trace host = Trace.startUnprivileged(lab, Node.HOST, Client.TRACEROUTE);
                for (Client client : List.of(Client.TRACEROUTE, Client.TRACEROUTE_ICMP)) {
                    String output = client.run(lab, Node.GUEST1);
                    assertEquals(Topology.HOPS, Traceroute.hops(output), output + natexd.log());
                }
                host.shows(Topology.HOPS, "on the host");
                for (byte[] error : guest.incoming(octets -> Packet.of(octets).isIcmpError())) {
                    assertTrue(Packets.headerIntact(error, 0) && Packets.icmpIntact(error));
                }
            }
        }
    }

    @Test
    void verdictModeRefusesToStartWithoutForwardingAndSaysWhatToChange() {
        try (Lab lab = Lab.up(LabOptions.defaults())) {
            forward(lab, false);

            IllegalStateException refusal =
                    assertThrows(IllegalStateException.class, () -> LabNatexd.start(lab, VERDICT));

            assertTrue(String.valueOf(refusal.getMessage()).contains("ip_forward"), refusal::getMessage);
        }
    }

    /** Docker sets this policy; {@code frame} mode does not care ({@link HostSituationsLabTest}). */
    @Test
    @DisplayName(
            "R38: verdict mode warns of a FORWARD policy of drop, and what the warning says helps; rp_filter is no harm")
    void verdictModeWarnsOfAForwardChainThatDrops() {
        try (Lab lab = Lab.up(LabOptions.defaults())) {
            forward(lab, true);
            LabShell.must(
                    lab,
                    Node.HOST,
                    "nft 'add table ip fw; add chain ip fw passing"
                            + " { type filter hook forward priority filter; policy drop; }'");
            try (LabNatexd natexd = LabNatexd.start(lab, VERDICT)) {
                String hidden = lab.exec(Node.GUEST1, "traceroute", "-n", "-q1", "-w1", "-m5", Topology.TARGET)
                        .output();
                assertEquals(List.of("*", "*", "*", "*", "*"), Traceroute.hops(hidden), hidden);

                Matcher advice = Pattern.compile("WARN .*nft add rule ip fw passing ct state related accept")
                        .matcher(natexd.log());
                assertTrue(advice.find(), natexd.log());
                LabShell.must(lab, Node.HOST, "nft add rule ip fw passing ct state related accept");
                for (int filter = 0; filter <= 2; filter++) {
                    for (String place : List.of("all", Topology.UP, Topology.GUEST_NETWORK_INTERFACE)) {
                        LabShell.must(
                                lab,
                                Node.HOST,
                                "echo " + filter + " > /proc/sys/net/ipv4/conf/" + place + "/rp_filter");
                    }
                    String output = Client.TRACEROUTE.run(lab, Node.GUEST1);
                    assertEquals(Topology.HOPS, Traceroute.hops(output), output + natexd.log());
                }
            }
        }
    }

    /** With so small a {@code max-ttl}, natexd sees no probe but the first: all other errors are unmapped. */
    @Test
    void staticGuestGetsACopyOfWhatIsUnmappedAndTheHostKeepsIts() {
        try (Lab lab = Lab.up(LabOptions.defaults());
                LabNatexd natexd = LabNatexd.start(
                        lab, "relay.static-guest = \"" + Topology.GUEST1 + "\"", "probes.max-ttl = 1")) {
            String guest = Client.TRACEROUTE.run(lab, Node.GUEST1);
            String host = Client.TRACEROUTE.run(lab, Node.HOST);

            assertEquals(Topology.HOPS, Traceroute.hops(guest), guest + natexd.log());
            assertEquals(Topology.HOPS, Traceroute.hops(host), host + natexd.log());
        }
    }

    private static void forward(Lab lab, boolean on) {
        LabShell.must(lab, Node.HOST, "echo " + (on ? 1 : 0) + " > /proc/sys/net/ipv4/ip_forward");
    }
}
