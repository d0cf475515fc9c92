package io.github.natexd.cli.replay;

import static io.github.natexd.cli.replay.ReplayScene.HOST_MAC;
import static io.github.natexd.cli.replay.ReplayScene.MILLI;
import static io.github.natexd.cli.replay.ReplayScene.START;
import static io.github.natexd.cli.replay.ReplayScene.UPLINK_MAC;
import static io.github.natexd.cli.replay.ReplayScene.ethernet;
import static io.github.natexd.cli.replay.ReplayScene.octets;
import static io.github.natexd.cli.replay.ReplayScene.reasons;
import static io.github.natexd.testkit.Packets.GATEWAY_MAC;
import static io.github.natexd.testkit.Packets.GUEST;
import static io.github.natexd.testkit.Packets.GUEST_MAC;
import static io.github.natexd.testkit.Packets.HOST;
import static io.github.natexd.testkit.Packets.OTHER_GUEST;
import static io.github.natexd.testkit.Packets.OTHER_GUEST_MAC;
import static io.github.natexd.testkit.Packets.ROUTER;
import static io.github.natexd.testkit.Packets.TARGET;
import static io.github.natexd.testkit.Packets.echoProbe;
import static io.github.natexd.testkit.Packets.frame;
import static io.github.natexd.testkit.Packets.portUnreachable;
import static io.github.natexd.testkit.Packets.timeExceeded;
import static io.github.natexd.testkit.Packets.udpProbe;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.natexd.cli.capture.LinkLayer;
import io.github.natexd.testkit.PcapBuilder;
import io.github.natexd.testkit.PcapngBuilder;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What replay decides about the errors in a capture. */
class ReplayReasonsTest {
    /** Directions of pcapng. */
    private static final int IN = 1;

    private static final int OUT = 2;

    private final ReplayScene scene;

    ReplayReasonsTest(@TempDir Path directory) {
        scene = new ReplayScene(directory);
    }

    @Test
    void relaysTheErrorsAboutUdpAndEchoProbesOfAGuest() throws Exception {
        byte[] guestUdp = udpProbe(GUEST, TARGET, 40_000, 33_434)
                .id(0x1111)
                .dataOctets(32)
                .bytes();
        byte[] egressUdp =
                udpProbe(HOST, TARGET, 51_000, 33_434).id(0x1111).dataOctets(32).bytes();
        byte[] guestEcho =
                echoProbe(GUEST, TARGET, 7, 2).id(0x2222).dataOctets(32).bytes();
        byte[] egressEcho =
                echoProbe(HOST, TARGET, 900, 2).id(0x2222).dataOctets(32).bytes();
        PcapBuilder capture = ethernet();
        scene.toGateway(capture, guestUdp);
        scene.leaving(capture, egressUdp);
        scene.arriving(
                capture, timeExceeded(ROUTER, HOST).quoting(egressUdp, 28).bytes());
        scene.traced(capture, guestEcho, egressEcho);

        JsonNode report = scene.replay(capture.bytes(), "--hex");

        assertEquals(1, report.get("version").asInt());
        assertEquals(List.of("RELAYED", "RELAYED"), reasons(report));
        assertEquals("192.168.44.0/24", report.get("guestNetwork").asText());
        assertTrue(report.get("guestNetworkDerived").asBoolean());
        assertEquals("[\"203.0.113.7\"]", report.get("hosts").toString());
        assertTrue(report.get("assumedGuest").isNull());
        JsonNode udp = report.get("errors").get(0);
        assertEquals(3, udp.get("packet").asInt());
        assertEquals("2023-11-14T22:13:20.002Z", udp.get("time").asText());
        assertEquals("00:0c:29:aa:bb:01", udp.get("guestMac").asText());
        assertEquals("00:50:56:e0:00:02", udp.get("gatewayMac").asText());
        assertArrayEquals(timeExceeded(ROUTER, GUEST).quoting(guestUdp, 28).bytes(), octets(udp.get("rewritten")));
        assertArrayEquals(
                timeExceeded(ROUTER, GUEST).quoting(guestEcho).bytes(),
                octets(report.get("errors").get(1).get("rewritten")));
        assertEquals(7, report.at("/errors/1/rewritten/quote/identifier").asInt());
        assertEquals("{\"RELAYED\":2}", report.at("/summary/reasons").toString());
        assertEquals(2, report.at("/summary/guestProbes").asInt());
        assertEquals(2, report.at("/summary/egressProbes").asInt());
    }

    @Test
    void leavesTheHostsOwnProbesToTheHost() throws Exception {
        byte[] own = udpProbe(HOST, TARGET, 40_001, 33_435).id(0x3333).bytes();
        PcapBuilder capture = ethernet();
        scene.leaving(capture, own);
        scene.arriving(capture, portUnreachable(TARGET, HOST).quoting(own).bytes());
        scene.arriving(
                capture,
                timeExceeded(ROUTER, HOST)
                        .quoting(udpProbe(HOST, TARGET, 1, 2).bytes())
                        .bytes());

        JsonNode report = scene.replay(capture.bytes());

        assertEquals(List.of("NO_MAPPING", "HOST_PROBE"), reasons(report));
        assertTrue(report.at("/errors/0/rewritten").isNull());
        assertTrue(report.get("guestNetwork").isNull());
    }

    @Test
    void callsAmbiguousWhatTwoGuestsMayHaveSent() throws Exception {
        byte[] egress = udpProbe(HOST, TARGET, 51_000, 33_434).id(0).checksum(0).bytes();
        PcapBuilder capture = ethernet();
        scene.toGateway(
                capture,
                udpProbe(GUEST, TARGET, 40_000, 33_434).id(0).checksum(0).bytes());
        capture.packet(
                scene.tick(),
                frame(
                        GATEWAY_MAC,
                        OTHER_GUEST_MAC,
                        udpProbe(OTHER_GUEST, TARGET, 40_000, 33_434)
                                .id(0)
                                .checksum(0)
                                .bytes()));
        scene.leaving(capture, egress);
        scene.pass(20 * MILLI);
        scene.arriving(capture, timeExceeded(ROUTER, HOST).quoting(egress).bytes());

        assertEquals(List.of("AMBIGUOUS"), reasons(scene.replay(capture.bytes())));
    }

    @Test
    void copiesAnErrorWhenTheGuestsSightingComesAfterIt() throws Exception {
        byte[] guest = udpProbe(GUEST, TARGET, 40_000, 33_434).bytes();
        byte[] egress = udpProbe(HOST, TARGET, 40_000, 33_434).bytes();
        PcapBuilder capture = ethernet();
        scene.leaving(capture, egress);
        scene.arriving(capture, timeExceeded(ROUTER, HOST).quoting(egress).bytes());
        scene.pass(2 * MILLI);
        scene.toGateway(capture, guest);

        JsonNode report = scene.replay(capture.bytes(), "--hex");

        assertEquals(List.of("COPIED_LATE"), reasons(report));
        assertEquals(3 * MILLI, report.at("/errors/0/waitedNanos").asLong());
        assertArrayEquals(timeExceeded(ROUTER, GUEST).quoting(guest).bytes(), octets(report.at("/errors/0/rewritten")));
        assertEquals("00:0c:29:aa:bb:01", report.at("/errors/0/guestMac").asText());
    }

    @Test
    void aSightingAfterTheDeadlineComesTooLate() throws Exception {
        byte[] egress = udpProbe(HOST, TARGET, 40_000, 33_434).bytes();
        PcapBuilder capture = ethernet();
        scene.leaving(capture, egress);
        scene.arriving(capture, timeExceeded(ROUTER, HOST).quoting(egress).bytes());
        scene.pass(15 * MILLI);
        scene.toGateway(capture, udpProbe(GUEST, TARGET, 40_000, 33_434).bytes());

        JsonNode report = scene.replay(capture.bytes());

        assertEquals(List.of("HOST_PROBE"), reasons(report));
        assertDecidedWithinOneMilliOf(9 * MILLI, report.at("/errors/0"));
    }

    @Test
    void copiesAnErrorTenMillisecondsAfterItsProbeWhereTheNatLeavesTheContentAlone() throws Exception {
        byte[] egress = udpProbe(HOST, TARGET, 61_000, 33_434).id(9).bytes();
        PcapBuilder capture = ethernet();
        scene.toGateway(capture, udpProbe(GUEST, TARGET, 40_000, 33_434).id(7).bytes());
        scene.leaving(capture, egress);
        scene.pass(2 * MILLI);
        scene.arriving(capture, timeExceeded(ROUTER, HOST).quoting(egress).bytes());
        byte[] endsBeforeTheDeadline = capture.bytes();
        scene.pass(60 * MILLI);
        scene.leaving(capture, udpProbe(HOST, TARGET, 1, 2).bytes());

        for (byte[] octets : List.of(endsBeforeTheDeadline, capture.bytes())) {
            JsonNode report = scene.replay(octets);

            assertEquals(List.of("COPIED_LIKELY"), reasons(report));
            assertDecidedWithinOneMilliOf(7 * MILLI, report.at("/errors/0"));
            assertEquals(
                    "{\"protocol\":\"udp\",\"source\":\"192.168.44.100\",\"destination\":\"192.0.2.80\","
                            + "\"sourcePort\":40000,\"destinationPort\":33434,\"identification\":7,\"timeToLive\":1}",
                    report.at("/errors/0/rewritten/quote").toString());
        }
    }

    @Test
    void keepsNoMoreCopiesThanTheDaemonAndDecidesEveryErrorOnce() throws Exception {
        int errors = 100;
        int copies = 64;
        PcapBuilder capture = ethernet();
        List<byte[]> leaving = new ArrayList<>();
        for (int i = 0; i < errors; i++) {
            byte[] guest = udpProbe(GUEST, TARGET, 40_000, 33_434 + i).id(7).bytes();
            capture.packet(START, frame(GATEWAY_MAC, GUEST_MAC, guest));
            leaving.add(udpProbe(HOST, TARGET, 61_000, 33_434 + i).id(9).bytes());
            capture.packet(START, frame(UPLINK_MAC, HOST_MAC, leaving.get(i)));
        }
        for (byte[] probe : leaving) {
            byte[] error = timeExceeded(ROUTER, HOST).quoting(probe).bytes();
            capture.packet(START, frame(HOST_MAC, UPLINK_MAC, error));
        }

        JsonNode report = scene.replay(capture.bytes());

        assertEquals(
                "{\"COPIED_LIKELY\":" + errors + "}",
                report.at("/summary/reasons").toString());
        Set<Integer> decided = new HashSet<>();
        int atOnce = 0;
        for (JsonNode error : report.get("errors")) {
            decided.add(error.get("packet").asInt());
            atOnce += error.get("waitedNanos").asLong() == 0 ? 1 : 0;
            assertEquals(
                    error.at("/received/quote/destinationPort").asInt(),
                    error.at("/rewritten/quote/destinationPort").asInt());
        }
        assertEquals(errors, decided.size());
        assertEquals(errors - copies, atOnce);
    }

    @Test
    void leavesToTheNatProcessWhatItIsSeenToDeliver() throws Exception {
        assertEquals(List.of("RELAYED", "NAT_DELIVERS"), reasons(scene.replay(deliveredBy(IN))));
        assertEquals(
                List.of("RELAYED", "RELAYED"), reasons(scene.replay(deliveredBy(OUT))), "that is natexd's own frame");
    }

    /** Two probes and their errors; a frame with the first error goes to the guest. */
    private static byte[] deliveredBy(int direction) {
        PcapngBuilder capture =
                new PcapngBuilder().section(ByteOrder.LITTLE_ENDIAN).networkInterface(LinkLayer.ETHERNET);
        for (int port = 33_434; port <= 33_435; port++) {
            byte[] guest = udpProbe(GUEST, TARGET, 40_000, port).id(7).bytes();
            byte[] egress = udpProbe(HOST, TARGET, 40_000, port).id(7).bytes();
            byte[] toHost = timeExceeded(ROUTER, HOST).quoting(egress).bytes();
            byte[] toGuest = timeExceeded(ROUTER, GUEST).quoting(guest).bytes();
            long micros = (START + port * 20 * MILLI) / 1_000;
            capture.packet(0, micros, frame(GATEWAY_MAC, GUEST_MAC, guest), IN)
                    .packet(0, micros + 1, frame(UPLINK_MAC, HOST_MAC, egress), OUT)
                    .packet(0, micros + 2, frame(HOST_MAC, UPLINK_MAC, toHost), IN)
                    .packet(0, micros + 3, frame(GUEST_MAC, GATEWAY_MAC, toGuest), direction);
        }
        return capture.bytes();
    }

    /** The daemon's timer counts milliseconds. */
    private static void assertDecidedWithinOneMilliOf(long nanos, JsonNode error) {
        long later = error.get("waitedNanos").asLong();
        assertTrue(later >= nanos && later <= nanos + MILLI, error.toString());
    }
}
