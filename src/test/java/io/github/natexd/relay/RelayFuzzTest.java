package io.github.natexd.relay;

import static io.github.natexd.testkit.Packets.GUEST;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.natexd.report.Reason;
import io.github.natexd.testkit.FakePacketQueue.Verdict;
import io.github.natexd.testkit.Packets;
import io.github.natexd.translate.ErrorTypes;
import java.util.Arrays;
import java.util.List;

/**
 * Any queued packet: it gets one verdict, nothing is delivered unless a guest's probe is known, and what is delivered
 * differs from the packet only where a NAT would have changed it, with right checksums. The fake queue notices a write
 * outside the packet, and a DROP of a packet that no guest has got; a likely guest gets a copy only.
 */
class RelayFuzzTest {
    private static final int PORT = 40000;
    private static final int PASS_MILLIS = 600;
    private static final int MAPPED = 1;
    private static final int BY_VERDICT = 2;
    private static final int CUT = 4;
    private static final int REPAIRED = 8;

    @FuzzTest
    void anyPacket(byte[] data) {
        if (data.length == 0) {
            return;
        }
        int choice = data[0];
        byte[] packet = Arrays.copyOfRange(data, 1, data.length);
        if ((choice & REPAIRED) != 0) {
            AnyErrorTest.repair(packet);
        }
        Relay.Reinject reinject = (choice & BY_VERDICT) != 0 ? Relay.Reinject.VERDICT : Relay.Reinject.FRAME;
        RelayScene scene = new RelayScene(reinject, 0, new ErrorTypes(true, true, true, true));
        if ((choice & MAPPED) != 0) {
            scene.mapped(PORT);
        }
        int id = (choice & CUT) != 0 ? scene.queue.enqueueTruncated(packet) : scene.queue.enqueue(packet);
        scene.relay.turn();
        scene.pass(PASS_MILLIS);
        scene.relay.turn();

        scene.queue.checkAllAnswered();
        assertEquals(0, scene.count(Reason.INTERNAL_ERROR));
        Verdict verdict = scene.queue.verdict(id);
        List<byte[]> taken = scene.link.takenPackets();
        if (verdict == Verdict.ACCEPT) {
            assertArrayEquals(packet, scene.queue.toHost(id));
            long copied = scene.count(Reason.COPIED_LIKELY) + scene.count(Reason.COPIED_LATE);
            assertEquals(copied, taken.size(), "the host keeps the error only of a copy");
            assertTrue(taken.isEmpty() || (choice & (MAPPED | CUT)) == MAPPED, "delivered without a mapping");
            taken.forEach(copy -> checkDelivered(packet, copy));
        } else {
            assertEquals(MAPPED, choice & (MAPPED | CUT), "delivered without a mapping");
            boolean byVerdict = reinject == Relay.Reinject.VERDICT;
            assertEquals(byVerdict ? Verdict.ACCEPT_REWRITTEN : Verdict.DROP, verdict);
            assertEquals(byVerdict ? 0 : 1, taken.size());
            assertEquals(1, scene.count(Reason.RELAYED), "certain");
            checkDelivered(packet, byVerdict ? scene.queue.toHost(id) : taken.get(0));
        }
    }

    /** The mapped probe kept its port and identification, so nothing but addresses and checksums changes. */
    private static void checkDelivered(byte[] packet, byte[] delivered) {
        int total = (packet[2] & 0xFF) << 8 | packet[3] & 0xFF;
        assertTrue(delivered.length == packet.length || delivered.length == total, "length kept");
        int header = Packets.headerLength(packet, 0);
        int embedded = header + 8;
        int transport = embedded + Packets.headerLength(packet, embedded);
        for (int i = 0; i < delivered.length; i++) {
            boolean outer = i >= 10 && i < 12 || i >= 16 && i < 20;
            boolean icmp = i == header + 2 || i == header + 3;
            boolean quoted = i >= embedded + 10 && i < embedded + 16;
            boolean checksum = i == transport + 6 || i == transport + 7;
            if (!outer && !icmp && !quoted && !checksum && packet[i] != delivered[i]) {
                throw new AssertionError("octet " + i + " changed");
            }
        }
        assertEquals(GUEST, address(delivered, 16), "outer destination");
        assertEquals(GUEST, address(delivered, embedded + 12), "quoted source");
        int message = total - header;
        assertEquals(0xFFFF, Packets.sum(delivered, header, message), "ICMP checksum");
        boolean right = Packets.sum(packet, 0, header) == 0xFFFF || header > 20;
        assertEquals(right, Packets.sum(delivered, 0, header) == 0xFFFF, "header checksum");
        int quotedLength = transport - embedded;
        assertEquals(
                Packets.sum(packet, embedded, quotedLength) == 0xFFFF,
                Packets.sum(delivered, embedded, quotedLength) == 0xFFFF,
                "quoted header checksum");
    }

    private static int address(byte[] packet, int at) {
        return java.nio.ByteBuffer.wrap(packet).getInt(at);
    }
}
