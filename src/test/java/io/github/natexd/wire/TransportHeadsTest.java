package io.github.natexd.wire;

import static io.github.natexd.testkit.Packets.HOST;
import static io.github.natexd.testkit.Packets.TARGET;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.natexd.testkit.Packets;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** The two transport heads that probes have: UDP and ICMP echo. */
class TransportHeadsTest {
    private static final int AT = 20;

    private final UdpHeader udp = new UdpHeader();
    private final IcmpEcho echo = new IcmpEcho();

    @Test
    void readsEveryFieldOfUdp() {
        udp.over(udpProbe(0xBEEF), AT);

        assertEquals(AT, udp.offset());
        assertEquals(40000, udp.sourcePort());
        assertEquals(33434, udp.destinationPort());
        assertEquals(11, udp.length());
        assertEquals(0xBEEF, udp.checksum());
    }

    @Test
    void rewritesOfUdpTouchTheirFieldOnly() {
        ByteBuffer buffer = udpProbe(0xBEEF);
        byte[] wanted = Packets.udpProbe(HOST, TARGET, 65535, 33434)
                .data(new byte[3])
                .checksum(0x8001)
                .bytes();

        udp.over(buffer, AT);
        udp.rewriteSourcePort(65535);
        udp.rewriteChecksum(0x8001);

        assertArrayEquals(wanted, buffer.array());
    }

    @Test
    void readsEveryFieldOfAnEcho() {
        echo.over(echoProbe(0xFFFE), AT);

        assertEquals(AT, echo.offset());
        assertEquals(IcmpEcho.TYPE_REQUEST, echo.type());
        assertEquals(0, echo.code());
        assertEquals(0xFFFE, echo.checksum());
        assertEquals(0xABCD, echo.identifier());
        assertEquals(0x8007, echo.sequence());
    }

    @Test
    void rewritesOfAnEchoTouchTheirFieldOnly() {
        ByteBuffer buffer = echoProbe(0xFFFE);
        byte[] wanted =
                Packets.echoProbe(HOST, TARGET, 1, 0x8007).checksum(0x8001).bytes();

        echo.over(buffer, AT);
        echo.rewriteIdentifier(1);
        echo.rewriteChecksum(0x8001);

        assertArrayEquals(wanted, buffer.array());
    }

    @Test
    void refuseToBeLaidOverFewerThanEightOctets() {
        for (int octets = 0; octets < 8; octets++) {
            ByteBuffer cut = ByteBuffer.allocate(AT + octets);

            assertThrows(IndexOutOfBoundsException.class, () -> udp.over(cut, AT));
            assertThrows(IndexOutOfBoundsException.class, () -> echo.over(cut, AT));
        }
    }

    @Test
    void areContentWithExactlyEightOctets() {
        ByteBuffer exactly = ByteBuffer.allocate(AT + 8);

        assertEquals(0, udp.over(exactly, AT).checksum());
        assertEquals(0, echo.over(exactly, AT).sequence());
    }

    private static ByteBuffer udpProbe(int checksum) {
        return Packets.udpProbe(HOST, TARGET, 40000, 33434)
                .data(new byte[3])
                .checksum(checksum)
                .buffer();
    }

    private static ByteBuffer echoProbe(int checksum) {
        return Packets.echoProbe(HOST, TARGET, 0xABCD, 0x8007)
                .checksum(checksum)
                .buffer();
    }
}
