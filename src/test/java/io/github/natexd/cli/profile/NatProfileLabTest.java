package io.github.natexd.cli.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.natexd.cli.Natexctl;
import io.github.natexd.cli.capture.Interrupt;
import io.github.natexd.cli.capture.LinkLayer;
import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.LabOptions.HandOver;
import io.github.natexd.lab.LabOptions.Send;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.linux.emulation.Namespace;
import io.github.natexd.linux.packet.PacketSocket;
import io.github.natexd.testkit.Capture;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.LabShell;
import io.github.natexd.testkit.Macs;
import io.github.natexd.testkit.Packets;
import io.github.natexd.testkit.PcapBuilder;
import io.github.natexd.testkit.clients.NatWays;
import io.github.natexd.testkit.clients.Pairwise;
import io.github.natexd.testkit.clients.Warmup;
import io.github.natexd.wire.Ipv4Address;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** {@code natexctl nat-profile} behind NATs of which the lab knows what they do, from captures and from natexd. */
class NatProfileLabTest {
    private static final int SOURCE_PORT = 9_000;
    private static final int IDENTIFIER = 0x4E58;
    private static final int SERVER_PORT = 7_007;
    private static final String NOBODY = "192.168.44.77";
    private static final int FAR = 30;
    private static final int DATA_OCTETS = 21;
    private static final long BETWEEN_TRACES_MILLIS = 100;

    private static final String MASQUERADE = """
            echo 1 > /proc/sys/net/ipv4/ip_forward
            nft -f - <<'EOF'
            table ip guests {
                chain postrouting {
                    type nat hook postrouting priority srcnat
                    oifname "up0" masquerade
                }
            }
            EOF
            """;

    @TempDir
    private Path directory;

    /** In {@code ./dev test matrix} all of them. */
    static Stream<LabOptions> ways() {
        return System.getProperty("natexd.matrix") == null
                ? Pairwise.selection().keySet().stream()
                : NatWays.all().stream();
    }

    @ParameterizedTest
    @MethodSource("ways")
    @DisplayName("what the NAT does is found in captures of both sides, and learned by a running natexd")
    void theProfileIsWhatTheNatDoes(LabOptions way) throws IOException, InterruptedException {
        try (Lab lab = Lab.up(way)) {
            JsonObject captured = profileOfCaptures(lab, Macs.NAT);

            Map<String, String> expected = expected(way);
            assertEquals(expected, states(captured, expected), captured::toString);

            try (LabNatexd natexd = LabNatexd.start(lab)) {
                Warmup.pause(); // before that, nothing is learned of a NAT that is not seen sending
                for (int round = 0; round < 2; round++) {
                    trace(lab);
                    // natexd learns from likely pairs at the end of their 10 ms, unless equal probes have come by then.
                    TimeUnit.MILLISECONDS.sleep(BETWEEN_TRACES_MILLIS);
                }
                Lab.Result result = natexd.natexctl("nat-profile", "--json");
                assertEquals(0, result.exitCode(), result.output());
                JsonObject live = JsonParser.parseString(result.output()).getAsJsonObject();
                Map<String, String> learned = learned(way);
                assertEquals(learned, states(live, learned), () -> live + natexd.log());
            }
        }
    }

    @Test
    @DisplayName("the kernel's masquerading is no proxy, and hands over every error")
    void theKernelsNatIsNoProxy() throws IOException {
        try (Lab lab = Lab.up(LabOptions.defaults())) {
            LabShell.must(lab, Node.HOST, MASQUERADE);

            LabShell.must(lab, Node.GUEST1, "ip route replace default via " + Topology.HOST_ON_GUEST_NETWORK);

            JsonObject profile = profileOfCaptures(lab, Macs.HOST);

            Map<String, String> expected = new LinkedHashMap<>();
            expected.put("udp.portKept", "yes");
            expected.put("udp.ipIdKept", "yes");
            expected.put("udp.ttlKept", "no");
            expected.put("udp.handsOverTimeExceeded", "yes");
            expected.put("udp.handsOverPortUnreachable", "yes");
            expected.put("icmp.replyTtlKept", "yes");
            expected.put("tcp.proxied", "no");
            expected.put("tcp.sequenceKept", "yes");
            assertEquals(expected, states(profile, expected), profile::toString);
        }
    }

    @Test
    @DisplayName("a NAT that takes another port for each destination is seen to do so")
    void portsOfEachDestinationAreSeen() throws IOException {
        try (Lab lab = Lab.up(LabOptions.defaults().changingPerDestination())) {
            JsonObject profile = profileOfCaptures(lab, Macs.NAT);

            Map<String, String> expected = new LinkedHashMap<>();
            expected.put("udp.portKept", "no");
            expected.put("udp.samePortForEveryDestination", "no");
            expected.put("icmp.sameIdentifierForEveryDestination", "no");
            assertEquals(expected, states(profile, expected), profile::toString);
        }
    }

    @Test
    @DisplayName("--probe captures both sides while commands run in the guest")
    void probingCapturesWhatTheGuestDoes() throws Exception {
        Path capture = directory.resolve("probe.pcapng");
        try (Lab lab = Lab.up(LabOptions.defaults().rewritingPorts())) {
            CompletableFuture<Lab.Result> probing = probing(lab, capture, 4);
            TimeUnit.MILLISECONDS.sleep(500);
            connect(lab);
            trace(lab);
            Lab.Result result = probing.get(1, TimeUnit.MINUTES);

            assertEquals(0, result.exitCode(), result.output());
            assertTrue(result.output().contains("traceroute -n " + Topology.TARGET), result.output());
            JsonObject profile = profile("nat-profile", capture.toString(), "--json");
            Map<String, String> expected = new LinkedHashMap<>();
            expected.put("udp.portKept", "no");
            expected.put("udp.ipIdKept", "yes");
            expected.put("icmp.identifierKept", "no");
            expected.put("udp.handsOverTimeExceeded", "no");
            expected.put("tcp.proxied", "yes");
            assertEquals(expected, states(profile, expected), result.output() + profile);
        }
    }

    @Test
    @DisplayName("--probe reports that the guest network disappeared, and what it had seen until then")
    void probingEndsWithTheGuestNetwork() throws Exception {
        Path capture = directory.resolve("gone.pcapng");
        try (Lab lab = Lab.up(LabOptions.defaults())) {
            CompletableFuture<Lab.Result> probing = probing(lab, capture, 60);
            TimeUnit.MILLISECONDS.sleep(500);
            connect(lab);
            TimeUnit.MILLISECONDS.sleep(500);
            lab.restartNetwork(LabOptions.defaults());
            Lab.Result result = probing.get(20, TimeUnit.SECONDS);

            assertEquals(1, result.exitCode(), result.output());
            String notice =
                    Topology.GUEST_NETWORK_INTERFACE + " disappeared; the profile uses only the packets until then";
            assertTrue(result.output().contains(notice), result.output());
            JsonObject profile = profile("nat-profile", capture.toString(), "--json");
            assertEquals(
                    Map.of("tcp.proxied", "yes"), states(profile, Map.of("tcp.proxied", "yes")), profile::toString);
        }
    }

    @Test
    @DisplayName("--probe reports that it has captured as many packets as it may")
    void probingEndsAtItsLimit() throws Exception {
        int limit = 4;
        Path capture = directory.resolve("limit.pcapng");
        StringWriter hints = new StringWriter();
        try (Lab lab = Lab.up(LabOptions.defaults());
                Interrupt interrupt = new Interrupt()) {
            ProbeCapture probe = new ProbeCapture(
                    Topology.GUEST_NETWORK_INTERFACE,
                    Ipv4Address.parse(Topology.TARGET),
                    limit,
                    new PrintWriter(hints));
            CompletableFuture<Optional<ProbeCapture.EarlyEnd>> end = CompletableFuture.supplyAsync(
                    () -> Namespace.call(
                            lab.namespace(Node.HOST), () -> probe.run(capture, Topology.GUEST1, 60, interrupt)),
                    task -> new Thread(task, "probe").start());
            awaitFile(capture, end);
            TimeUnit.MILLISECONDS.sleep(500);
            trace(lab);

            assertEquals(
                    Optional.of(new ProbeCapture.EarlyEnd(
                            "the capture reached its limit of 4 packets; the profile uses only these packets", false)),
                    end.get(20, TimeUnit.SECONDS));
            CaptureSides packets = new CaptureSides();
            packets.read(capture);
            assertEquals(limit, packets.guestSide().size() + packets.hostSide().size());
        }
    }

    /** natexctl as it captures; it has begun to. */
    private static CompletableFuture<Lab.Result> probing(Lab lab, Path capture, int seconds) throws Exception {
        String natexctl = LabNatexd.tree().resolve("bin/natexctl").toString();
        CompletableFuture<Lab.Result> probing = CompletableFuture.supplyAsync(
                () -> lab.exec(
                        Node.HOST,
                        List.of(
                                natexctl,
                                "nat-profile",
                                "--interface=" + Topology.GUEST_NETWORK_INTERFACE,
                                "--probe=" + Topology.TARGET,
                                "--guest=" + Topology.GUEST1,
                                "--duration=" + seconds,
                                "--write=" + capture)),
                task -> new Thread(task, "natexctl").start());
        awaitFile(capture, probing);
        return probing;
    }

    /** The sockets are older than the file. */
    private static void awaitFile(Path capture, CompletableFuture<?> probing) throws InterruptedException {
        while (!Files.exists(capture) && !probing.isDone()) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private static Map<String, String> expected(LabOptions way) {
        Map<String, String> expected = new LinkedHashMap<>();
        putHeaders(expected, way);
        String ttl = way.decrementTtl() ? "no" : "yes";
        expected.put("udp.ttlKept", ttl);
        expected.put("icmp.ttlKept", ttl);
        expected.put("udp.samePortForEveryDestination", "yes");
        expected.put("icmp.sameIdentifierForEveryDestination", "yes");
        boolean echo = way.handOver() == HandOver.ECHO || way.handOver() == HandOver.ALL;
        expected.put("udp.handsOverTimeExceeded", way.handOver() == HandOver.ALL ? "yes" : "no");
        expected.put("udp.handsOverPortUnreachable", way.handOver() == HandOver.ALL ? "yes" : "no");
        expected.put("icmp.handsOverTimeExceeded", echo ? "yes" : "no");
        expected.put("icmp.replyTtlKept", "no");
        expected.put("icmp.replyIpIdKept", "no");
        expected.put("tcp.proxied", "yes");
        expected.put("tcp.handshakeWithoutGuest", "yes");
        expected.put("tcp.sequenceKept", "no");
        return expected;
    }

    private static void putHeaders(Map<String, String> traits, LabOptions way) {
        String port = way.rewritePorts() ? "no" : "yes";
        String id = way.rewriteIds() ? "no" : "yes";
        traits.put("udp.portKept", port);
        traits.put("icmp.identifierKept", port);
        traits.put("udp.ipIdKept", id);
        traits.put("icmp.ipIdKept", id);
    }

    /** What natexd learns: of probes that it does not see leaving no TTL, and nothing unless they keep their ports. */
    private static Map<String, String> learned(LabOptions way) {
        Map<String, String> learned = new LinkedHashMap<>();
        boolean seen = way.send() != Send.PACKET;
        if (seen || !way.rewritePorts()) {
            putHeaders(learned, way);
        } else {
            learned.put("udp.portKept", "unknown");
            learned.put("icmp.ipIdKept", "unknown");
        }
        String ttl = way.decrementTtl() ? "no" : "yes";
        learned.put("udp.ttlKept", seen ? ttl : "unknown");
        learned.put("icmp.ttlKept", seen ? ttl : "unknown");
        return learned;
    }

    private static Map<String, String> states(JsonObject profile, Map<String, String> wanted) {
        Map<String, String> states = new LinkedHashMap<>();
        for (String path : wanted.keySet()) {
            String[] names = path.split("\\.");
            states.put(
                    path,
                    profile.getAsJsonObject(names[0])
                            .getAsJsonObject(names[1])
                            .get("state")
                            .getAsString());
        }
        return states;
    }

    /** Captures both sides while the guest does what a profile needs, without natexd. */
    private JsonObject profileOfCaptures(Lab lab, long gateway) throws IOException {
        Path guests = directory.resolve("guests.pcap");
        Path host = directory.resolve("host.pcap");
        try (Capture guestSide = Capture.on(lab, Node.GUEST1, Topology.GUEST_INTERFACE);
                Capture hostSide = Capture.on(lab, Node.HOST, Topology.UP)) {
            trace(lab);
            sendToTwoDestinations(lab, gateway);
            connect(lab);
            openOnly(lab, gateway);
            write(guests, guestSide.frames());
            write(host, hostSide.frames());
        }
        return profile("nat-profile", "--guest-side", guests.toString(), "--host-side", host.toString(), "--json");
    }

    private static JsonObject profile(String... words) {
        StringWriter printed = new StringWriter();
        CommandLine natexctl = Natexctl.commandLine();
        natexctl.setOut(new PrintWriter(printed));
        assertEquals(0, natexctl.execute(words));
        return JsonParser.parseString(printed.toString()).getAsJsonObject();
    }

    /** By UDP and by ICMP, to the target, without waiting long: without natexd most hops are silent. */
    private static void trace(Lab lab) {
        for (String method : List.of("-4", "-I")) {
            lab.exec(Node.GUEST1, "traceroute", "-n", "-q2", "-N9", "-m7", "-w0.4", method, Topology.TARGET);
        }
    }

    private static void sendToTwoDestinations(Lab lab, long gateway) {
        int guest = Ipv4Address.parse(Topology.GUEST1);
        try (PacketSocket socket = Namespace.call(
                lab.namespace(Node.GUEST1), () -> PacketSocket.openUnfiltered(Topology.GUEST_INTERFACE))) {
            for (String destination : List.of(Topology.TARGET, Topology.HOPS.get(2))) {
                int to = Ipv4Address.parse(destination);
                Packets.send(
                        socket,
                        gateway,
                        Macs.GUEST1,
                        Packets.udpProbe(guest, to, SOURCE_PORT, SOURCE_PORT)
                                .ttl(FAR)
                                .dataOctets(DATA_OCTETS)
                                .bytes());
                Packets.send(
                        socket,
                        gateway,
                        Macs.GUEST1,
                        Packets.echoProbe(guest, to, IDENTIFIER, 1)
                                .ttl(FAR)
                                .dataOctets(DATA_OCTETS)
                                .bytes());
            }
        }
    }

    /** A connection from the guest to a server on the target, which carries some octets. */
    private static void connect(Lab lab) throws IOException {
        try (ServerSocket server = Namespace.call(lab.namespace(Node.TARGET), () -> new ServerSocket(SERVER_PORT));
                Socket guest =
                        Namespace.call(lab.namespace(Node.GUEST1), () -> new Socket(Topology.TARGET, SERVER_PORT));
                Socket accepted = server.accept()) {
            assertEquals(SERVER_PORT, guest.getPort());
            assertEquals(SERVER_PORT, accepted.getLocalPort());
        }
    }

    /** A SYN of an address that nobody has: nobody completes this handshake but the NAT. */
    private static void openOnly(Lab lab, long gateway) throws IOException {
        byte[] syn = Packets.syn(
                Ipv4Address.parse(NOBODY), SOURCE_PORT, Ipv4Address.parse(Topology.TARGET), SERVER_PORT + 1);
        try (ServerSocket server = Namespace.call(lab.namespace(Node.TARGET), () -> new ServerSocket(SERVER_PORT + 1));
                PacketSocket socket = Namespace.call(
                        lab.namespace(Node.GUEST1), () -> PacketSocket.openUnfiltered(Topology.GUEST_INTERFACE))) {
            Packets.send(socket, gateway, Macs.GUEST1, syn);
            server.setSoTimeout(1000);
            try {
                server.accept().close();
            } catch (SocketTimeoutException e) {
                assertEquals(Macs.HOST, gateway, "the NAT process completes the handshake");
            }
        }
    }

    private static void write(Path file, List<Capture.Frame> frames) throws IOException {
        PcapBuilder pcap = PcapBuilder.of(LinkLayer.ETHERNET);
        frames.forEach(frame -> pcap.packet(frame.nanos(), frame.octets()));
        Files.write(file, pcap.bytes());
    }
}
