package io.github.natexd.testkit;

import static io.github.natexd.testkit.Packets.HOST;
import static io.github.natexd.testkit.Packets.ROUTER;
import static io.github.natexd.testkit.Packets.TARGET;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PacketsTest {
    private static final byte[] UDP_PROBE =
            Packets.udpProbe(HOST, TARGET, 40000, 33434).dataOctets(32).bytes();

    @Test
    void probesHaveTheRightChecksums() {
        for (int octets = 0; octets < 70; octets++) {
            byte[] udp = Packets.udpProbe(HOST, TARGET, 40000, 33434)
                    .dataOctets(octets)
                    .bytes();
            byte[] echo =
                    Packets.echoProbe(HOST, TARGET, 1, 7).dataOctets(octets).bytes();

            assertTrue(Packets.headerIntact(udp, 0) && Packets.transportIntact(udp, 0));
            assertTrue(Packets.headerIntact(echo, 0) && Packets.transportIntact(echo, 0));
        }
    }

    @Test
    void errorsHaveTheRightChecksumsUnlessATestAsksForWrongOnes() {
        byte[] right = Packets.timeExceeded(ROUTER, HOST).quoting(UDP_PROBE, 28).bytes();
        byte[] wrong = Packets.timeExceeded(ROUTER, HOST)
                .quoting(UDP_PROBE, 28)
                .wrongChecksum()
                .wrongHeaderChecksum()
                .bytes();

        assertTrue(Packets.headerIntact(right, 0) && Packets.icmpIntact(right));
        assertFalse(Packets.headerIntact(wrong, 0));
        assertFalse(Packets.icmpIntact(wrong));
    }

    @Test
    void aUdpChecksumThatComesOutAsZeroIsSentAsAllOnes() {
        // The only two octets of data: 0xFFFF minus the sum of everything else in the datagram.
        int rest = ~checksumOf(Packets.udpProbe(HOST, TARGET, 1, 2).data((byte) 0, (byte) 0)) & 0xFFFF;
        int missing = 0xFFFF - rest;

        ProbeBuilder probe = Packets.udpProbe(HOST, TARGET, 1, 2).data((byte) (missing >>> 8), (byte) missing);

        assertEquals(0xFFFF, checksumOf(probe));
    }

    @Test
    void buildsWhatTheAnnotatedFilesHold() {
        byte[] echo = Packets.echoProbe(HOST, TARGET, 1, 7)
                .options((byte) 0x94, (byte) 4, (byte) 0, (byte) 0)
                .bytes();
        byte[] ownError = Packets.timeExceeded(HOST, TARGET)
                .quoting(Packets.udpProbe(TARGET, HOST, 53, 40001).bytes())
                .bytes();

        assertArrayEquals(
                PacketFile.read("time-exceeded-quoting-28-octets"),
                Packets.timeExceeded(ROUTER, HOST).quoting(UDP_PROBE, 28).bytes());
        assertArrayEquals(
                PacketFile.read("time-exceeded-with-mpls-and-length-17-words"),
                Packets.timeExceeded(ROUTER, HOST)
                        .quoting(UDP_PROBE)
                        .mpls(24001, 0, 1)
                        .lengthOctet(17)
                        .bytes());
        assertArrayEquals(
                PacketFile.read("port-unreachable-for-echo-with-options"),
                Packets.portUnreachable(ROUTER, HOST).quoting(echo).bytes());
        assertArrayEquals(
                PacketFile.read("error-about-an-error"),
                Packets.timeExceeded(ROUTER, HOST).quoting(ownError).bytes());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "time-exceeded-quoting-28-octets",
                "time-exceeded-with-mpls-and-length-17-words",
                "port-unreachable-for-echo-with-options",
                "error-about-an-error"
            })
    void packetFilesHaveTheRightChecksums(String name) {
        byte[] packet = PacketFile.read(name);

        assertTrue(Packets.headerIntact(packet, 0));
        assertTrue(Packets.icmpIntact(packet));
        assertTrue(Packets.headerIntact(packet, 28));
    }

    @Test
    void packetFilesMayHoldCommentsAndAnySpacing() {
        String text = "# story\n45 c0\t00 38 # first\n\nFA01 0f8d";

        byte[] octets = PacketFile.parse(text);

        assertArrayEquals(new byte[] {0x45, (byte) 0xc0, 0, 0x38, (byte) 0xfa, 1, 0x0f, (byte) 0x8d}, octets);
    }

    @Test
    void aPacketFileThatIsNotThereIsNamed() {
        var missing = assertThrows(IllegalArgumentException.class, () -> PacketFile.read("nowhere"));

        assertTrue(missing.getMessage().contains("/packets/nowhere.hex"));
    }

    private static int checksumOf(ProbeBuilder udpProbe) {
        return udpProbe.buffer().getShort(26) & 0xFFFF;
    }
}
