package io.github.natexd.wire;

import static io.github.natexd.testkit.Packets.GATEWAY_MAC;
import static io.github.natexd.testkit.Packets.GUEST;
import static io.github.natexd.testkit.Packets.GUEST_MAC;
import static io.github.natexd.testkit.Packets.TARGET;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.testkit.Packets;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class EthernetFrameTest {
    private final EthernetFrame frame = new EthernetFrame();

    @Test
    void readsEveryField() {
        byte[] packet = Packets.udpProbe(GUEST, TARGET, 40000, 33434).bytes();
        byte[] octets = Packets.frame(GATEWAY_MAC, GUEST_MAC, packet);

        frame.over(Packets.amid(octets, 2, 4), 2, octets.length);

        assertTrue(frame.check());
        assertEquals(2, frame.offset());
        assertEquals(GATEWAY_MAC, frame.destination());
        assertEquals(GUEST_MAC, frame.source());
        assertEquals(0x0800, frame.etherType());
        assertTrue(frame.isIpv4());
        assertEquals(16, frame.payloadOffset());
        assertEquals(28, frame.payloadOctets());
    }

    @Test
    void writesFourteenOctetsAndNoOther() {
        ByteBuffer buffer = Packets.amid(new byte[0], 32, 0);

        EthernetFrame.write(buffer, 3, MacAddress.BROADCAST, 0x8000_0000_0001L, 0x86DD);

        byte[] wanted = Packets.amid(
                        new byte[] {-1, -1, -1, -1, -1, -1, (byte) 0x80, 0, 0, 0, 0, 1, (byte) 0x86, (byte) 0xDD},
                        3,
                        15)
                .array();
        assertArrayEquals(wanted, buffer.array());
    }

    @Test
    void readsBackWhatItWrote() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(14);
        EthernetFrame.write(buffer, 0, GUEST_MAC, GATEWAY_MAC, EthernetFrame.TYPE_IPV4);

        frame.over(buffer, 0, 14);

        assertTrue(frame.check() && frame.isIpv4());
        assertEquals(GUEST_MAC, frame.destination());
        assertEquals(GATEWAY_MAC, frame.source());
        assertEquals(0, frame.payloadOctets());
    }

    @Test
    void anotherEtherTypeIsNotIpv4() {
        ByteBuffer buffer = ByteBuffer.allocate(14);
        for (int type : new int[] {0x0806, 0x86DD, 0x8100, 0x0000, 0xFFFF}) {
            EthernetFrame.write(buffer, 0, GUEST_MAC, GATEWAY_MAC, type);

            assertFalse(frame.over(buffer, 0, 14).isIpv4());
        }
    }

    @Test
    void isCheckedForAWholeHeader() {
        for (int octets = 0; octets <= 15; octets++) {
            assertEquals(
                    octets >= 14,
                    frame.over(ByteBuffer.allocate(octets), 0, octets).check());
        }
    }

    @Test
    void refusesARegionOutsideTheBuffer() {
        assertThrows(IndexOutOfBoundsException.class, () -> frame.over(ByteBuffer.allocate(14), 1, 14));
    }
}
