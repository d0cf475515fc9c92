package io.github.natexd.relay;

import static io.github.natexd.relay.RelayScene.error;
import static io.github.natexd.testkit.Packets.GUEST;
import static io.github.natexd.testkit.Packets.GUEST_MAC;
import static io.github.natexd.testkit.Packets.HOST;
import static io.github.natexd.testkit.Packets.OTHER_GUEST;
import static io.github.natexd.testkit.Packets.OTHER_GUEST_MAC;
import static io.github.natexd.testkit.Packets.TARGET;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.natexd.report.Reason;
import io.github.natexd.testkit.Packet;
import io.github.natexd.testkit.Packets;
import io.github.natexd.testkit.ProbeBuilder;
import io.github.natexd.wire.Ipv4Address;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One guest, B, forwards for another, A, as a virtual router does, and traces itself.
 *
 * <pre>
 *  A 192.168.44.100 ──G1──▶ B 192.168.44.101 ──G2──▶ NAT process ──L──▶ routers
 * </pre>
 *
 * natexd sees G1 and G2 on the hub and L leaving, in any order and any number of turns.
 */
class ForwardingGuestTest {
    private static final int PORT_OF_A = 40000;
    private static final int PORT_OF_B = 41000;
    private static final int TTL = 5;
    private static final int PROBES = 60;

    /**
     * How the network is.
     *
     * @param masquerades B puts its own address into what it forwards
     * @param natTakesHop the NAT process takes one off the TTL
     * @param constantFlow all probes have the same ports, and differ in the IP ID
     * @param turns in which turn each of G1, G2 and L is read, and then the error; empty: at random, errors among them
     */
    record Network(boolean masquerades, boolean natTakesHop, boolean constantFlow, int[] turns) {
        @Override
        public String toString() {
            return (masquerades ? "masquerading" : "routing")
                    + (natTakesHop ? ", NAT lowers the TTL" : "")
                    + (constantFlow ? ", constant flow" : "")
                    + (turns.length == 0 ? ", at random" : ", G1 G2 L in turns " + Arrays.toString(turns));
        }
    }

    private final RelayScene scene = RelayScene.byFrames();
    /** How often A, or B for itself, got the error about a probe: by sender and IP ID. */
    private final Map<String, Integer> received = new HashMap<>();

    static Stream<Network> networks() {
        List<int[]> turns = new ArrayList<>();
        turns.add(new int[0]);
        for (int i = 0; i < 27; i++) {
            int[] each = {i / 9, i / 3 % 3, i % 3};
            if (each[0] <= each[1]) {
                turns.add(each);
            }
        }
        return turns.stream().flatMap(each -> IntStream.range(0, 8)
                .mapToObj(bits -> new Network((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, each)));
    }

    @ParameterizedTest
    @MethodSource("networks")
    @DisplayName(
            "R36: defect 3: where a guest forwards for another, each gets the errors about its own probes exactly once")
    void eachGetsItsErrorsExactlyOnce(Network network) {
        Random random = new Random(3);
        Map<String, Integer> expected = new HashMap<>();
        for (int id = 1; id <= PROBES; id++) {
            boolean ownOfB = id % 3 == 0;
            int port = network.constantFlow() ? 33434 : 33434 + id;
            byte[] leaving = ownOfB ? bTraces(port, id, network) : aTraces(port, id, network, random);
            scene.queue.enqueue(error(leaving));
            if (network.turns().length > 0 || id == PROBES || random.nextInt(3) == 0) {
                scene.pass(1);
                turn(network);
                scene.pass(20);
                turn(network);
            }
            expected.put((ownOfB ? "B " : "A ") + id, 1);
        }

        assertEquals(expected, received, () -> scene.relay.ledger().counters.toString());
        assertEquals(0, scene.count(Reason.NAT_DELIVERS), "what B forwards is no delivery of the NAT process's");
    }

    private byte[] bTraces(int port, int id, Network network) {
        scene.guestSends(
                OTHER_GUEST_MAC,
                probe(OTHER_GUEST, PORT_OF_B, port, id).ttl(TTL).bytes());
        byte[] leaving = leaving(PORT_OF_B, port, id, TTL, network);
        scene.log.leave(leaving, RelayScene.ROOT);
        turn(network);
        return leaving;
    }

    private byte[] aTraces(int port, int id, Network network, Random random) {
        byte[] leaving = leaving(PORT_OF_A, port, id, TTL - 1, network);
        int[] turns = network.turns().length > 0 ? network.turns() : randomTurns(random);
        for (int turn = 0; turn < 3; turn++) {
            if (turns[0] == turn) {
                byte[] sent = probe(GUEST, PORT_OF_A, port, id).ttl(TTL).bytes();
                scene.link.arrive(Packets.frame(OTHER_GUEST_MAC, GUEST_MAC, sent));
            }
            if (turns[1] == turn) {
                int source = network.masquerades() ? OTHER_GUEST : GUEST;
                scene.guestSends(
                        OTHER_GUEST_MAC,
                        probe(source, PORT_OF_A, port, id).ttl(TTL - 1).bytes());
            }
            if (turns[2] == turn) {
                scene.log.leave(leaving, RelayScene.ROOT);
            }
            turn(network);
            scene.pass(1);
        }
        return leaving;
    }

    private static int[] randomTurns(Random random) {
        int g1 = random.nextInt(3);
        return new int[] {g1, g1 + random.nextInt(3 - g1), random.nextInt(3)};
    }

    private static byte[] leaving(int sourcePort, int port, int id, int ttl, Network network) {
        return probe(HOST, sourcePort, port, id)
                .ttl(network.natTakesHop() ? ttl - 1 : ttl)
                .bytes();
    }

    private static ProbeBuilder probe(int source, int sourcePort, int port, int id) {
        return Packets.udpProbe(source, TARGET, sourcePort, port).id(id).dataOctets(32);
    }

    /** One turn, and what comes of the frames that natexd sends: B forwards what is A's, and natexd sees that, too. */
    private void turn(Network network) {
        int before = scene.link.taken().size();
        scene.relay.turn();
        List<byte[]> frames = scene.link.taken();
        for (byte[] frame : List.copyOf(frames.subList(before, frames.size()))) {
            arrivesAt(frame, network);
        }
    }

    private void arrivesAt(byte[] frame, Network network) {
        byte[] packet = Arrays.copyOfRange(frame, 14, frame.length);
        Packet quoted = Packet.of(packet).embedded();
        boolean toA = Arrays.equals(Arrays.copyOf(frame, 6), Arrays.copyOf(Packets.frame(GUEST_MAC, 0, packet), 6));
        boolean addressedToA = Packet.of(packet).destination().equals(Ipv4Address.text(GUEST));
        boolean ofA = quoted.port() == PORT_OF_A;
        if (toA) {
            assertEquals(Ipv4Address.text(GUEST), quoted.source(), "A knows its own probes");
            got("A ", quoted);
        } else if (ofA && addressedToA != network.masquerades()) {
            // B has the flow in its table: it forwards the error, with A's address put back.
            byte[] forwarded = Packets.timeExceeded(Packets.ROUTER, GUEST)
                    .quoting(probe(GUEST, PORT_OF_A, quoted.destinationPort(), quoted.id())
                            .bytes())
                    .bytes();
            scene.link.arrive(Packets.frame(GUEST_MAC, OTHER_GUEST_MAC, forwarded));
            got("A ", quoted);
        } else {
            got("B ", quoted);
        }
    }

    private void got(String whom, Packet quoted) {
        received.merge(whom + quoted.id(), 1, Integer::sum);
    }
}
