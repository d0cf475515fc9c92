package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.testkit.Capture;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.LabShell;
import io.github.natexd.testkit.Packet;
import io.github.natexd.testkit.clients.Client;
import io.github.natexd.testkit.clients.Trace;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A guest is the other guest's router: natexd sees each probe of guest1 twice on the guest network, with two MAC
 * addresses and two TTLs and, if the router masquerades, with two addresses.
 * <pre>{@code
 *  guest1 ──▶ guest2 ──▶ NAT ──▶
 * }</pre>
 */
class ForwardingGuestLabTest {
    private static final int ROUNDS = 20;

    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "false, true", "true, true"})
    @DisplayName("defect 3: a guest and the guest that forwards for it see every hop (20 of 20, both at once)")
    void bothGuestsSeeEveryHop(boolean masquerade, boolean rewritingPorts) {
        LabOptions options = LabOptions.defaults();
        try (Lab lab = Lab.up(rewritingPorts ? options.rewritingPorts() : options);
                LabNatexd natexd = LabNatexd.start(lab)) {
            LabShell.must(lab, Node.GUEST2, """
                    echo 0 | tee /proc/sys/net/ipv4/conf/*/send_redirects
                    echo 1 > /proc/sys/net/ipv4/ip_forward
                    """);
            LabShell.must(lab, Node.GUEST1, "ip route replace default via " + Topology.GUEST2);
            if (masquerade) {
                LabShell.must(lab, Node.GUEST2, """
                        nft 'table ip guests { chain leaving { type nat hook postrouting priority srcnat; }; }
                            add rule ip guests leaving ip saddr 192.168.44.100 masquerade'
                        """);
            }
            List<String> behind = new ArrayList<>(Topology.HOPS);
            behind.add(0, Topology.GUEST2);

            try (Capture forwarder = Capture.on(lab, Node.GUEST2, Topology.GUEST_INTERFACE)) {
                for (int i = 1; i <= ROUNDS; i++) {
                    for (Client client : List.of(Client.TRACEROUTE, Client.TRACEROUTE_ICMP)) {
                        String stars = bothTrace(lab, behind, client, "round " + i + ", " + client);
                        boolean alike = rewritingPorts && !stars.isEmpty() && anyLooksLikeAnother(forwarder);
                        assertTrue(stars.isEmpty() || alike, () -> stars + natexd.log());
                    }
                }
            }
            assertEquals(0, natexd.stop(), natexd.log());
        }
    }

    /** No hop is wrong; returns what is missing, if anything. */
    private static String bothTrace(Lab lab, List<String> behind, Client client, String story) {
        Trace first = Trace.start(lab, Node.GUEST1, client);
        Trace second = Trace.start(lab, Node.GUEST2, client);
        first.showsAtMost(behind, story + ", guest1");
        second.showsAtMost(Topology.HOPS, story + ", guest2");
        String shown = first.output() + second.output();
        return shown.contains("*") ? story + ":\n" + shown : "";
    }

    /**
     * Whether any probe looks like another one. The kernel gives each UDP probe, and the first of a socket's echo
     * requests, a random IP ID, which can be 0, or that of another probe to the same port or with the same sequence
     * number; behind a NAT that replaces ports and identifiers, nothing else tells two probes apart. That happens in
     * one of ten runs of this class.
     */
    private static boolean anyLooksLikeAnother(Capture forwarder) {
        Set<String> before = new HashSet<>();
        boolean alike = false;
        for (Capture.Frame frame : forwarder.frames()) {
            Packet packet = Packet.of(frame.packet());
            if (frame.outgoing() && packet.isProbe()) {
                alike |= !before.add(packet.protocol() + " " + packet.destinationPort() + " id " + packet.id())
                        || packet.id() == 0;
            }
        }
        return alike;
    }
}
