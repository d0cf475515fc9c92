package io.github.natexd.lab;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.LabOptions.HandOver;
import io.github.natexd.lab.LabOptions.Receive;
import io.github.natexd.lab.LabOptions.Send;
import io.github.natexd.linux.emulation.Namespace;
import io.github.natexd.linux.packet.PacketSocket;
import io.github.natexd.testkit.Capture;
import io.github.natexd.testkit.Macs;
import io.github.natexd.testkit.Packet;
import io.github.natexd.testkit.Packets;
import io.github.natexd.testkit.clients.Trace;
import io.github.natexd.wire.Ipv4Address;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The lab without natexd: its NAT behaves like VMware's, and each option has its effect. */
class NatLabTest {
    private static final int ECHO_PORT = 7;
    private static final int CLIENT_PORT = 45_678;
    private static final int TIMEOUT_MILLIS = 3000;

    @ParameterizedTest
    @EnumSource
    void pingsTheTargetThroughTheNat(Send send) {
        try (Lab lab = Lab.up(LabOptions.defaults().sendingBy(send))) {
            List<String> ping = List.of("busybox", "ping", "-c2", "-W2", Topology.TARGET);
            Trace first = Trace.start(lab, Node.GUEST1, ping);
            Trace second = Trace.start(lab, Node.GUEST2, ping);

            assertTrue(first.output().contains(" 0% packet loss"), first.output());
            assertTrue(second.output().contains(" 0% packet loss"), second.output());
        }
    }

    @ParameterizedTest
    @EnumSource
    void givesTwoGuestsWithTheSamePortTheirOwnReplies(Send send) throws Exception {
        try (Lab lab = Lab.up(LabOptions.defaults().sendingBy(send));
                DatagramSocket server = echoServer(lab);
                DatagramSocket guest1 = socket(lab, Node.GUEST1, CLIENT_PORT);
                DatagramSocket guest2 = socket(lab, Node.GUEST2, CLIENT_PORT)) {
            send(guest1, "from guest1");
            send(guest2, "from guest2");

            assertEquals("from guest1", receive(guest1));
            assertEquals("from guest2", receive(guest2));
            assertEquals(ECHO_PORT, server.getLocalPort());
        }
    }

    @Test
    void theHostDoesNotComplainAboutRepliesForTheNat() throws Exception {
        try (Lab lab = Lab.up(LabOptions.defaults());
                DatagramSocket server = echoServer(lab);
                Capture wire = Capture.on(lab, Node.R1, Topology.DOWN);
                DatagramSocket guest = socket(lab, Node.GUEST1, CLIENT_PORT)) {
            send(guest, "hello");

            assertEquals("hello", receive(guest));
            assertEquals(List.of(), wire.incoming(octets -> Packet.of(octets).isIcmpError()));
            assertEquals(ECHO_PORT, server.getLocalPort());
        }
    }

    @Test
    void repliesToAPingHaveAHeaderOfTheNatsOwn() {
        try (Lab lab = Lab.up(LabOptions.defaults());
                Capture inside = Capture.on(lab, Node.GUEST1, Topology.GUEST_INTERFACE);
                Capture outside = Capture.on(lab, Node.HOST, Topology.UP)) {
            lab.exec(Node.GUEST1, "busybox", "ping", "-c2", "-W2", Topology.TARGET);

            List<Packet> toHost = echoReplies(outside);
            List<Packet> toGuest = echoReplies(inside);
            assertEquals(2, toHost.size());
            assertEquals(2, toGuest.size());
            assertEquals(64 - 4, toHost.get(0).ttl(), "four routers on the way");
            assertEquals(64, toGuest.get(0).ttl());
            assertNotEquals(toHost.get(0).id(), toGuest.get(0).id());
            assertArrayEquals(toHost.get(1).data(), toGuest.get(1).data());
        }
    }

    private static List<Packet> echoReplies(Capture capture) {
        return capture.incoming(octets -> Packet.of(octets).isEcho(0)).stream()
                .map(Packet::of)
                .toList();
    }

    @Test
    void takesAnotherPortAndIdentifierForEachDestinationWhenAsked() {
        int guest = Ipv4Address.parse(Topology.GUEST1);
        List<String> destinations = List.of(Topology.TARGET, Topology.TARGET, "10.0.34.2", "10.0.34.2");
        try (Lab lab = Lab.up(LabOptions.defaults().changingPerDestination());
                Capture outside = Capture.on(lab, Node.R1, Topology.DOWN);
                PacketSocket socket = Namespace.call(
                        lab.namespace(Node.GUEST1), () -> PacketSocket.openUnfiltered(Topology.GUEST_INTERFACE))) {
            for (String text : destinations) {
                int destination = Ipv4Address.parse(text);
                byte[] udp =
                        Packets.udpProbe(guest, destination, CLIENT_PORT, 33434).bytes();
                byte[] echo =
                        Packets.echoProbe(guest, destination, CLIENT_PORT, 1).bytes();
                Packets.send(socket, Macs.NAT, Macs.GUEST1, udp);
                Packets.send(socket, Macs.NAT, Macs.GUEST1, echo);
            }

            List<Packet> all = probes(outside);
            for (boolean isUdp : new boolean[] {true, false}) {
                List<Packet> sent =
                        all.stream().filter(packet -> packet.isUdp() == isUdp).toList();
                assertEquals(
                        destinations, sent.stream().map(Packet::destination).toList());
                assertEquals(4, sent.stream().map(Packet::id).distinct().count(), sent.toString());
                assertEquals(sent.get(0).port(), sent.get(1).port(), "the same destination");
                assertEquals(sent.get(2).port(), sent.get(3).port(), "the same destination");
                assertNotEquals(sent.get(0).port(), sent.get(2).port(), "another destination");
                assertNotEquals(CLIENT_PORT, sent.get(0).port());
                assertNotEquals(CLIENT_PORT, sent.get(2).port());
            }
        }
    }

    @Test
    void tracerouteInAGuestIsAllStars() {
        try (Lab lab = Lab.up(LabOptions.defaults())) {
            assertEquals(List.of("*", "*", "*", "*", "*"), trace(lab, Node.GUEST1, "-m5"));
            assertEquals(List.of("*", "*", "*", "*", Topology.TARGET), trace(lab, Node.GUEST1, "-I", "-m5"));
        }
    }

    @Test
    void tracerouteOnTheHostShowsFiveHops() {
        try (Lab lab = Lab.up(LabOptions.defaults())) {
            assertEquals(Topology.HOPS, trace(lab, Node.HOST));
            assertEquals(Topology.HOPS, trace(lab, Node.HOST, "-I"));
            assertEquals(Topology.HOPS, lab.hops());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Send.class,
            names = {"RAW", "PACKET"})
    void keepsTtlIdPortAndPayload(Send send) {
        try (Lab lab = Lab.up(LabOptions.defaults().sendingBy(send));
                Capture inside = Capture.on(lab, Node.GUEST1, Topology.GUEST_INTERFACE);
                Capture outside = Capture.on(lab, Node.R1, Topology.DOWN)) {
            probe(lab);

            List<byte[]> sent = inside.outgoing(octets -> Packet.of(octets).isProbe());
            assertEquals(10, sent.size());
            List<Packet> seenOutside = probes(outside);
            for (byte[] octets : sent) {
                Packet probe = Packet.of(octets);
                Packet egress = counterpart(probe, seenOutside);
                assertEquals(probe.ttl(), egress.ttl());
                assertEquals(probe.id(), egress.id());
                assertEquals(probe.port(), egress.port());
                assertEquals(Topology.HOST, egress.source());
                assertArrayEquals(probe.data(), egress.data());
            }
        }
    }

    @Test
    void aSocketWithIpTtlKeepsTtlAndPort() {
        try (Lab lab = Lab.up(LabOptions.defaults().sendingBy(Send.SOCKET));
                Capture inside = Capture.on(lab, Node.GUEST1, Topology.GUEST_INTERFACE);
                Capture outside = Capture.on(lab, Node.R1, Topology.DOWN)) {
            probe(lab);

            List<Packet> seenOutside = probes(outside);
            for (byte[] octets : inside.outgoing(octets -> Packet.of(octets).isProbe())) {
                Packet probe = Packet.of(octets);
                Packet egress = counterpart(probe, seenOutside);
                assertEquals(probe.ttl(), egress.ttl());
                assertEquals(probe.port(), egress.port());
            }
        }
    }

    @Test
    void rewritesPortsIdentifiersAndIdsWhenAsked() {
        try (Lab lab = Lab.up(LabOptions.defaults().rewritingPorts().rewritingIds());
                Capture inside = Capture.on(lab, Node.GUEST1, Topology.GUEST_INTERFACE);
                Capture outside = Capture.on(lab, Node.R1, Topology.DOWN)) {
            probe(lab);

            List<byte[]> sent = inside.outgoing(octets -> Packet.of(octets).isProbe());
            assertEquals(10, sent.size());
            List<Packet> seenOutside = probes(outside);
            for (byte[] octets : sent) {
                Packet probe = Packet.of(octets);
                Packet egress = counterpart(probe, seenOutside);
                assertEquals(probe.ttl(), egress.ttl());
                assertNotEquals(probe.id(), egress.id());
                assertNotEquals(probe.port(), egress.port());
            }
        }
    }

    @Test
    void isAHopWhenAsked() {
        try (Lab lab = Lab.up(
                LabOptions.defaults().decrementingTtl().answeringTtlOne().handingOver(HandOver.ALL, Receive.RAW))) {
            assertEquals(lab.hops(), trace(lab, Node.GUEST1));
            assertEquals(Topology.GATEWAY, lab.hops().get(0));
            assertEquals(6, lab.hops().size());
        }
    }

    @ParameterizedTest
    @EnumSource
    void handsErrorsOverWhenAsked(Receive receive) {
        try (Lab lab = Lab.up(LabOptions.defaults().rewritingPorts().handingOver(HandOver.ALL, receive))) {
            assertEquals(Topology.HOPS, trace(lab, Node.GUEST1));
            assertEquals(Topology.HOPS, trace(lab, Node.GUEST1, "-I"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void handsOverErrorsAboutEchoAloneWhenAsked(Receive receive) {
        try (Lab lab = Lab.up(LabOptions.defaults().handingOver(HandOver.ECHO, receive))) {
            assertEquals(List.of("*", "*", "*", "*", "*"), trace(lab, Node.GUEST1, "-m5"));
            assertEquals(Topology.HOPS, trace(lab, Node.GUEST1, "-I"));
        }
    }

    @Test
    void theHostSeesForeignFramesOnlyWhilePromiscuous() {
        try (Lab lab = Lab.up(LabOptions.defaults())) {
            lab.exec(Node.GUEST1, "busybox", "ping", "-c1", Topology.TARGET); // the ARP broadcasts are over
            long before = framesReceivedByHost(lab);
            lab.exec(Node.GUEST1, "busybox", "ping", "-c1", Topology.TARGET);
            long after = framesReceivedByHost(lab);

            List<byte[]> seen;
            try (Capture capture = Capture.on(lab, Node.HOST, Topology.GUEST_NETWORK_INTERFACE)) {
                lab.exec(Node.GUEST1, "busybox", "ping", "-c1", Topology.TARGET);
                seen = capture.incoming(octets -> Packet.of(octets).protocol() == 1);
            }

            assertEquals(before, after);
            assertEquals(2, seen.size());
        }
    }

    @ParameterizedTest
    @CsvSource({"0, false", "60, true"})
    void theOrderInWhichPortsAreServedIsAChoice(int millis, boolean egressFirst) {
        try (Lab lab = Lab.up(LabOptions.defaults().egressFirst(millis));
                Capture guestNetwork = Capture.on(lab, Node.HOST, Topology.GUEST_NETWORK_INTERFACE);
                Capture uplink = Capture.on(lab, Node.HOST, Topology.UP)) {
            lab.exec(Node.GUEST1, "busybox", "ping", "-c1", Topology.TARGET);

            long guestSighting = request(guestNetwork);
            long egressSighting = request(uplink);
            if (egressFirst) {
                assertTrue(guestSighting - egressSighting > 20_000_000L, "the host's port was not late");
            } else {
                assertTrue(guestSighting - egressSighting < 20_000_000L, "the host's port was late");
            }
        }
    }

    private static long request(Capture capture) {
        return capture.frames().stream()
                .filter(frame -> Packet.of(frame.packet()).isEchoRequest())
                .findFirst()
                .orElseThrow()
                .nanos();
    }

    private static long framesReceivedByHost(Lab lab) {
        String line = lab.exec(Node.HOST, "grep", Topology.GUEST_NETWORK_INTERFACE, "/proc/net/dev")
                .output();
        return Long.parseLong(line.strip().split("\\s+")[2]);
    }

    /** Sends five UDP probes and five echo requests with TTL 1 to 5; the responses do not matter. */
    private static void probe(Lab lab) {
        for (String method : List.of("", "-I")) {
            String script = "traceroute -n -q1 -w0.1 -m5 " + method + " " + Topology.TARGET;
            lab.exec(Node.GUEST1, "sh", "-c", script);
        }
    }

    private static List<String> trace(Lab lab, Node node, String... options) {
        String[] command = new String[options.length + 5];
        List<String> fixed = List.of("traceroute", "-n", "-q1", "-w1");
        fixed.toArray(command);
        System.arraycopy(options, 0, command, fixed.size(), options.length);
        command[command.length - 1] = Topology.TARGET;
        return Traceroute.hops(lab.exec(node, command).output());
    }

    /** All probes as they are behind the NAT. */
    private static List<Packet> probes(Capture outside) {
        return outside.incoming(octets -> Packet.of(octets).isProbe()).stream()
                .map(Packet::of)
                .toList();
    }

    /** Finds a probe behind the NAT by TTL and destination, because ports may differ. */
    private static Packet counterpart(Packet probe, List<Packet> outside) {
        List<Packet> found = outside.stream()
                .filter(packet ->
                        packet.protocol() == probe.protocol() && packet.destinationPort() == probe.destinationPort())
                .toList();
        assertEquals(1, found.size(), probe + " became " + found);
        return found.get(0);
    }

    private static DatagramSocket socket(Lab lab, Node node, int port) {
        return Namespace.call(lab.namespace(node), () -> {
            DatagramSocket socket = new DatagramSocket(port);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            return socket;
        });
    }

    private static DatagramSocket echoServer(Lab lab) throws SocketException {
        DatagramSocket socket = socket(lab, Node.TARGET, ECHO_PORT);
        socket.setSoTimeout(0);
        Thread server = new Thread(() -> {
            byte[] buffer = new byte[100];
            while (!socket.isClosed()) {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                try {
                    socket.receive(packet);
                    socket.send(packet);
                } catch (IOException e) {
                    assertFalse(socket.isBound() && !socket.isClosed(), e::toString);
                }
            }
        });
        server.setDaemon(true);
        server.start();
        return socket;
    }

    private static void send(DatagramSocket socket, String text) throws IOException {
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        socket.send(new DatagramPacket(octets, octets.length, new InetSocketAddress(Topology.TARGET, ECHO_PORT)));
    }

    private static String receive(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[100], 100);
        socket.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
    }
}
