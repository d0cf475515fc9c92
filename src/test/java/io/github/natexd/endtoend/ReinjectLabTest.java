package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.LabOptions.Send;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.lab.Traceroute;
import io.github.natexd.testkit.Capture;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.LabShell;
import io.github.natexd.testkit.Packet;
import io.github.natexd.testkit.Packets;
import io.github.natexd.testkit.clients.Client;
import io.github.natexd.testkit.clients.Trace;
import io.github.natexd.testkit.clients.Warmup;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The second way of delivery, and the fallback for a NAT whose probes cannot be seen. */
class ReinjectLabTest {
    private static final int ROUNDS = 20;
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

    /**
     * A container behind masquerading, as with Docker. Its probes have the guest's sequence numbers and, behind the
     * NAT, the host's address: in hook prerouting the errors look like those about probes that no hook has seen
     * leaving.
     */
    @ParameterizedTest
    @EnumSource(names = {"RAW", "PACKET"})
    @DisplayName("defect 10: in verdict mode no error for a masqueraded container goes to a guest instead")
    void verdictModeLeavesAContainerItsErrors(Send send) {
        try (Lab lab = Lab.up(LabOptions.defaults().rewritingPorts().sendingBy(send))) {
            forward(lab, true);
            String inside = container(lab);
            List<String> behindHost = new ArrayList<>(Topology.HOPS);
            behindHost.add(0, "172.17.0.1");
            try (LabNatexd natexd = LabNatexd.start(lab, VERDICT)) {
                for (int i = 1; i <= ROUNDS; i++) {
                    for (Client client : List.of(Client.TRACEROUTE_ICMP, Client.TRACEROUTE)) {
                        String command = client.command().get(2);
                        // With a packet socket, the NAT's probes bypass the rules, like the container's: then no guest
                        // gets errors, and waiting for them takes time.
                        boolean served = send == Send.RAW;
                        String ofGuest = served ? command : command.replace("-w2", "-w0.1 -m5");
                        Trace guest = Trace.start(lab, Node.GUEST1, List.of("sh", "-c", ofGuest));
                        Trace contained = Trace.start(lab, Node.HOST, List.of("sh", "-c", inside + command));
                        String story = "round " + i + ", " + client;
                        contained.showsAll(behindHost, () -> story + ", container\n" + natexd.log());
                        guest.showsAtMost(Topology.HOPS, story + ", guest");
                        if (served) {
                            guest.showsAll(Topology.HOPS, () -> story + ", guest\n" + natexd.log());
                        }
                    }
                }
            }
        }
    }

    /** Pings with a guest's identifier, sequence and data: everything that identifies an error, except the IP ID. */
    @Test
    @DisplayName("defect 10: nor if its probes equal those of a guest that natexd did not see leaving (20 of 20)")
    void verdictModeLeavesAContainerErrorsThatAreLikeAGuests() {
        try (Lab lab = Lab.up(LabOptions.defaults().sendingBy(Send.PACKET))) {
            forward(lab, true);
            String inside = container(lab);
            try (LabNatexd natexd = LabNatexd.start(lab, VERDICT)) {
                Warmup.pause();
                // Data that is too short for a timestamp is always the same.
                String ping = "ping -n -e 4711 -s 8 -i 0.2 -W1 -c " + ROUNDS + " -t ";
                Trace guest = Trace.start(lab, Node.GUEST1, List.of("sh", "-c", ping + "4 " + Topology.TARGET));
                Trace contained =
                        Trace.start(lab, Node.HOST, List.of("sh", "-c", inside + ping + "4 " + Topology.TARGET));

                String shown = contained.output();
                assertEquals(ROUNDS, shown.split("Time to live exceeded", -1).length - 1, () -> shown + natexd.log());
                assertFalse(guest.output().isEmpty());
            }
        }
    }

    @Test
    void verdictModeWaitsForForwardingAndSaysWhatToChange() {
        try (Lab lab = Lab.up(LabOptions.defaults())) {
            forward(lab, false);
            try (LabNatexd natexd = LabNatexd.start(lab, VERDICT)) {
                Lab.Result waiting = natexd.natexctl("wait", "--timeout", "1");
                assertEquals(1, waiting.exitCode(), waiting.output());
                assertTrue(waiting.output().contains("fix: sysctl -w net.ipv4.ip_forward=1"), waiting.output());
                assertEquals("", LabShell.must(lab, Node.HOST, "nft list tables"));

                forward(lab, true);

                Lab.Result working = natexd.natexctl("wait", "--timeout", "30");
                assertEquals(0, working.exitCode(), working.output());
                String trace = Client.TRACEROUTE.run(lab, Node.GUEST1);
                assertEquals(Topology.HOPS, Traceroute.hops(trace), trace + natexd.log());
            }
        }
    }

    /** Docker sets this policy; {@code frame} mode does not care ({@link HostSituationsLabTest}). */
    @Test
    @DisplayName(
            "R38: verdict mode warns about a FORWARD policy of drop, and the printed remedy works; rp_filter does no harm")
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

    /** With such a small {@code max-ttl}, natexd sees only the first probe: all other errors have no mapping. */
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

    /** Creates a masqueraded network namespace behind the host; returns the prefix for a command that runs in it. */
    private static String container(Lab lab) {
        Process container = lab.start(Node.HOST, "unshare", "-n", "sleep", "1000");
        LabShell.must(lab, Node.HOST, """
                until [ "$(readlink /proc/$1/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.02; done
                ip link add cont0 type veth peer name eth0 netns $1
                ethtool -K cont0 tx off >/dev/null
                ip addr add 172.17.0.1/16 dev cont0
                ip link set cont0 up
                nft 'table ip containers { chain leaving { type nat hook postrouting priority srcnat; }; }
                    add rule ip containers leaving ip saddr 172.17.0.0/16 oifname "up0" masquerade'
                nsenter -n -t$1 sh -euc 'ethtool -K eth0 tx off >/dev/null; ip addr add 172.17.0.2/16 dev eth0
                    ip link set lo up; ip link set eth0 up; ip route add default via 172.17.0.1'
                """, Long.toString(container.pid()));
        return "nsenter -n -t" + container.pid() + " ";
    }

    private static void forward(Lab lab, boolean on) {
        LabShell.must(lab, Node.HOST, "echo " + (on ? 1 : 0) + " > /proc/sys/net/ipv4/ip_forward");
    }
}
