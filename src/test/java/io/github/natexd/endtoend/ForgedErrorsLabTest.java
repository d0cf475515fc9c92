package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.lab.Traceroute;
import io.github.natexd.linux.emulation.Inet4Socket;
import io.github.natexd.linux.emulation.Namespace;
import io.github.natexd.linux.libc.Native;
import io.github.natexd.linux.libc.Poller;
import io.github.natexd.linux.packet.PacketSocket;
import io.github.natexd.testkit.Capture;
import io.github.natexd.testkit.FrameFlood;
import io.github.natexd.testkit.HostLoad;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.Macs;
import io.github.natexd.testkit.Packet;
import io.github.natexd.testkit.Packets;
import io.github.natexd.testkit.clients.Client;
import io.github.natexd.wire.Ipv4Address;
import io.github.natexd.wire.Protocol;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Somebody outside sends the host many errors about probes that nobody sent, while a guest runs traceroute. */
class ForgedErrorsLabTest {
    private static final Path REPORT = Path.of("target", "forged-errors.txt");
    private static final int FORGED = 100_000;
    private static final int REPEATED = 20_000;
    private static final int RATE = 1_000;
    private static final int PORTS = 65_536;
    private static final int PER_SECOND = 12_000;
    private static final int SECONDS = 8;
    private static final int FORGER = Ipv4Address.parse("203.0.113.66");
    private static final int HOST = Ipv4Address.parse(Topology.HOST);
    private static final int TARGET = Ipv4Address.parse(Topology.TARGET);
    /** Where no guest sends probes. */
    private static final int NOWHERE = Ipv4Address.parse("198.51.100.7");

    private static final int IPV4_LENGTH = 20;
    private static final int MORE_FRAGMENTS = 0x2000;
    private static final int FRAGMENT = 512;
    private static final int KINDS = 5;
    private static final int LONG_DATA = 1_400;
    /** A forged error ends with its number. */
    private static final int NUMBER_OCTETS = 4;

    private Lab lab;

    @BeforeEach
    void labUp() {
        lab = Lab.up(LabOptions.defaults());
    }

    @AfterEach
    void labDown() {
        lab.close();
    }

    @Test
    @DisplayName("shows 2: of 100,000 forged errors none reaches a guest, and all reach the host unchanged")
    void noneReachesAGuestAndAllReachTheHost() throws IOException {
        HostLoad.Result without;
        try (Arrivals arrivals = new Arrivals(lab, ForgedErrorsLabTest::forged)) {
            HostLoad load = HostLoad.startWithoutNatexd(lab, SECONDS);
            FrameFlood.outside(lab, FORGED, PER_SECOND, ForgedErrorsLabTest::forged)
                    .await();
            without = load.await();
            assertEquals(FORGED, arrivals.count(FORGED));
        }
        try (LabNatexd natexd = LabNatexd.start(lab);
                Capture guest1 = Capture.on(lab, Node.GUEST1, Topology.GUEST_INTERFACE);
                Arrivals arrivals = new Arrivals(lab, ForgedErrorsLabTest::forged)) {
            HostLoad.warmUp(lab);
            HostLoad load = HostLoad.start(lab, SECONDS, natexd);
            try (FrameFlood flood = FrameFlood.outside(lab, FORGED, PER_SECOND, ForgedErrorsLabTest::forged)) {
                String trace = Client.TRACEROUTE.run(lab, Node.GUEST1);
                assertEquals(Topology.HOPS, Traceroute.hops(trace), () -> trace + natexd.log());
                flood.await();
            }
            HostLoad.Result with = load.await();
            report("%,d forged errors, %,d in a second%n  without natexd: %s%n  with natexd:    %s%n"
                    .formatted(FORGED, PER_SECOND, without, with));

            assertEquals(FORGED, arrivals.count(FORGED), natexd::log);
            assertEquals(List.of(), errorsFromForger(guest1), natexd::log);
            assertEquals(without.lost(), with.lost(), "lost pings");
        }
    }

    @Test
    @DisplayName(
            "an attacker who guesses all source ports of a known probe gets one copy to the guest and takes nothing")
    void aSweepOfAllSourcePortsReachesTheGuestOnceAndTakesNothing() {
        try (LabNatexd natexd = LabNatexd.start(lab);
                Capture guest1 = Capture.on(lab, Node.GUEST1, Topology.GUEST_INTERFACE);
                Capture uplink = Capture.on(lab, Node.HOST, Topology.UP)) {
            Client.TRACEROUTE.run(lab, Node.GUEST1);
            Packet probe = Packet.of(
                    uplink.outgoing(octets -> Packet.of(octets).isUdp()).get(0));
            uplink.close();
            IntFunction<byte[]> guesses = port -> error(11, 0, quote(TARGET, port, probe.destinationPort(), port));
            try (Arrivals arrivals = new Arrivals(lab, guesses)) {
                FrameFlood.outside(lab, PORTS, PER_SECOND, guesses).await();

                assertEquals(PORTS, arrivals.count(PORTS), "the host keeps each of them");
                List<Packet> delivered = errorsFromForger(guest1);
                assertEquals(1, delivered.size(), natexd::log);
                assertEquals(
                        probe.destinationPort(), delivered.get(0).embedded().destinationPort());
            }
        }
    }

    /** An error about a live probe, which nothing but its length keeps from the guest. */
    @Test
    @DisplayName("an error that comes in fragments is whole for natexd, and stays with the host if it is too long")
    void aFragmentedErrorThatIsTooLongForTheGuestStaysWithTheHost() {
        try (LabNatexd natexd = LabNatexd.start(lab);
                Capture guest1 = Capture.on(lab, Node.GUEST1, Topology.GUEST_INTERFACE);
                Capture uplink = Capture.on(lab, Node.HOST, Topology.UP);
                PacketSocket r1 =
                        Namespace.call(lab.namespace(Node.R1), () -> PacketSocket.openUnfiltered(Topology.DOWN))) {
            Client.TRACEROUTE.run(lab, Node.GUEST1);
            byte[] probe = uplink.outgoing(octets -> Packet.of(octets).isUdp()).get(0);
            IntFunction<byte[]> errors = number -> error(11, 0, longer(probe, number == 0 ? 1_000 : 2_800, number));
            try (Arrivals arrivals = new Arrivals(lab, errors)) {
                for (int number : new int[] {1, 0}) {
                    for (byte[] fragment : fragments(errors.apply(number))) {
                        Packets.send(r1, Macs.UPLINK, Macs.R1, fragment);
                    }
                }

                assertEquals(1, errorsFromForger(guest1).size(), "the short one: " + natexd.log());
                assertEquals(1, arrivals.count(1), "the long one: " + natexd.log());
            }
        }
    }

    @Test
    @DisplayName("R53, R54: of what a router repeats, the guest gets its rate and the host the rest; others get theirs")
    void whatARouterRepeatsAboveTheRateStaysWithTheHost() throws IOException {
        // The queue has room for all: what passes by a full queue would not be counted.
        try (LabNatexd natexd =
                        LabNatexd.start(lab, "relay.max-errors-per-second = " + RATE, "queue.max-length = 65535");
                Capture guest1 = Capture.on(lab, Node.GUEST1, Topology.GUEST_INTERFACE);
                Capture uplink = Capture.on(lab, Node.HOST, Topology.UP)) {
            Client.TRACEROUTE.run(lab, Node.GUEST1);
            byte[] probe = uplink.outgoing(octets -> Packet.of(octets).isUdp()).get(0);
            uplink.close();
            IntFunction<byte[]> errors = number -> error(11, 0, longer(probe, probe.length + NUMBER_OCTETS, number));
            long begunNanos = System.nanoTime();
            try (Arrivals arrivals = new Arrivals(lab, errors);
                    FrameFlood flood = FrameFlood.outside(lab, REPEATED, PER_SECOND, errors)) {
                String trace = Client.TRACEROUTE.run(lab, Node.GUEST2);
                flood.await();
                int toHost = arrivals.count(REPEATED);
                long seconds = 1 + (System.nanoTime() - begunNanos) / 1_000_000_000;
                int toGuest = errorsFromForger(guest1).size();
                JsonNode status = new ObjectMapper()
                        .readTree(natexd.natexctl("status", "--json").output());

                assertEquals(Topology.HOPS, Traceroute.hops(trace), () -> trace + natexd.log());
                assertTrue(toGuest >= RATE, () -> toGuest + " reached the guest");
                assertTrue(toGuest <= RATE + RATE * seconds, () -> toGuest + " reached the guest in " + seconds + " s");
                assertEquals(REPEATED, toGuest + toHost);
                assertEquals(toHost, status.at("/reasons/RATE_LIMITED").asInt(), status::toString);
            }
        }
    }

    private static byte[] longer(byte[] probe, int octets, int number) {
        byte[] quote = Arrays.copyOf(probe, octets);
        ByteBuffer.wrap(quote).putInt(octets - NUMBER_OCTETS, number);
        return quote;
    }

    private static List<byte[]> fragments(byte[] packet) {
        List<byte[]> fragments = new ArrayList<>();
        for (int at = 0; at < packet.length - IPV4_LENGTH; at += FRAGMENT) {
            int length = Math.min(FRAGMENT, packet.length - IPV4_LENGTH - at);
            boolean last = at + length == packet.length - IPV4_LENGTH;
            ByteBuffer fragment = ByteBuffer.allocate(IPV4_LENGTH + length)
                    .put(packet, 0, IPV4_LENGTH)
                    .put(packet, IPV4_LENGTH + at, length)
                    .putShort(2, (short) (IPV4_LENGTH + length))
                    .putShort(6, (short) ((last ? 0 : MORE_FRAGMENTS) | at / 8))
                    .putShort(10, (short) 0);
            fragment.putShort(10, (short) ~Packets.sum(fragment.array(), 0, IPV4_LENGTH));
            fragments.add(fragment.array());
        }
        return fragments;
    }

    private static List<Packet> errorsFromForger(Capture guest) {
        return guest.incoming(octets -> Packet.of(octets).isIcmpError()).stream()
                .map(Packet::of)
                .filter(error -> error.source().equals(Ipv4Address.text(FORGER)))
                .toList();
    }

    private static void report(String text) throws IOException {
        System.out.print(text);
        Files.createDirectories(REPORT.getParent());
        Files.writeString(REPORT, text);
    }

    /** Errors of several kinds in turn. */
    private static byte[] forged(int number) {
        int port = 1 + number % 65_535;
        return switch (number % KINDS) {
            case 0 -> error(11, 0, quote(NOWHERE, port, 33_434, number));
            // The target of the guest's own traceroute, but a port at which it does not begin.
            case 1 -> error(3, 3, quote(TARGET, port, 50_000, number));
            case 2 ->
                error(
                        11,
                        0,
                        Packets.echoProbe(HOST, NOWHERE, port, 1)
                                .data(numbered(32, number))
                                .bytes());
            case 3 -> error(3, 1, error(11, 0, quote(NOWHERE, port, 33_434, number)));
            default ->
                error(
                        3,
                        4,
                        Packets.udpProbe(HOST, NOWHERE, port, 33_434)
                                .data(numbered(LONG_DATA, number))
                                .bytes());
        };
    }

    private static byte[] quote(int destination, int sourcePort, int destinationPort, int number) {
        return Packets.udpProbe(HOST, destination, sourcePort, destinationPort)
                .ttl(1)
                .id(0)
                .data(numbered(32, number))
                .bytes();
    }

    private static byte[] numbered(int octets, int number) {
        return ByteBuffer.allocate(octets)
                .putInt(octets - NUMBER_OCTETS, number)
                .array();
    }

    private static byte[] error(int type, int code, byte[] quote) {
        return Packets.icmpError(type, code, FORGER, HOST).quoting(quote).bytes();
    }

    /** What arrives at a socket of the host's. */
    private static final class Arrivals implements AutoCloseable {
        private static final int RECEIVE_BUFFER = 256 << 20;
        private static final long PATIENCE_MILLIS = 1_000;

        private final IntFunction<byte[]> expected;
        private final BitSet seen = new BitSet();
        private final Inet4Socket socket;
        private final Poller poller = new Poller(1);
        private final ByteBuffer octets = ByteBuffer.allocateDirect(65_536);

        Arrivals(Lab lab, IntFunction<byte[]> expected) {
            this.expected = expected;
            socket = Namespace.call(lab.namespace(Node.HOST), () -> Inet4Socket.raw(Protocol.ICMP));
            Native.setReceiveBuffer(socket.descriptor(), RECEIVE_BUFFER);
            poller.register(socket.descriptor());
        }

        /** How many different ones have arrived, each once and as it was sent; waits for those under way. */
        int count(int wanted) {
            while (seen.cardinality() < wanted && poller.poll(PATIENCE_MILLIS) > 0) {
                for (int length = socket.receive(octets); length > 0; length = socket.receive(octets)) {
                    byte[] packet = new byte[length];
                    octets.get(0, packet);
                    if (Packet.of(packet).source().equals(Ipv4Address.text(FORGER))) {
                        check(packet);
                    }
                }
            }
            return seen.cardinality();
        }

        private void check(byte[] packet) {
            int number = ByteBuffer.wrap(packet).getInt(packet.length - NUMBER_OCTETS);
            assertArrayEquals(
                    expected.apply(number), packet, () -> "number " + number + ": " + Arrays.toString(packet));
            assertEquals(false, seen.get(number), () -> "number " + number + " arrived twice");
            seen.set(number);
        }

        @Override
        public void close() {
            socket.close();
        }
    }
}
