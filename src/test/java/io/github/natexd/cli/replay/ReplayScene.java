package io.github.natexd.cli.replay;

import static io.github.natexd.testkit.Packets.GATEWAY_MAC;
import static io.github.natexd.testkit.Packets.GUEST_MAC;
import static io.github.natexd.testkit.Packets.HOST;
import static io.github.natexd.testkit.Packets.ROUTER;
import static io.github.natexd.testkit.Packets.frame;
import static io.github.natexd.testkit.Packets.timeExceeded;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.natexd.cli.Natexctl;
import io.github.natexd.cli.capture.LinkLayer;
import io.github.natexd.testkit.PcapBuilder;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Builds a capture packet by packet, and runs the command that replays it. */
final class ReplayScene {
    static final long START = 1_700_000_000_000_000_000L;
    static final long MILLI = 1_000_000;
    static final long HOST_MAC = 0x001122334455L;
    static final long UPLINK_MAC = 0x00AABBCCDDEEL;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Path file;

    /** The time of the next packet; packets are a millisecond apart. */
    private long time = START;

    ReplayScene(Path directory) {
        file = directory.resolve("report.pcap");
    }

    /** The file to which {@link #replay} writes the capture. */
    Path file() {
        return file;
    }

    String out() {
        return out.toString();
    }

    String err() {
        return err.toString();
    }

    void pass(long nanos) {
        time += nanos;
    }

    int run(String... arguments) {
        List<String> line = new ArrayList<>(List.of("replay"));
        line.addAll(List.of(arguments));
        return Natexctl.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(line.toArray(String[]::new));
    }

    JsonNode replay(byte[] capture, String... options) throws Exception {
        Files.write(file, capture);
        out.getBuffer().setLength(0);
        List<String> line = new ArrayList<>(List.of(options));
        line.addAll(List.of("--json", file.toString()));
        assertEquals(0, run(line.toArray(String[]::new)), err::toString);
        return new ObjectMapper().readTree(out.toString());
    }

    static List<String> reasons(JsonNode report) {
        List<String> reasons = new ArrayList<>();
        report.get("errors").forEach(error -> reasons.add(error.get("reason").asText()));
        return reasons;
    }

    static byte[] octets(JsonNode packet) {
        return HexFormat.of().parseHex(packet.get("octets").asText());
    }

    static PcapBuilder ethernet() {
        return PcapBuilder.of(LinkLayer.ETHERNET);
    }

    long tick() {
        time += MILLI;
        return time - MILLI;
    }

    /** A guest's probe, the probe that leaves the host in its place, and a router's error about the latter. */
    void traced(PcapBuilder capture, byte[] guest, byte[] egress) {
        toGateway(capture, guest);
        leaving(capture, egress);
        arriving(capture, timeExceeded(ROUTER, HOST).quoting(egress).bytes());
    }

    void toGateway(PcapBuilder capture, byte[] probe) {
        capture.packet(tick(), frame(GATEWAY_MAC, GUEST_MAC, probe));
    }

    void leaving(PcapBuilder capture, byte[] probe) {
        capture.packet(tick(), frame(UPLINK_MAC, HOST_MAC, probe));
    }

    void arriving(PcapBuilder capture, byte[] error) {
        capture.packet(tick(), frame(HOST_MAC, UPLINK_MAC, error));
    }
}
