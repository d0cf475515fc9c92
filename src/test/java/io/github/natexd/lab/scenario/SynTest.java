package io.github.natexd.lab.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class SynTest {
    /** A SYN from 192.0.2.10:50000 to 198.51.100.10:8080; the TCP checksum is to be filled in. */
    private static final String PACKET = "45 00 00 28 00 01 40 00 40 06 af 4f c0 00 02 0a c6 33 64 0a"
            + " c3 50 1f 90 00 00 00 01 00 00 00 00 50 02 ff ff %s 00 00";

    private static final int FLAGS = 33;

    private final Syn syn = new Syn();

    @Test
    void repairsWhateverChecksumThereIs() {
        ByteBuffer packet = packet("12 34");
        assertTrue(syn.overPacket(packet, 0, packet.limit()));
        assertEquals(0x1234, syn.checksum());

        syn.repairChecksum();

        assertEquals(sumByHand(packet), syn.checksum());
        assertNotEquals(syn.unfinishedChecksum(), syn.checksum());
    }

    @Test
    void theUnfinishedChecksumIsThePseudoHeadersSum() {
        ByteBuffer packet = packet("00 00");
        assertTrue(syn.overPacket(packet, 0, packet.limit()));

        // c000 + 020a + c633 + 640a + 6 (TCP) + 20 (octets), the carry added
        assertEquals(0xec62, syn.unfinishedChecksum());
    }

    @Test
    void onlyASegmentThatOpensAConnectionIsASyn() {
        ByteBuffer packet = packet("00 00");

        assertFalse(syn.overPacket(packet.put(FLAGS, (byte) 0x12), 0, packet.limit()), "SYN and ACK");
        assertFalse(syn.overPacket(packet.put(FLAGS, (byte) 0x10), 0, packet.limit()), "ACK");
        assertTrue(syn.overPacket(packet.put(FLAGS, (byte) 0xC2), 0, packet.limit()), "SYN that asks for ECN");
        assertFalse(syn.overPacket(packet, 0, packet.limit() - 1), "cut off");
        assertFalse(syn.overPacket(packet.put(9, (byte) 17), 0, packet.limit()), "UDP");
    }

    private static ByteBuffer packet(String checksum) {
        return ByteBuffer.wrap(
                HexFormat.of().parseHex(PACKET.formatted(checksum).replace(" ", "")));
    }

    /** Independent of the product's arithmetic. */
    private static int sumByHand(ByteBuffer packet) {
        long sum = 0xc000 + 0x020a + 0xc633 + 0x640a + 6 + 20;
        for (int at = 20; at < 40; at += 2) {
            sum += at == 36 ? 0 : packet.getShort(at) & 0xFFFF;
        }
        return (int) (0xFFFF - sum % 0xFFFF);
    }
}
