package io.github.natexd.cli.replay;

import static io.github.natexd.cli.replay.ReplayScene.HOST_MAC;
import static io.github.natexd.cli.replay.ReplayScene.MILLI;
import static io.github.natexd.cli.replay.ReplayScene.START;
import static io.github.natexd.cli.replay.ReplayScene.UPLINK_MAC;
import static io.github.natexd.cli.replay.ReplayScene.ethernet;
import static io.github.natexd.cli.replay.ReplayScene.octets;
import static io.github.natexd.cli.replay.ReplayScene.reasons;
import static io.github.natexd.testkit.Packets.GATEWAY;
import static io.github.natexd.testkit.Packets.GATEWAY_MAC;
import static io.github.natexd.testkit.Packets.GUEST;
import static io.github.natexd.testkit.Packets.GUEST_MAC;
import static io.github.natexd.testkit.Packets.HOST;
import static io.github.natexd.testkit.Packets.ROUTER;
import static io.github.natexd.testkit.Packets.TARGET;
import static io.github.natexd.testkit.Packets.echoProbe;
import static io.github.natexd.testkit.Packets.frame;
import static io.github.natexd.testkit.Packets.timeExceeded;
import static io.github.natexd.testkit.Packets.udpProbe;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.natexd.cli.capture.LinkLayer;
import io.github.natexd.testkit.PcapBuilder;
import io.github.natexd.testkit.PcapngBuilder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How replay classifies the packets of a capture. */
class ReplayCaptureTest {
    private final ReplayScene scene;

    ReplayCaptureTest(@TempDir Path directory) {
        scene = new ReplayScene(directory);
    }

    @Test
    void takesLeavingProbesForTheAssumedGuests() throws Exception {
        byte[] udp = udpProbe(HOST, TARGET, 51_000, 33_434).dataOctets(8).bytes();
        byte[] echo = echoProbe(HOST, TARGET, 900, 2).bytes();
        PcapBuilder capture = PcapBuilder.of(LinkLayer.RAW)
                .packet(scene.tick(), udp)
                .packet(scene.tick(), echo)
                .packet(scene.tick(), timeExceeded(ROUTER, HOST).quoting(udp).bytes())
                .packet(scene.tick(), timeExceeded(ROUTER, HOST).quoting(echo).bytes());

        JsonNode report = scene.replay(capture.bytes(), "--guest", "192.168.44.100", "--hex");

        assertEquals("192.168.44.100", report.get("assumedGuest").asText());
        assertEquals(List.of("RELAYED", "RELAYED"), reasons(report));
        byte[] asSent = udpProbe(GUEST, TARGET, 51_000, 33_434).dataOctets(8).bytes();
        assertArrayEquals(
                timeExceeded(ROUTER, GUEST).quoting(asSent).bytes(), octets(report.at("/errors/0/rewritten")));
        assertTrue(report.at("/errors/0/guestMac").isNull());
    }

    @Test
    void assumesNothingWhereGuestsWereCaptured() throws Exception {
        byte[] own = udpProbe(HOST, TARGET, 51_000, 33_434).bytes();
        PcapBuilder capture = ethernet();
        scene.traced(capture, udpProbe(GUEST, TARGET, 40_000, 33_450).bytes(), own);

        JsonNode report = scene.replay(capture.bytes(), "--guest", "192.168.44.100");

        assertTrue(report.get("assumedGuest").isNull());
        assertEquals(List.of("HOST_PROBE"), reasons(report));
    }

    @Test
    void doesNotTakeErrorsToGuestsForErrorsToTheHost() throws Exception {
        byte[] guest = udpProbe(GUEST, TARGET, 40_000, 33_434).bytes();
        byte[] egress = udpProbe(HOST, TARGET, 40_000, 33_434).bytes();
        PcapBuilder capture = ethernet();
        scene.traced(capture, guest, egress);
        capture.packet(
                scene.tick(),
                frame(
                        GUEST_MAC,
                        GATEWAY_MAC,
                        timeExceeded(ROUTER, GUEST).quoting(guest).bytes()));
        capture.packet(
                scene.tick(),
                frame(
                        GUEST_MAC,
                        GATEWAY_MAC,
                        timeExceeded(GATEWAY, GUEST).quoting(guest).bytes()));

        JsonNode report = scene.replay(capture.bytes());

        assertEquals(List.of("RELAYED"), reasons(report));
        assertEquals(2, report.at("/summary/errorsToGuests").asInt());
    }

    @Test
    void takesAHostThatIsItselfAVirtualMachineForTheHost() throws Exception {
        int nestedHost = GUEST;
        byte[] own = udpProbe(nestedHost, TARGET, 40_000, 33_434).bytes();
        PcapBuilder capture = ethernet();
        scene.toGateway(capture, own);
        capture.packet(
                scene.tick(),
                frame(
                        GUEST_MAC,
                        GATEWAY_MAC,
                        timeExceeded(ROUTER, nestedHost).quoting(own).bytes()));

        JsonNode report = scene.replay(capture.bytes());

        assertEquals("[\"192.168.44.100\"]", report.get("hosts").toString());
        assertTrue(report.get("guestNetwork").isNull());
        assertEquals(List.of("HOST_PROBE"), reasons(report));
    }

    @Test
    void findsTheGuestNetworkWithoutAnyError() throws Exception {
        PcapBuilder capture = ethernet();
        scene.toGateway(capture, udpProbe(GUEST, TARGET, 40_000, 33_434).bytes());

        JsonNode report = scene.replay(capture.bytes());

        assertEquals("192.168.44.0/24", report.get("guestNetwork").asText());
        assertEquals(1, report.at("/summary/guestProbes").asInt());
        assertEquals("[]", report.get("hosts").toString());
    }

    @Test
    void readsACaptureOfAllInterfacesAndOneOfSeveral() throws Exception {
        byte[] guest = udpProbe(GUEST, TARGET, 40_000, 33_434).bytes();
        byte[] egress = udpProbe(HOST, TARGET, 40_000, 33_434).bytes();
        byte[] error = timeExceeded(ROUTER, HOST).quoting(egress).bytes();
        byte[] cooked = PcapBuilder.of(LinkLayer.COOKED)
                .packet(scene.tick(), cooked(3, GUEST_MAC, guest))
                .packet(scene.tick(), cooked(4, HOST_MAC, egress))
                .packet(scene.tick(), cooked(0, UPLINK_MAC, error))
                .packet(
                        scene.tick(),
                        cooked(
                                4,
                                GATEWAY_MAC,
                                timeExceeded(ROUTER, GUEST).quoting(guest).bytes()))
                .bytes();
        byte[] cooked2 = PcapBuilder.of(LinkLayer.COOKED_2)
                .packet(scene.tick(), cooked2(3, GUEST_MAC, guest))
                .packet(scene.tick(), cooked2(4, HOST_MAC, egress))
                .packet(scene.tick(), cooked2(0, UPLINK_MAC, error))
                .bytes();
        int usb = 189;
        byte[] several = new PcapngBuilder()
                .section(ByteOrder.LITTLE_ENDIAN)
                .networkInterface(LinkLayer.ETHERNET)
                .networkInterface(LinkLayer.IPV4, 9, 0)
                .networkInterface(usb)
                .packet(0, START / 1_000, frame(GATEWAY_MAC, GUEST_MAC, guest))
                .packet(2, START / 1_000, new byte[64])
                .packet(1, START + MILLI, egress, 2)
                .packet(1, START + 2 * MILLI, error, 1)
                .packet(1, START + 3 * MILLI, error, 2)
                .bytes();

        for (byte[] capture : List.of(cooked, cooked2, several)) {
            JsonNode report = scene.replay(capture);
            assertEquals(List.of("RELAYED"), reasons(report));
            assertEquals("00:0c:29:aa:bb:01", report.at("/errors/0/guestMac").asText());
            assertEquals(
                    capture == several ? 1 : 0,
                    report.at("/summary/otherLinkTypes").asInt());
        }
    }

    @Test
    void looksBehindVlanTags() throws Exception {
        byte[] own = udpProbe(HOST, TARGET, 40_000, 33_434).bytes();
        PcapBuilder capture = ethernet()
                .packet(scene.tick(), tagged(own))
                .packet(
                        scene.tick(),
                        tagged(timeExceeded(ROUTER, HOST).quoting(own).bytes()));

        assertEquals(List.of("HOST_PROBE"), reasons(scene.replay(capture.bytes())));
    }

    @Test
    void tellsThatTheCaptureCutAnErrorShort() throws Exception {
        byte[] own = udpProbe(HOST, TARGET, 40_000, 33_434).dataOctets(400).bytes();
        byte[] error = timeExceeded(ROUTER, HOST).quoting(own).bytes();
        PcapBuilder capture = PcapBuilder.of(LinkLayer.RAW)
                .packet(scene.tick(), Arrays.copyOf(own, 96), own.length)
                .packet(scene.tick(), Arrays.copyOf(error, 96), error.length);

        JsonNode report = scene.replay(capture.bytes());

        assertEquals(List.of("TRUNCATED"), reasons(report));
        assertTrue(report.at("/errors/0/cut").asBoolean());
        assertEquals(1, report.at("/summary/egressProbes").asInt());
    }

    private static byte[] cooked(int packetType, long mac, byte[] packet) {
        ByteBuffer octets = ByteBuffer.allocate(16 + packet.length);
        octets.putShort((short) packetType).putShort((short) 1).putShort((short) 6);
        octets.putShort((short) (mac >>> 32)).putInt((int) mac).putShort((short) 0);
        return octets.putShort((short) 0x0800).put(packet).array();
    }

    private static byte[] cooked2(int packetType, long mac, byte[] packet) {
        ByteBuffer octets = ByteBuffer.allocate(20 + packet.length);
        octets.putShort((short) 0x0800).putShort((short) 0).putInt(3).putShort((short) 1);
        octets.put((byte) packetType)
                .put((byte) 6)
                .putShort((short) (mac >>> 32))
                .putInt((int) mac);
        return octets.putShort((short) 0).put(packet).array();
    }

    private static byte[] tagged(byte[] packet) {
        byte[] plain = frame(UPLINK_MAC, HOST_MAC, packet);
        ByteBuffer octets = ByteBuffer.allocate(plain.length + 4);
        octets.put(plain, 0, 12).putInt(0x8100_0007).put(plain, 12, plain.length - 12);
        return octets.array();
    }
}
