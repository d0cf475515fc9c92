package io.github.natexd.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.linux.emulation.Namespace;
import io.github.natexd.linux.packet.PacketSocket;
import io.github.natexd.testkit.Capture;
import io.github.natexd.testkit.Macs;
import io.github.natexd.testkit.Packet;
import io.github.natexd.testkit.Packets;
import io.github.natexd.wire.Ipv4Address;
import io.github.natexd.wire.Protocol;
import io.github.natexd.wire.TcpHeader;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The lab's NAT process is a TCP proxy like VMware's. Guest and target have real kernels; natexd is not running. Each
 * test has its own port, because connections of other tests may still be ending.
 */
class TcpProxyLabTest {
    private static final int TIMEOUT_MILLIS = 5000;
    /** All connections there can be may wait to be accepted. */
    private static final int BACKLOG = 2 * TcpConnections.CONNECTIONS_MAX;
    /** Nobody in the lab has this address, so nobody acknowledges or resets what comes to it. */
    private static final String NOBODY = "192.168.44.77";

    private static Lab lab;

    @BeforeAll
    static void up() {
        lab = Lab.up(LabOptions.defaults());
    }

    @AfterAll
    static void down() {
        lab.close();
    }

    @Test
    void aLoneSynMakesTheHostCompleteAHandshakeOfItsOwn() throws IOException {
        int port = 1001;
        try (ServerSocket server = listen(port);
                Capture inside = Capture.on(lab, Node.GUEST1, Topology.GUEST_INTERFACE);
                Capture outside = Capture.on(lab, Node.HOST, Topology.UP)) {
            byte[] lone = Packets.syn(Ipv4Address.parse(NOBODY), 5000, Ipv4Address.parse(Topology.TARGET), port);
            try (PacketSocket socket = Namespace.call(
                    lab.namespace(Node.GUEST1), () -> PacketSocket.openUnfiltered(Topology.GUEST_INTERFACE))) {
                Packets.send(socket, Macs.NAT, Macs.GUEST1, lone);
            }
            String client;
            try (Socket accepted = server.accept()) {
                client = accepted.getInetAddress().getHostAddress();
            }

            List<Packet> fromHost = sent(outside, port);
            Packet guests = Packet.of(lone);
            Packet hosts = fromHost.get(0);
            Packet answerToHost = received(outside, port).get(0);
            Packet answerToGuest = received(inside, port).get(0);
            assertEquals(Topology.HOST, client);
            assertEquals(TcpHeader.SYN, flags(hosts));
            assertEquals(TcpHeader.ACK, flags(fromHost.get(1)), "the host acknowledges");
            assertEquals(
                    List.of(TcpHeader.SYN),
                    sent(inside, port).stream().map(TcpProxyLabTest::flags).toList());
            assertNothingInCommon(guests, hosts, 0);
            assertEquals(64, hosts.ttl());
            assertEquals(TcpHeader.SYN | TcpHeader.ACK, flags(answerToHost));
            assertEquals(TcpHeader.SYN | TcpHeader.ACK, flags(answerToGuest));
            assertNothingInCommon(answerToHost, answerToGuest, 2);
        }
    }

    /** The four differences between both sides of a proxy; the guest's port is at {@code portOffset}. */
    private static void assertNothingInCommon(Packet one, Packet other, int portOffset) {
        assertNotEquals(number(one), number(other), "sequence number");
        assertNotEquals(one.transport(portOffset), other.transport(portOffset), "the guest's port");
        assertNotEquals(one.id(), other.id(), "IP ID");
        assertNotEquals(one.ttl(), other.ttl(), "TTL");
    }

    @Test
    void theGuestsKeepalivesAreAnsweredAndTheTargetSeesNone() throws Exception {
        int port = 1002;
        try (ServerSocket server = listen(port);
                Capture inside = Capture.on(lab, Node.GUEST1, Topology.GUEST_INTERFACE);
                Capture outside = Capture.on(lab, Node.HOST, Topology.UP);
                Socket guest = connect(port);
                Socket target = accept(server)) {
            guest.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 1);
            guest.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, 1);
            guest.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, 2);
            guest.setKeepAlive(true);
            TimeUnit.MILLISECONDS.sleep(3500);

            // Two probes without an answer would have ended the connection.
            write(guest, "still here");
            assertEquals("still here", read(target, 10));
            long probes = sent(inside, port).stream()
                    .filter(segment -> flags(segment) == TcpHeader.ACK)
                    .filter(segment ->
                            number(segment) == number(sent(inside, port).get(0)))
                    .count();
            assertTrue(probes >= 2, "keepalives: " + probes);
            List<Integer> flags =
                    sent(outside, port).stream().map(TcpProxyLabTest::flags).toList();
            assertEquals(List.of(TcpHeader.SYN, TcpHeader.ACK, TcpHeader.PSH | TcpHeader.ACK), flags);
        }
    }

    @Test
    void octetsGoBothWaysAndAHalfClosedConnectionGoesOn() throws IOException {
        int port = 1003;
        try (ServerSocket server = listen(port);
                Socket guest = connect(port);
                Socket target = accept(server)) {
            write(target, "220 hello");
            assertEquals("220 hello", read(guest, 9));
            write(guest, "question");
            guest.shutdownOutput();
            assertEquals("question", new String(target.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            write(target, "answer");
            assertEquals("answer", read(guest, 6));
            target.close();
            assertEquals(-1, guest.getInputStream().read());
        }
    }

    @Test
    void theTargetMayCloseItsHalfFirst() throws IOException {
        int port = 1004;
        try (ServerSocket server = listen(port);
                Socket guest = connect(port);
                Socket target = accept(server)) {
            write(target, "bye");
            target.shutdownOutput();
            assertEquals("bye", new String(guest.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            write(guest, "a last word");
            assertEquals("a last word", read(target, 11));
            guest.close();
            assertEquals(-1, target.getInputStream().read());
        }
    }

    @Test
    void aResetOfTheTargetIsAResetForTheGuest() throws IOException {
        int port = 1005;
        try (ServerSocket server = listen(port);
                Socket guest = connect(port);
                Socket target = accept(server)) {
            reset(target);

            assertReset(guest);
        }
    }

    @Test
    void aResetOfTheGuestIsAResetForTheTarget() throws IOException {
        int port = 1006;
        try (ServerSocket server = listen(port);
                Socket guest = connect(port);
                Socket target = accept(server)) {
            reset(guest);

            assertReset(target);
        }
    }

    /** The host's kernel refuses its own connection before connect(2) has returned. */
    @ParameterizedTest
    @ValueSource(strings = {Topology.TARGET, Topology.HOST})
    void theGuestLearnsThatTheTargetRefuses(String target) {
        ConnectException refused = assertThrows(ConnectException.class, () -> connect(target, 1007, TIMEOUT_MILLIS));

        assertTrue(String.valueOf(refused.getMessage()).contains("refused"), refused.getMessage());
    }

    @Test
    void theConnectionUnusedForTheLongestTimeMakesRoomForANewOne() throws IOException {
        int port = 1010;
        List<Socket> guests = new ArrayList<>();
        try (ServerSocket server = listen(port)) {
            for (int i = 0; i < TcpConnections.CONNECTIONS_MAX; i++) {
                guests.add(connect(port));
            }
            write(guests.get(0), "still here");
            try (Socket target = accept(server)) {
                assertEquals("still here", read(target, 10));
                guests.add(connect(port));

                assertReset(guests.get(1));
                write(target, "hello");
                assertEquals("hello", read(guests.get(0), 5));
            }
        } finally {
            for (Socket guest : guests) {
                reset(guest);
            }
        }
    }

    @Test
    void aSilentTargetIsSilenceForTheGuest() {
        int port = 1008;
        try (Capture inside = Capture.on(lab, Node.GUEST1, Topology.GUEST_INTERFACE);
                Capture outside = Capture.on(lab, Node.HOST, Topology.UP)) {
            blackHole("add");

            assertThrows(SocketTimeoutException.class, () -> connect(Topology.TARGET, port, 1500));

            assertEquals(List.of(), received(inside, port));
            List<Packet> asked = sent(outside, port);
            assertTrue(asked.stream().allMatch(segment -> flags(segment) == TcpHeader.SYN), asked.toString());
            assertNotEquals(List.of(), asked, "the host asks");
        } finally {
            blackHole("del");
        }
    }

    @Test
    void aConnectionThatAnotherNatProcessMadeIsReset() throws IOException {
        int port = 1009;
        try (ServerSocket server = listen(port);
                Socket guest = connect(port);
                Socket target = accept(server)) {
            lab.nat(LabOptions.defaults());
            assertEquals(-1, target.getInputStream().read(), "the former process closes its sockets");

            write(guest, "x");

            assertReset(guest);
        }
    }

    /** A route into nothing back to the host. */
    private static void blackHole(String verb) {
        Lab.Result result = lab.exec(Node.TARGET, "ip", "route", verb, "blackhole", Topology.HOST + "/32");
        assertEquals(0, result.exitCode(), result.output());
    }

    private static ServerSocket listen(int port) {
        return Namespace.call(lab.namespace(Node.TARGET), () -> {
            ServerSocket server = new ServerSocket(port, BACKLOG);
            server.setSoTimeout(TIMEOUT_MILLIS);
            return server;
        });
    }

    private static Socket accept(ServerSocket server) throws IOException {
        Socket accepted = server.accept();
        accepted.setSoTimeout(TIMEOUT_MILLIS);
        return accepted;
    }

    private static Socket connect(int port) throws IOException {
        return connect(Topology.TARGET, port, TIMEOUT_MILLIS);
    }

    /** A connection of guest1. */
    private static Socket connect(String target, int port, int millis) throws IOException {
        Socket socket = Namespace.call(lab.namespace(Node.GUEST1), () -> {
            Socket made = new Socket();
            made.bind(null); // makes the descriptor, in the guest
            return made;
        });
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(new InetSocketAddress(target, port), millis);
        return socket;
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String read(Socket socket, int octets) throws IOException {
        return new String(socket.getInputStream().readNBytes(octets), StandardCharsets.UTF_8);
    }

    private static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    private static void assertReset(Socket socket) {
        SocketException reset = assertThrows(
                SocketException.class, () -> socket.getInputStream().read());
        assertTrue(String.valueOf(reset.getMessage()).contains("reset"), reset.getMessage());
    }

    private static List<Packet> sent(Capture capture, int port) {
        return segments(capture.outgoing(octets -> true), 2, port);
    }

    private static List<Packet> received(Capture capture, int port) {
        return segments(capture.incoming(octets -> true), 0, port);
    }

    private static List<Packet> segments(List<byte[]> packets, int portOffset, int port) {
        return packets.stream()
                .map(Packet::of)
                .filter(packet -> packet.protocol() == Protocol.TCP && packet.transport(portOffset) == port)
                .toList();
    }

    private static int flags(Packet segment) {
        return segment.transport(12) & 0xFF;
    }

    private static int number(Packet segment) {
        return segment.transport(4) << 16 | segment.transport(6);
    }
}
