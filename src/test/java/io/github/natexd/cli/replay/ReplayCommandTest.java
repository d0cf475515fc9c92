package io.github.natexd.cli.replay;

import static io.github.natexd.cli.replay.ReplayScene.ethernet;
import static io.github.natexd.cli.replay.ReplayScene.reasons;
import static io.github.natexd.testkit.Packets.GUEST;
import static io.github.natexd.testkit.Packets.HOST;
import static io.github.natexd.testkit.Packets.ROUTER;
import static io.github.natexd.testkit.Packets.TARGET;
import static io.github.natexd.testkit.Packets.timeExceeded;
import static io.github.natexd.testkit.Packets.udpProbe;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.natexd.cli.capture.LinkLayer;
import io.github.natexd.testkit.PcapBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command: its configuration, its output and its exit codes. */
class ReplayCommandTest {
    private final Path directory;
    private final ReplayScene scene;

    ReplayCommandTest(@TempDir Path directory) {
        this.directory = directory;
        scene = new ReplayScene(directory);
    }

    @Test
    void followsTheConfiguration() throws Exception {
        byte[] slow = udpProbe(HOST, TARGET, 40_000, 33_434).ttl(61).bytes();
        byte[] guest = udpProbe(GUEST, TARGET, 1, 2).bytes();
        PcapBuilder capture = ethernet();
        scene.traced(capture, guest, slow);
        Path others = Files.writeString(
                directory.resolve("others.toml"), "[relay]\nerrors = [\"destination-unreachable\"]\n");
        Path fallback =
                Files.writeString(directory.resolve("static.toml"), "[relay]\nstatic-guest = \"192.168.44.100\"\n");
        Path wrong = Files.writeString(directory.resolve("wrong.toml"), "[relay]\nguest = 1\n");

        assertEquals(List.of("NO_MAPPING"), reasons(scene.replay(capture.bytes())));
        assertEquals(List.of("NOT_SELECTED"), reasons(scene.replay(capture.bytes(), "--config", others.toString())));
        JsonNode copied = scene.replay(capture.bytes(), "--config", fallback.toString());
        assertEquals(List.of("STATIC_GUEST"), reasons(copied));
        assertEquals(
                "192.168.44.100", copied.at("/errors/0/rewritten/destination").asText());
        assertEquals(78, scene.run("--config", wrong.toString(), scene.file().toString()));
    }

    @Test
    void readsForPeople() throws Exception {
        byte[] guest = udpProbe(GUEST, TARGET, 40_000, 33_434).id(0x1111).bytes();
        byte[] egress = udpProbe(HOST, TARGET, 51_000, 33_434).id(0x1111).bytes();
        PcapBuilder capture = ethernet();
        scene.traced(capture, guest, egress);
        Files.write(scene.file(), capture.bytes());

        assertEquals(0, scene.run("--hex", scene.file().toString()));

        String text = scene.out();
        assertTrue(text.contains("host           203.0.113.7  (derived: it receives ICMP errors"), text);
        assertTrue(text.contains("#3 0.002000 RELAYED: moved to the guest that sent the probe\n"), text);
        assertTrue(text.contains("""
                   in   198.51.100.1 > 203.0.113.7 time exceeded, 56 octets
                        quotes udp 203.0.113.7:51000 > 192.0.2.80:33434 id 0x1111 ttl 1
                   out  198.51.100.1 > 192.168.44.100 time exceeded, 56 octets
                        quotes udp 192.168.44.100:40000 > 192.0.2.80:33434 id 0x1111 ttl 1
                """), text);
        assertTrue(text.contains("in a frame from 00:50:56:e0:00:02 to 00:0c:29:aa:bb:01"), text);
        assertTrue(text.contains("   in   0000  45 c0 00 38"), text);
        assertTrue(
                text.contains("packets: 3, guests' probes: 1, probes leaving the host: 1, ICMP errors to the host: 1"),
                text);
    }

    @Test
    void saysWhatACaptureLacks() throws Exception {
        byte[] probe = udpProbe(HOST, TARGET, 1, 2).bytes();
        Files.write(
                scene.file(),
                PcapBuilder.of(LinkLayer.RAW)
                        .packet(
                                scene.tick(),
                                timeExceeded(ROUTER, HOST).quoting(probe).bytes())
                        .bytes());

        assertEquals(0, scene.run(scene.file().toString()));

        assertTrue(scene.out().contains("No error can be matched to a guest: the capture has neither"), scene.out());
    }

    @Test
    void replaysWhatComesBeforeTheDamageAndEndsWith65() throws Exception {
        byte[] own = udpProbe(HOST, TARGET, 40_000, 33_434).bytes();
        byte[] whole = PcapBuilder.of(LinkLayer.RAW)
                .packet(scene.tick(), own)
                .packet(scene.tick(), timeExceeded(ROUTER, HOST).quoting(own).bytes())
                .packet(scene.tick(), own)
                .bytes();
        Files.write(scene.file(), Arrays.copyOf(whole, whole.length - 1));

        assertEquals(65, scene.run("--json", scene.file().toString()));

        JsonNode report = new ObjectMapper().readTree(scene.out());
        assertEquals(List.of("HOST_PROBE"), reasons(report));
        String complaint = "octet " + (whole.length - 1) + ": the file ends inside a packet of 28 octets";
        assertEquals(complaint, report.get("damage").asText());
        assertEquals(scene.file() + ": " + complaint + System.lineSeparator(), scene.err());
    }

    @Test
    void endsWith66ForWhatCannotBeRead() {
        assertEquals(66, scene.run(directory.resolve("none.pcap").toString()));
        assertEquals(66, scene.run(directory.toString()));
        assertTrue(scene.err().contains("none.pcap: no such file"), scene.err());
        assertTrue(scene.err().contains("not a regular file"), scene.err());
    }

    @Test
    void endsWithTwoForAWrongCommandLine() {
        assertEquals(2, scene.run());
        assertEquals(2, scene.run("--guest", "192.168.44", "x.pcap"));
        assertEquals(2, scene.run("--guest-network", "192.168.44.1/24", "x.pcap"));
        assertEquals(2, scene.run("--host", "fe80::1", "x.pcap"));
        assertTrue(scene.err().contains("did you mean 192.168.44.0/24?"), scene.err());
    }

    @Test
    void explainsItsHeuristicsInTheHelp() {
        assertEquals(0, scene.run("--help"));
        assertTrue(scene.out().contains("How replay classifies packets:"), scene.out());
        assertTrue(scene.out().contains("65"), scene.out());
        assertFalse(scene.out().contains("ParamLabel"), scene.out());
    }
}
