package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.lab.Traceroute;
import io.github.natexd.linux.emulation.Namespace;
import io.github.natexd.linux.packet.PacketSocket;
import io.github.natexd.testkit.Capture;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.Macs;
import io.github.natexd.testkit.Packet;
import io.github.natexd.testkit.Packets;
import io.github.natexd.testkit.clients.Client;
import io.github.natexd.wire.Ipv4Address;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Forged errors about a guest's live probe, from where no router can be. */
class ReflectedErrorsLabTest {
    private static final String ROUTER = "10.0.12.2";
    /**
     * Addresses of the host, the guests, loopback, "this network" and a group: in hook prerouting the kernel has not
     * yet rejected them.
     */
    private static final List<String> IMPOSSIBLE = List.of(
            Topology.HOST, Topology.GUEST2, Topology.GATEWAY, "127.0.0.1", "0.0.0.1", "224.0.0.1", "255.255.255.255");

    @ParameterizedTest
    @ValueSource(strings = {"frame", "verdict"})
    @DisplayName(
            "R51: a guest's error about its neighbour's probe, or one from an impossible address, reaches no guest")
    void aGuestCannotReflectErrorsToItsNeighbour(String reinject) {
        try (Lab lab = Lab.up(LabOptions.defaults())) {
            lab.exec(Node.HOST, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward");
            try (LabNatexd natexd = LabNatexd.start(lab, "relay.reinject = \"" + reinject + "\"");
                    Capture guest1 = Capture.on(lab, Node.GUEST1, Topology.GUEST_INTERFACE);
                    Capture uplink = Capture.on(lab, Node.HOST, Topology.UP);
                    PacketSocket guest2 = socket(lab, Node.GUEST2, Topology.GUEST_INTERFACE);
                    PacketSocket r1 = socket(lab, Node.R1, Topology.DOWN)) {
                String output = Client.TRACEROUTE.run(lab, Node.GUEST1);
                assertEquals(Topology.HOPS, Traceroute.hops(output), output + natexd.log());
                byte[] probe =
                        uplink.outgoing(octets -> Packet.of(octets).isUdp()).get(0);
                int before = errorsFor(guest1);

                for (String reporter : List.of(ROUTER, Topology.GUEST2, Topology.GATEWAY)) {
                    Packets.send(guest2, Macs.HOST, Macs.GUEST2, error(reporter, probe));
                }
                assertEquals(before, errorsFor(guest1), "through the guest network: " + natexd.log());

                for (String reporter : IMPOSSIBLE) {
                    Packets.send(r1, Macs.UPLINK, Macs.R1, error(reporter, probe));
                }
                assertEquals(before, errorsFor(guest1), "from nobody: " + natexd.log());

                Packets.send(r1, Macs.UPLINK, Macs.R1, error(ROUTER, probe));
                assertEquals(before + 1, errorsFor(guest1), natexd.log());
            }
        }
    }

    private static PacketSocket socket(Lab lab, Node node, String interfaceName) {
        return Namespace.call(lab.namespace(node), () -> PacketSocket.openUnfiltered(interfaceName));
    }

    private static byte[] error(String reporter, byte[] probe) {
        return Packets.timeExceeded(Ipv4Address.parse(reporter), Ipv4Address.parse(Topology.HOST))
                .quoting(probe)
                .bytes();
    }

    /** How many errors came to guest1; waits a moment for those under way. */
    private static int errorsFor(Capture guest1) {
        return guest1.incoming(octets -> Packet.of(octets).isIcmpError()
                        && Packet.of(octets).destination().equals(Topology.GUEST1))
                .size();
    }
}
