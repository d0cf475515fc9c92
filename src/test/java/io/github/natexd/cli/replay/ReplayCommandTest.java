package io.github.natexd.cli.replay;

import static io.github.natexd.testkit.Packets.GATEWAY;
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
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.natexd.cli.Natexctl;
import io.github.natexd.cli.capture.LinkLayer;
import io.github.natexd.testkit.PcapBuilder;
import io.github.natexd.testkit.PcapngBuilder;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayCommandTest {
    private static final long START = 1_700_000_000_000_000_000L;
    private static final long MILLI = 1_000_000;
    /** Directions of pcapng. */
    private static final int IN = 1;

    private static final int OUT = 2;
    private static final long HOST_MAC = 0x001122334455L;
    private static final long UPLINK_MAC = 0x00AABBCCDDEEL;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    /** Time of the next packet: they come a millisecond apart. */
    private long time = START;

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = directory.resolve("report.pcap");
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
        toGateway(capture, guestUdp);
        leaving(capture, egressUdp);
        arriving(capture, timeExceeded(ROUTER, HOST).quoting(egressUdp, 28).bytes());
        toGateway(capture, guestEcho);
        leaving(capture, egressEcho);
        arriving(capture, timeExceeded(ROUTER, HOST).quoting(egressEcho).bytes());

        JsonNode report = replay(capture.bytes(), "--hex");

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
        leaving(capture, own);
        arriving(capture, portUnreachable(TARGET, HOST).quoting(own).bytes());
        arriving(
                capture,
                timeExceeded(ROUTER, HOST)
                        .quoting(udpProbe(HOST, TARGET, 1, 2).bytes())
                        .bytes());

        JsonNode report = replay(capture.bytes());

        assertEquals(List.of("NO_MAPPING", "HOST_PROBE"), reasons(report));
        assertTrue(report.at("/errors/0/rewritten").isNull());
        assertTrue(report.get("guestNetwork").isNull());
    }

    @Test
    void callsAmbiguousWhatTwoGuestsMayHaveSent() throws Exception {
        byte[] egress = udpProbe(HOST, TARGET, 51_000, 33_434).id(0).checksum(0).bytes();
        PcapBuilder capture = ethernet();
        toGateway(
                capture,
                udpProbe(GUEST, TARGET, 40_000, 33_434).id(0).checksum(0).bytes());
        capture.packet(
                tick(),
                frame(
                        GATEWAY_MAC,
                        OTHER_GUEST_MAC,
                        udpProbe(OTHER_GUEST, TARGET, 40_000, 33_434)
                                .id(0)
                                .checksum(0)
                                .bytes()));
        leaving(capture, egress);
        time += 20 * MILLI;
        arriving(capture, timeExceeded(ROUTER, HOST).quoting(egress).bytes());

        assertEquals(List.of("AMBIGUOUS"), reasons(replay(capture.bytes())));
    }

    @Test
    void copiesAnErrorWhenTheGuestsSightingComesAfterIt() throws Exception {
        byte[] guest = udpProbe(GUEST, TARGET, 40_000, 33_434).bytes();
        byte[] egress = udpProbe(HOST, TARGET, 40_000, 33_434).bytes();
        PcapBuilder capture = ethernet();
        leaving(capture, egress);
        arriving(capture, timeExceeded(ROUTER, HOST).quoting(egress).bytes());
        time += 2 * MILLI;
        toGateway(capture, guest);

        JsonNode report = replay(capture.bytes(), "--hex");

        assertEquals(List.of("COPIED_LATE"), reasons(report));
        assertEquals(3 * MILLI, report.at("/errors/0/waitedNanos").asLong());
        assertArrayEquals(timeExceeded(ROUTER, GUEST).quoting(guest).bytes(), octets(report.at("/errors/0/rewritten")));
        assertEquals("00:0c:29:aa:bb:01", report.at("/errors/0/guestMac").asText());
    }

    @Test
    void aSightingAfterTheDeadlineComesTooLate() throws Exception {
        byte[] egress = udpProbe(HOST, TARGET, 40_000, 33_434).bytes();
        PcapBuilder capture = ethernet();
        leaving(capture, egress);
        arriving(capture, timeExceeded(ROUTER, HOST).quoting(egress).bytes());
        time += 15 * MILLI;
        toGateway(capture, udpProbe(GUEST, TARGET, 40_000, 33_434).bytes());

        JsonNode report = replay(capture.bytes());

        assertEquals(List.of("HOST_PROBE"), reasons(report));
        assertDecidedWithinOneMilliOf(9 * MILLI, report.at("/errors/0"));
    }

    @Test
    void copiesAnErrorTenMillisecondsAfterItsProbeWhereTheNatLeavesTheContentAlone() throws Exception {
        byte[] egress = udpProbe(HOST, TARGET, 61_000, 33_434).id(9).bytes();
        PcapBuilder capture = ethernet();
        toGateway(capture, udpProbe(GUEST, TARGET, 40_000, 33_434).id(7).bytes());
        leaving(capture, egress);
        time += 2 * MILLI;
        arriving(capture, timeExceeded(ROUTER, HOST).quoting(egress).bytes());
        byte[] endsBeforeTheDeadline = capture.bytes();
        time += 60 * MILLI;
        leaving(capture, udpProbe(HOST, TARGET, 1, 2).bytes());

        for (byte[] octets : List.of(endsBeforeTheDeadline, capture.bytes())) {
            JsonNode report = replay(octets);

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

        JsonNode report = replay(capture.bytes());

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
        assertEquals(List.of("RELAYED", "NAT_DELIVERS"), reasons(replay(deliveredBy(IN))));
        assertEquals(List.of("RELAYED", "RELAYED"), reasons(replay(deliveredBy(OUT))), "that is natexd's own frame");
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

    @Test
    void takesLeavingProbesForTheAssumedGuests() throws Exception {
        byte[] udp = udpProbe(HOST, TARGET, 51_000, 33_434).dataOctets(8).bytes();
        byte[] echo = echoProbe(HOST, TARGET, 900, 2).bytes();
        PcapBuilder capture = PcapBuilder.of(LinkLayer.RAW)
                .packet(tick(), udp)
                .packet(tick(), echo)
                .packet(tick(), timeExceeded(ROUTER, HOST).quoting(udp).bytes())
                .packet(tick(), timeExceeded(ROUTER, HOST).quoting(echo).bytes());

        JsonNode report = replay(capture.bytes(), "--guest", "192.168.44.100", "--hex");

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
        toGateway(capture, udpProbe(GUEST, TARGET, 40_000, 33_450).bytes());
        leaving(capture, own);
        arriving(capture, timeExceeded(ROUTER, HOST).quoting(own).bytes());

        JsonNode report = replay(capture.bytes(), "--guest", "192.168.44.100");

        assertTrue(report.get("assumedGuest").isNull());
        assertEquals(List.of("HOST_PROBE"), reasons(report));
    }

    @Test
    void doesNotTakeErrorsToGuestsForErrorsToTheHost() throws Exception {
        byte[] guest = udpProbe(GUEST, TARGET, 40_000, 33_434).bytes();
        byte[] egress = udpProbe(HOST, TARGET, 40_000, 33_434).bytes();
        PcapBuilder capture = ethernet();
        toGateway(capture, guest);
        leaving(capture, egress);
        arriving(capture, timeExceeded(ROUTER, HOST).quoting(egress).bytes());
        capture.packet(
                tick(),
                frame(
                        GUEST_MAC,
                        GATEWAY_MAC,
                        timeExceeded(ROUTER, GUEST).quoting(guest).bytes()));
        capture.packet(
                tick(),
                frame(
                        GUEST_MAC,
                        GATEWAY_MAC,
                        timeExceeded(GATEWAY, GUEST).quoting(guest).bytes()));

        JsonNode report = replay(capture.bytes());

        assertEquals(List.of("RELAYED"), reasons(report));
        assertEquals(2, report.at("/summary/errorsToGuests").asInt());
    }

    @Test
    void takesAHostThatIsItselfAVirtualMachineForTheHost() throws Exception {
        int nestedHost = GUEST;
        byte[] own = udpProbe(nestedHost, TARGET, 40_000, 33_434).bytes();
        PcapBuilder capture = ethernet();
        toGateway(capture, own);
        capture.packet(
                tick(),
                frame(
                        GUEST_MAC,
                        GATEWAY_MAC,
                        timeExceeded(ROUTER, nestedHost).quoting(own).bytes()));

        JsonNode report = replay(capture.bytes());

        assertEquals("[\"192.168.44.100\"]", report.get("hosts").toString());
        assertTrue(report.get("guestNetwork").isNull());
        assertEquals(List.of("HOST_PROBE"), reasons(report));
    }

    @Test
    void findsTheGuestNetworkWithoutAnyError() throws Exception {
        PcapBuilder capture = ethernet();
        toGateway(capture, udpProbe(GUEST, TARGET, 40_000, 33_434).bytes());

        JsonNode report = replay(capture.bytes());

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
                .packet(tick(), cooked(3, GUEST_MAC, guest))
                .packet(tick(), cooked(4, HOST_MAC, egress))
                .packet(tick(), cooked(0, UPLINK_MAC, error))
                .packet(
                        tick(),
                        cooked(
                                4,
                                GATEWAY_MAC,
                                timeExceeded(ROUTER, GUEST).quoting(guest).bytes()))
                .bytes();
        byte[] cooked2 = PcapBuilder.of(LinkLayer.COOKED_2)
                .packet(tick(), cooked2(3, GUEST_MAC, guest))
                .packet(tick(), cooked2(4, HOST_MAC, egress))
                .packet(tick(), cooked2(0, UPLINK_MAC, error))
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
            JsonNode report = replay(capture);
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
                .packet(tick(), tagged(own))
                .packet(tick(), tagged(timeExceeded(ROUTER, HOST).quoting(own).bytes()));

        assertEquals(List.of("HOST_PROBE"), reasons(replay(capture.bytes())));
    }

    @Test
    void tellsThatTheCaptureCutAnErrorShort() throws Exception {
        byte[] own = udpProbe(HOST, TARGET, 40_000, 33_434).dataOctets(400).bytes();
        byte[] error = timeExceeded(ROUTER, HOST).quoting(own).bytes();
        PcapBuilder capture = PcapBuilder.of(LinkLayer.RAW)
                .packet(tick(), Arrays.copyOf(own, 96), own.length)
                .packet(tick(), Arrays.copyOf(error, 96), error.length);

        JsonNode report = replay(capture.bytes());

        assertEquals(List.of("TRUNCATED"), reasons(report));
        assertTrue(report.at("/errors/0/cut").asBoolean());
        assertEquals(1, report.at("/summary/egressProbes").asInt());
    }

    @Test
    void followsTheConfiguration() throws Exception {
        byte[] slow = udpProbe(HOST, TARGET, 40_000, 33_434).ttl(61).bytes();
        byte[] guest = udpProbe(GUEST, TARGET, 1, 2).bytes();
        PcapBuilder capture = ethernet();
        toGateway(capture, guest);
        leaving(capture, slow);
        arriving(capture, timeExceeded(ROUTER, HOST).quoting(slow).bytes());
        Path others = Files.writeString(
                directory.resolve("others.toml"), "[relay]\nerrors = [\"destination-unreachable\"]\n");
        Path fallback =
                Files.writeString(directory.resolve("static.toml"), "[relay]\nstatic-guest = \"192.168.44.100\"\n");
        Path wrong = Files.writeString(directory.resolve("wrong.toml"), "[relay]\nguest = 1\n");

        assertEquals(List.of("NO_MAPPING"), reasons(replay(capture.bytes())));
        assertEquals(List.of("NOT_SELECTED"), reasons(replay(capture.bytes(), "--config", others.toString())));
        JsonNode copied = replay(capture.bytes(), "--config", fallback.toString());
        assertEquals(List.of("STATIC_GUEST"), reasons(copied));
        assertEquals(
                "192.168.44.100", copied.at("/errors/0/rewritten/destination").asText());
        assertEquals(78, run("--config", wrong.toString(), file.toString()));
    }

    @Test
    void readsForPeople() throws Exception {
        byte[] guest = udpProbe(GUEST, TARGET, 40_000, 33_434).id(0x1111).bytes();
        byte[] egress = udpProbe(HOST, TARGET, 51_000, 33_434).id(0x1111).bytes();
        PcapBuilder capture = ethernet();
        toGateway(capture, guest);
        leaving(capture, egress);
        arriving(capture, timeExceeded(ROUTER, HOST).quoting(egress).bytes());
        Files.write(file, capture.bytes());

        assertEquals(0, run("--hex", file.toString()));

        String text = out.toString();
        assertTrue(text.contains("host           203.0.113.7  (derived: ICMP errors go there"), text);
        assertTrue(text.contains("#3 0.002000 RELAYED: moved to the guest that sent the probe\n"), text);
        assertTrue(text.contains("""
                   in   198.51.100.1 > 203.0.113.7 time exceeded, 56 octets
                        quotes udp 203.0.113.7:51000 > 192.0.2.80:33434 id 0x1111 ttl 1
                   out  198.51.100.1 > 192.168.44.100 time exceeded, 56 octets
                        quotes udp 192.168.44.100:40000 > 192.0.2.80:33434 id 0x1111 ttl 1
                """), text);
        assertTrue(text.contains("in a frame from 00:50:56:e0:00:02 to 00:0c:29:aa:bb:01"), text);
        assertTrue(text.contains("   in   0000  45 c0 00 38"), text);
        assertTrue(text.contains("3 packets: 1 probes of guests, 1 leaving the host, 1 ICMP errors to the host"), text);
    }

    @Test
    void saysWhatACaptureLacks() throws Exception {
        byte[] probe = udpProbe(HOST, TARGET, 1, 2).bytes();
        Files.write(
                file,
                PcapBuilder.of(LinkLayer.RAW)
                        .packet(
                                tick(),
                                timeExceeded(ROUTER, HOST).quoting(probe).bytes())
                        .bytes());

        assertEquals(0, run(file.toString()));

        assertTrue(out.toString().contains("Nothing can be mapped: the capture has neither probes"), out.toString());
    }

    @Test
    void replaysWhatComesBeforeTheDamageAndEndsWith65() throws Exception {
        byte[] own = udpProbe(HOST, TARGET, 40_000, 33_434).bytes();
        byte[] whole = PcapBuilder.of(LinkLayer.RAW)
                .packet(tick(), own)
                .packet(tick(), timeExceeded(ROUTER, HOST).quoting(own).bytes())
                .packet(tick(), own)
                .bytes();
        Files.write(file, Arrays.copyOf(whole, whole.length - 1));

        assertEquals(65, run("--json", file.toString()));

        JsonNode report = new ObjectMapper().readTree(out.toString());
        assertEquals(List.of("HOST_PROBE"), reasons(report));
        String complaint = "octet " + (whole.length - 1) + ": the file ends inside a packet of 28 octets";
        assertEquals(complaint, report.get("damage").asText());
        assertEquals(file + ": " + complaint + System.lineSeparator(), err.toString());
    }

    @Test
    void endsWith66ForWhatCannotBeRead() {
        assertEquals(66, run(directory.resolve("none.pcap").toString()));
        assertEquals(66, run(directory.toString()));
        assertTrue(err.toString().contains("none.pcap: no such file"), err.toString());
        assertTrue(err.toString().contains("not a regular file"), err.toString());
    }

    @Test
    void endsWithTwoForAWrongCommandLine() {
        assertEquals(2, run());
        assertEquals(2, run("--guest", "192.168.44", "x.pcap"));
        assertEquals(2, run("--guest-network", "192.168.44.1/24", "x.pcap"));
        assertEquals(2, run("--host", "fe80::1", "x.pcap"));
        assertTrue(err.toString().contains("is 192.168.44.0/24 meant?"), err.toString());
    }

    @Test
    void explainsItsHeuristicsInTheHelp() {
        assertEquals(0, run("--help"));
        assertTrue(out.toString().contains("Which packet is which:"), out.toString());
        assertTrue(out.toString().contains("65"), out.toString());
        assertFalse(out.toString().contains("ParamLabel"), out.toString());
    }

    private int run(String... arguments) {
        List<String> line = new ArrayList<>(List.of("replay"));
        line.addAll(List.of(arguments));
        return Natexctl.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(line.toArray(String[]::new));
    }

    private JsonNode replay(byte[] capture, String... options) throws Exception {
        Files.write(file, capture);
        out.getBuffer().setLength(0);
        List<String> line = new ArrayList<>(List.of(options));
        line.addAll(List.of("--json", file.toString()));
        assertEquals(0, run(line.toArray(String[]::new)), err::toString);
        return new ObjectMapper().readTree(out.toString());
    }

    private static List<String> reasons(JsonNode report) {
        List<String> reasons = new ArrayList<>();
        report.get("errors").forEach(error -> reasons.add(error.get("reason").asText()));
        return reasons;
    }

    private static byte[] octets(JsonNode packet) {
        return HexFormat.of().parseHex(packet.get("octets").asText());
    }

    private static PcapBuilder ethernet() {
        return PcapBuilder.of(LinkLayer.ETHERNET);
    }

    private long tick() {
        time += MILLI;
        return time - MILLI;
    }

    private void toGateway(PcapBuilder capture, byte[] probe) {
        capture.packet(tick(), frame(GATEWAY_MAC, GUEST_MAC, probe));
    }

    private void leaving(PcapBuilder capture, byte[] probe) {
        capture.packet(tick(), frame(UPLINK_MAC, HOST_MAC, probe));
    }

    private void arriving(PcapBuilder capture, byte[] error) {
        capture.packet(tick(), frame(HOST_MAC, UPLINK_MAC, error));
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
