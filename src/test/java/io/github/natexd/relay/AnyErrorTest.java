package io.github.natexd.relay;

import static io.github.natexd.testkit.Packets.GUEST;
import static io.github.natexd.testkit.Packets.HOST;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.report.Reason;
import io.github.natexd.testkit.FakePacketQueue.Verdict;
import io.github.natexd.testkit.PacketFile;
import io.github.natexd.testkit.Packets;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The relay against errors, probes and frames that are anything at all. */
class AnyErrorTest {
    private static final int PACKETS = 100_000;
    private static final int BATCH = 100;
    private static final int PORT = 40000;
    private static final List<byte[]> SEEDS = List.of(
            PacketFile.read("time-exceeded-quoting-28-octets"),
            PacketFile.read("time-exceeded-with-mpls-and-length-17-words"),
            PacketFile.read("port-unreachable-for-echo-with-options"),
            PacketFile.read("error-about-an-error"),
            PacketFile.read("tuple-that-two-guests-share"));

    @ParameterizedTest
    @EnumSource(Relay.Reinject.class)
    @DisplayName("R41, R7: 100,000 mutated errors: nothing throws, each has one verdict, ACCEPT is bit-identical")
    void everyMutatedErrorHasOneVerdict(Relay.Reinject reinject) {
        Random random = new Random(41);
        RelayScene scene =
                new RelayScene(reinject, GUEST, new io.github.natexd.translate.ErrorTypes(true, true, true, true));
        long relayed = 0;
        for (int batch = 0; batch < PACKETS / BATCH; batch++) {
            scene.mapped(PORT);
            strayTraffic(scene, random);
            List<byte[]> packets = new ArrayList<>();
            int first = -1;
            for (int i = 0; i < BATCH; i++) {
                byte[] packet = mutated(random);
                packets.add(packet);
                int id = random.nextInt(50) == 0 ? scene.queue.enqueueTruncated(packet) : scene.queue.enqueue(packet);
                first = i == 0 ? id : first;
            }
            scene.relay.turn();
            scene.pass(600); // of more than 64 probes of one tuple within a lifetime none is certain
            scene.relay.turn();
            relayed += check(scene, packets, first, reinject);
        }
        scene.queue.checkAllAnswered();
        assertEquals(0, scene.count(Reason.INTERNAL_ERROR));
        assertTrue(relayed > PACKETS / 100, "some get through: " + relayed);
    }

    private static long check(RelayScene scene, List<byte[]> packets, int first, Relay.Reinject reinject) {
        long relayed = 0;
        for (int i = 0; i < packets.size(); i++) {
            Verdict verdict = scene.queue.verdict(first + i);
            if (verdict == Verdict.ACCEPT) {
                assertArrayEquals(packets.get(i), scene.queue.toHost(first + i));
            } else {
                Verdict expected = reinject == Relay.Reinject.FRAME ? Verdict.DROP : Verdict.ACCEPT_REWRITTEN;
                assertEquals(expected, verdict);
                relayed++;
            }
        }
        return relayed;
    }

    /** A packet of the files with some octets changed, cut or appended; mostly with the outer checksum repaired. */
    private static byte[] mutated(Random random) {
        byte[] packet = SEEDS.get(random.nextInt(SEEDS.size())).clone();
        for (int changes = random.nextInt(4); changes > 0; changes--) {
            packet[random.nextInt(packet.length)] = (byte) random.nextInt();
        }
        int length = random.nextInt(4) == 0 ? random.nextInt(packet.length + 20) : packet.length;
        byte[] cut = Arrays.copyOf(packet, length);
        if (random.nextInt(4) != 0) {
            repair(cut);
        }
        return cut;
    }

    /** Makes total length and ICMP checksum what they must be to get further in. */
    static void repair(byte[] packet) {
        int headerLength = packet.length == 0 ? 0 : Packets.headerLength(packet, 0);
        if (headerLength < 20 || packet.length < headerLength + 8) {
            return;
        }
        ByteBuffer buffer = ByteBuffer.wrap(packet);
        buffer.putShort(2, (short) packet.length);
        buffer.putShort(headerLength + 2, (short) 0);
        buffer.putShort(headerLength + 2, (short) ~Packets.sum(packet, headerLength, packet.length - headerLength));
    }

    /** Frames and copies of leaving packets that are anything. */
    private static void strayTraffic(RelayScene scene, Random random) {
        byte[] frame = Packets.frame(Packets.GATEWAY_MAC, Packets.GUEST_MAC, mutated(random));
        scene.link.arrive(Arrays.copyOf(frame, random.nextInt(frame.length)));
        scene.link.arrive(Packets.frame(Packets.GATEWAY_MAC, Packets.GUEST_MAC, mutated(random)));
        byte[] leaving = RelayScene.probe(HOST, PORT + 1 + random.nextInt(100)).bytes();
        leaving[random.nextInt(leaving.length)] = (byte) random.nextInt();
        scene.log.leave(Arrays.copyOf(leaving, random.nextInt(leaving.length + 1)));
    }
}
