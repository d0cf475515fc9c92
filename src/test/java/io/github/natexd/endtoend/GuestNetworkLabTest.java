package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.config.VmwareNetworking;
import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.lab.Traceroute;
import io.github.natexd.linux.emulation.Inet4Socket;
import io.github.natexd.linux.emulation.Namespace;
import io.github.natexd.testkit.Capture;
import io.github.natexd.testkit.HostStream;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.LabShell;
import io.github.natexd.testkit.Packet;
import io.github.natexd.testkit.clients.Client;
import io.github.natexd.wire.Ipv4Address;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A guest network that disappears and returns while natexd runs (R45). */
class GuestNetworkLabTest {
    private static final String GUEST = "192.168.55.100";
    private static final int PORT = 40_123;
    private static final int TRACEROUTE_PORT = 33_434;
    /** The limit of the loop's sleeps while it has nothing to do; link events cause a few. */
    private static final int SLEEPS_MAX = 20;

    @Test
    @DisplayName("R45: after the interface was down and up, natexd relays again without a restart")
    void theInterfaceGoesDownAndUp() {
        try (Lab lab = Lab.up(LabOptions.defaults());
                LabNatexd natexd = LabNatexd.start(lab)) {
            for (int i = 1; i <= 2; i++) {
                LabShell.must(lab, Node.HOST, "ip link set vmnet8 down");
                natexd.awaitLog("(?s)(guest network vmnet8 is missing or down: waiting.*){" + i + "}");
                LabShell.must(lab, Node.HOST, "ip link set vmnet8 up");
                natexd.awaitLog("(?s)(guest network vmnet8: 192.168.44.1/24.*){" + (i + 1) + "}");
            }

            String output = Client.TRACEROUTE.run(lab, Node.GUEST1);
            assertEquals(Topology.HOPS, Traceroute.hops(output), output + natexd.log());
        }
    }

    @Test
    @DisplayName("R45: after the network was recreated with another index and subnet, natexd relays without a restart")
    void theInterfaceReturnsWithAnotherNumberAndSubnet() throws Exception {
        try (Lab lab = Lab.up(LabOptions.defaults());
                LabNatexd natexd = LabNatexd.start(lab)) {
            LabShell.must(lab, Node.HOST, "ip link del vmnet8");
            natexd.awaitLog("guest network vmnet8 is missing or down");
            long before = natexd.loopSleeps();
            TimeUnit.SECONDS.sleep(1);
            assertTrue(natexd.loopSleeps() - before < SLEEPS_MAX, "waiting costs next to nothing");
            try (HostStream stream = HostStream.start(lab, 1000)) {
                String host = Client.TRACEROUTE.run(lab, Node.HOST);
                assertEquals(Topology.HOPS, Traceroute.hops(host), host + natexd.log());

                anotherNetwork(lab, "vmnet8");
                natexd.awaitLog("guest network vmnet8: 192.168.55.1/24");
                relaysToTheOtherNetwork(lab, natexd);
                stream.stop();
                assertEquals(0, stream.errorsLost(), stream::toString);
            }
        }
    }

    @Test
    @DisplayName("R45: without a guest network natexd is ready, reports what it waits for, and relays when it appears")
    void theInterfaceComesAfterTheStart() {
        try (Lab lab = Lab.up(LabOptions.defaults());
                LabNatexd natexd = LabNatexd.start(lab, "guest-network.interface = \"vmnet9\"")) {
            natexd.awaitLog("guest network vmnet9 is missing or down: waiting for it");

            anotherNetwork(lab, "vmnet9");
            natexd.awaitLog("guest network vmnet9: 192.168.55.1/24");
            relaysToTheOtherNetwork(lab, natexd);
        }
    }

    @Test
    @DisplayName("R45: if the interface has no address, status reports that natexd waits for one, and wait waits")
    void theInterfaceHasNoAddressYet() {
        try (Lab lab = Lab.up(LabOptions.defaults());
                LabNatexd natexd = LabNatexd.start(lab)) {
            LabShell.must(lab, Node.HOST, "ip addr flush dev vmnet8");
            natexd.awaitLog("guest network vmnet8 has no IPv4 address: waiting for one");
            Lab.Result waiting = natexd.natexctl("wait", "--timeout", "1");
            assertEquals(1, waiting.exitCode(), waiting.output());
            assertTrue(waiting.output().contains("vmnet8 has no IPv4 address; natexd waits"), waiting.output());

            LabShell.must(lab, Node.HOST, "ip addr add 192.168.44.1/24 dev vmnet8");

            Lab.Result working = natexd.natexctl("wait", "--timeout", "10");
            assertEquals(0, working.exitCode(), working.output());
        }
    }

    @Test
    @DisplayName("R45, R50: without VMware natexd is ready and reports it, and a reload with a name ends the waiting")
    void withoutVmwareItWaits() {
        try (Lab lab = Lab.up(LabOptions.defaults());
                LabNatexd natexd = LabNatexd.start(lab, "guest-network = {}")) {
            natexd.awaitLog("no NAT network in /etc/vmware/networking: waiting for VMware Workstation");
            assertEquals(1, status(lab), natexd.log());

            natexd.reload();
            natexd.awaitLog("reload: guest-network.interface: from VMware's file -> vmnet8");
            natexd.awaitLog("INFO reloaded");
            String output = Client.TRACEROUTE.run(lab, Node.GUEST1);
            assertEquals(Topology.HOPS, Traceroute.hops(output), output + natexd.log());
        }
    }

    @Test
    @DisplayName("R45: natexd follows the NAT to another network and back, without a restart")
    void theNatNetworkIsMoved() throws Exception {
        assertFalse(Files.exists(VmwareNetworking.FILE), "the test writes this file, and VMware's own must stay");
        boolean hadFolder = Files.exists(VmwareNetworking.FILE.getParent());
        try (Lab lab = Lab.up(LabOptions.defaults())) {
            natIsOn(8);
            try (LabNatexd natexd = LabNatexd.start(lab, "guest-network = {}")) {
                natexd.awaitLog("guest network vmnet8: 192.168.44.1/24");

                natIsOn(2);
                anotherNetwork(lab, "vmnet2");
                natexd.awaitLog("VMware's NAT network was vmnet8 and is now vmnet2");
                natexd.awaitLog("guest network vmnet2: 192.168.55.1/24");
                LabShell.must(
                        lab,
                        Node.HOST,
                        "for try in $(seq 50); do nft list table ip natexd | grep -q vmnet2 && exit; sleep 0.1; done;"
                                + " exit 1");
                relaysToTheOtherNetwork(lab, natexd);

                LabShell.must(lab, Node.HOST, "ip link del vmnet2");
                natexd.awaitLog("guest network vmnet2 is missing or down");
                natIsOn(8);
                natexd.awaitLog("VMware's NAT network was vmnet2 and is now vmnet8");
                String output = Client.TRACEROUTE.run(lab, Node.GUEST1);
                assertEquals(Topology.HOPS, Traceroute.hops(output), output + natexd.log());
            }
        } finally {
            Files.deleteIfExists(VmwareNetworking.FILE);
            if (!hadFolder) {
                Files.deleteIfExists(VmwareNetworking.FILE.getParent());
            }
        }
        assertEquals(hadFolder, Files.exists(VmwareNetworking.FILE.getParent()), "the host is as it was");
    }

    private static void natIsOn(int number) throws IOException {
        Files.createDirectories(VmwareNetworking.FILE.getParent());
        Files.writeString(
                VmwareNetworking.FILE,
                "answer VNET_%1$d_NAT yes%nanswer VNET_%1$d_VIRTUAL_ADAPTER yes%n".formatted(number));
    }

    /** A cable from the host to guest2; only the MAC address of the guest's gateway exists there. */
    private static void anotherNetwork(Lab lab, String name) {
        LabShell.must(
                lab,
                Node.HOST,
                "ip link add " + name + " type veth peer name eth9 netns " + lab.namespace(Node.GUEST2)
                        + "; ethtool -K " + name + " tx off; ip addr add 192.168.55.1/24 dev " + name
                        + "; ip link set " + name + " up");
        LabShell.must(
                lab,
                Node.GUEST2,
                "ethtool -K eth9 tx off; ip addr add " + GUEST + "/24 dev eth9; ip link set eth9 up;"
                        + " ip neigh add 192.168.55.2 lladdr 00:50:56:e0:55:02 dev eth9;"
                        + " ip route replace " + Topology.TARGET + " via 192.168.55.2 dev eth9");
    }

    /** Acts as the NAT process: sends the guest's probe again, from the host. */
    private static void relaysToTheOtherNetwork(Lab lab, LabNatexd natexd) {
        try (Capture guest = Capture.on(lab, Node.GUEST2, "eth9")) {
            for (Node node : List.of(Node.GUEST2, Node.HOST)) {
                Namespace.call(lab.namespace(node), () -> {
                    try (Inet4Socket socket = Inet4Socket.udp(PORT)) {
                        socket.header(2, false);
                        return socket.send(
                                Ipv4Address.parse(Topology.TARGET),
                                TRACEROUTE_PORT,
                                ByteBuffer.allocateDirect(32),
                                0,
                                32);
                    }
                });
            }

            List<byte[]> errors = guest.incoming(octets -> Packet.of(octets).isIcmpError());
            assertEquals(1, errors.size(), natexd::log);
            assertEquals(Topology.HOPS.get(1), Packet.of(errors.get(0)).source());
            assertEquals(GUEST, Packet.of(errors.get(0)).destination());
            assertEquals(GUEST, Packet.of(errors.get(0)).embedded().source());
        }
    }

    private static int status(Lab lab) {
        return lab.exec(
                        Node.HOST,
                        LabNatexd.tree().resolve("libexec/natexd-rules").toString(),
                        "status")
                .exitCode();
    }
}
