package io.github.natexd.wire;

import static io.github.natexd.testkit.Packets.HOST;
import static io.github.natexd.testkit.Packets.ROUTER;
import static io.github.natexd.testkit.Packets.TARGET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.testkit.PacketFile;
import io.github.natexd.testkit.Packets;
import java.nio.ByteBuffer;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class IcmpErrorTest {
    private static final int AT = 20;

    private final IcmpError error = new IcmpError();

    @Test
    void readsEveryField() {
        byte[] packet = PacketFile.read("time-exceeded-with-mpls-and-length-17-words");

        error.over(Packets.buffer(packet), AT, packet.length - AT);

        assertTrue(error.check());
        assertEquals(AT, error.offset());
        assertEquals(148, error.length());
        assertEquals(IcmpError.TYPE_TIME_EXCEEDED, error.type());
        assertEquals(IcmpError.CODE_TTL_EXCEEDED, error.code());
        assertEquals(0xf380, error.checksum());
        assertEquals(17, error.lengthOctet());
        assertEquals(28, error.embeddedOffset());
        assertEquals(140, error.embeddedOctets());
        assertTrue(error.checksumOk());
    }

    @Test
    @DisplayName("R4, R32: the ICMP checksum covers every octet up to the last extension")
    void theChecksumCoversEveryOctetUpToTheLastExtension() {
        byte[] probe =
                Packets.udpProbe(HOST, TARGET, 40000, 33434).dataOctets(32).bytes();
        byte[] packet = Packets.timeExceeded(ROUTER, HOST)
                .quoting(probe)
                .mpls(24001, 0, 1)
                .incomingInterface(7)
                .bytes();
        ByteBuffer buffer = Packets.buffer(packet);
        error.over(buffer, AT, packet.length - AT);
        assertTrue(error.checksumOk());
        for (int i = AT; i < packet.length; i++) {
            packet[i] ^= 0x01;
            assertFalse(error.checksumOk(), "octet " + i);
            packet[i] ^= 0x01;
        }
    }

    @Test
    void readsTheCodeOfEveryError() {
        for (int code = 0; code < 256; code += 5) {
            byte[] packet = Packets.icmpError(3, code, ROUTER, HOST)
                    .quoting(Packets.udpProbe(HOST, TARGET, 40000, 33434).bytes())
                    .bytes();

            assertEquals(
                    code,
                    error.over(Packets.buffer(packet), AT, packet.length - AT).code());
        }
    }

    @Test
    void theChecksumOfAnOddLengthIsRight() {
        byte[] probe =
                Packets.udpProbe(HOST, TARGET, 40000, 33434).dataOctets(32).bytes();
        for (int quoted = 28; quoted < 60; quoted++) {
            byte[] packet =
                    Packets.portUnreachable(ROUTER, HOST).quoting(probe, quoted).bytes();

            assertTrue(
                    error.over(Packets.buffer(packet), AT, packet.length - AT).checksumOk());
        }
    }

    @Test
    void aRepairOfTheChecksumTouchesNothingElse() {
        ByteBuffer buffer = Packets.amid(new byte[0], 64, 0);
        int former = error.over(buffer, AT, 36).checksum();

        error.repairChecksum(0x0001, 0x0001 + former - 0x1234);

        for (int i = 0; i < 64; i++) {
            byte wanted = i == AT + 2 ? 0x12 : i == AT + 3 ? 0x34 : Packets.FILLER;
            assertEquals(wanted, buffer.get(i));
        }
    }

    @Test
    void isCheckedForTheEightOctetsBeforeTheQuote() {
        for (int octets = 0; octets <= 9; octets++) {
            ByteBuffer exactly = ByteBuffer.allocate(AT + octets);

            assertEquals(octets >= 8, error.over(exactly, AT, octets).check());
        }
    }

    @Test
    void mayHaveAnEmptyQuote() {
        error.over(ByteBuffer.allocate(AT + 8), AT, 8);

        assertTrue(error.check());
        assertEquals(0, error.embeddedOctets());
    }

    @Test
    void refusesARegionOutsideTheBuffer() {
        ByteBuffer buffer = ByteBuffer.allocate(AT + 36);

        assertThrows(IndexOutOfBoundsException.class, () -> error.over(buffer, AT, 37));
    }

    @Test
    void knowsTheTypesThatReportErrors() {
        Set<Integer> errors = Set.of(3, 4, 5, 11, 12);
        for (int type = 0; type <= 0xFF; type++) {
            assertEquals(errors.contains(type), IcmpError.isErrorType(type));
        }
    }
}
