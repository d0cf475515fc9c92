package io.github.natexd.wire;

import static io.github.natexd.testkit.Packets.GUEST;
import static io.github.natexd.testkit.Packets.HOST;
import static io.github.natexd.testkit.Packets.TARGET;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.natexd.testkit.Packets;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The two transport headers that probes have: UDP and ICMP echo. */
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
    void aNewSourceOfUdpRepairsTheChecksumAndTouchesNothingElse() {
        byte[] packet =
                Packets.udpProbe(GUEST, TARGET, 40000, 33434).data(new byte[3]).bytes();
        byte[] wanted =
                Packets.udpProbe(HOST, TARGET, 65535, 33434).data(new byte[3]).bytes();

        udp.over(ByteBuffer.wrap(packet), AT).rewriteSource(GUEST, HOST, 65535);

        assertArrayEquals(transport(wanted), transport(packet));
    }

    @Test
    @DisplayName("R28: no UDP checksum becomes 0, which would mean that there is none")
    void aChecksumThatComesOutAsZeroIsWrittenAsAllOnes() {
        ByteBuffer buffer = udpProbe(0x0001);

        udp.over(buffer, AT).rewriteSource(HOST, HOST, 40001);

        assertEquals(0xFFFF, udp.checksum());
    }

    @Test
    @DisplayName("R27: a UDP datagram without a checksum stays without one")
    void aMissingChecksumStaysMissing() {
        ByteBuffer buffer = udpProbe(0);

        udp.over(buffer, AT).rewriteSource(HOST, GUEST, 7);
        assertEquals(0, udp.checksum());
        udp.rewriteDestination(TARGET, GUEST, 9, 11);
        assertEquals(0, udp.checksum());
        assertEquals(9, udp.destinationPort());
    }

    @Test
    void aNewDestinationOfUdpComputesTheChecksumAnew() {
        byte[] packet = Packets.udpProbe(TARGET, HOST, 53, 40000)
                .data(new byte[3])
                .checksum(0x1234)
                .bytes();
        byte[] wanted =
                Packets.udpProbe(TARGET, GUEST, 53, 41000).data(new byte[3]).bytes();

        udp.over(ByteBuffer.wrap(packet), AT).rewriteDestination(TARGET, GUEST, 41000, 11);

        assertArrayEquals(transport(wanted), transport(packet));
    }

    @Test
    void printsAsAPacketPrinterDoes() {
        assertEquals("UDP nowhere", new UdpHeader().toString());
        assertEquals("ICMP nowhere", new IcmpEcho().toString());
        assertEquals(
                "UDP 40000 > 33434, length 11, checksum 0xbeef",
                udp.over(udpProbe(0xBEEF), AT).toString());
        assertEquals(
                "ICMP echo request, id 43981, seq 32775, checksum 0xfffe",
                echo.over(echoProbe(0xFFFE), AT).toString());
    }

    private static byte[] transport(byte[] packet) {
        return Arrays.copyOfRange(packet, AT, packet.length);
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
    void readsACodeThatNoEchoShouldHave() {
        ByteBuffer probe = echoProbe(0xFFFE).put(AT + 1, (byte) 0xEE);

        assertEquals(0xEE, echo.over(probe, AT).code());
    }

    @Test
    void aNewIdentifierOfAnEchoRepairsTheChecksumAndTouchesNothingElse() {
        byte[] packet = Packets.echoProbe(HOST, TARGET, 0xABCD, 0x8007).bytes();

        echo.over(ByteBuffer.wrap(packet), AT).rewriteIdentifier(1);

        assertArrayEquals(Packets.echoProbe(HOST, TARGET, 1, 0x8007).bytes(), packet);
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
