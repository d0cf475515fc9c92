package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.testkit.Capture;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.Packets;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** What {@code natexctl watch} shows, beside what the guest itself sees. */
class WatchLabTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int UDP_OF_ERROR = 20 + 8 + 20;
    private static final int TRACES = 5;
    private static final long CLOSE_MICROS = 20_000;

    @AutoClose
    private final Lab lab = Lab.up(LabOptions.defaults());

    @AutoClose
    private final LabNatexd natexd = LabNatexd.start(lab);

    private final List<Process> started = new ArrayList<>();

    @AutoClose
    private final AutoCloseable ender = () -> started.forEach(Process::destroy);

    /** The guest sends before the host's kernel sees it, and gets the error after the host's kernel had it. */
    @Test
    void theRoundTripIsAlmostThatOfTheGuest(TestInfo info) throws Exception {
        try (BufferedReader lines = watch("watch", "--json", "--guest=" + Topology.GUEST1);
                Capture capture = Capture.on(lab, Node.GUEST1, Topology.GUEST_INTERFACE)) {
            // A work queue of the kernel switches its time stamps on; until then, packets get the time of their
            // reading.
            TimeUnit.SECONDS.sleep(1);
            for (int i = 0; i < TRACES; i++) {
                lab.exec(Node.GUEST1, "traceroute", "-n", "-q1", "-N4", "-m4", "-w1", Topology.TARGET);
            }
            Map<Integer, Long> guests = roundTrips(capture);
            assertEquals(4 * TRACES, guests.size());
            List<Long> differences = new ArrayList<>();
            for (int i = 0; i < guests.size(); i++) {
                JsonNode error = JSON.readTree(lines.readLine());
                assertTrue(error.at("/roundTripMicros").isNumber(), error::toString);
                long micros = error.at("/roundTripMicros").asLong();
                int probe = error.at("/guestPort").asInt() << 16
                        | error.at("/targetPort").asInt();
                long difference = guests.get(probe) / 1000 - micros;
                assertTrue(micros > 0 && difference >= 0, error + ", " + guests.get(probe) + " ns in the guest");
                differences.add(difference);
            }
            differences.sort(Comparator.naturalOrder());
            long median = differences.get(differences.size() / 2);
            System.out.println(info.getDisplayName() + ": the guest's are longer by " + median + " us (median)");
            assertTrue(median < CLOSE_MICROS, "the median is " + median + " us");
        }
    }

    @Test
    void probesAndEchoRepliesAreShownAsTheyCome() throws Exception {
        try (BufferedReader lines =
                watch("watch", "--json", "--probes", "--protocol=icmp", "--target=" + Topology.TARGET, "--count=2")) {
            lab.exec(Node.GUEST1, "ping", "-n", "-c1", "-W2", "-t30", Topology.TARGET);

            JsonNode probe = JSON.readTree(lines.readLine());
            assertEquals("probe", probe.at("/event").asText(), probe::toString);
            assertEquals(30, probe.at("/hop").asInt(), probe::toString);
            JsonNode reply = JSON.readTree(lines.readLine());
            assertEquals("reply", reply.at("/event").asText(), reply::toString);
            assertEquals("echo-reply", reply.at("/kind").asText(), reply::toString);
            assertEquals(Topology.TARGET, reply.at("/reporter").asText(), reply::toString);
            assertEquals(probe.at("/guestPort"), reply.at("/guestPort"));
            assertEquals(probe.at("/targetPort"), reply.at("/targetPort"));
        }
    }

    @Test
    void aFilterShowsOneRouterAndTheCodeInWords() throws Exception {
        try (BufferedReader lines = watch("watch", "--router=" + Topology.TARGET, "--count=1")) {
            lab.exec(Node.GUEST1, "traceroute", "-n", "-q1", "-w1", Topology.TARGET);

            String line = lines.readLine();
            assertTrue(
                    line.matches("\\d{4}-\\d\\d-\\d\\d [0-9:.]{12}  " + Topology.GUEST1 + " .*udp \\d+ 334\\d\\d  .*"
                            + " port unreachable, moved"),
                    line);
        }
    }

    /** The output, behind the line with which natexd begins. */
    private BufferedReader watch(String... words) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(natexd.command(words))
                .redirectErrorStream(true)
                .start();
        started.add(process);
        BufferedReader lines = process.inputReader();
        String first = lines.readLine();
        assertTrue(first.startsWith("TIME") || first.contains("watching"), first);
        return lines;
    }

    /** From each probe to the error that quotes it, by guest's and target's ports, in nanoseconds. */
    private static Map<Integer, Long> roundTrips(Capture capture) {
        Map<Integer, Long> sent = new HashMap<>();
        Map<Integer, Long> trips = new HashMap<>();
        for (Capture.Frame frame : capture.frames()) {
            ByteBuffer packet = Packets.buffer(frame.packet());
            if (frame.outgoing() && packet.get(9) == 17) {
                sent.put(packet.getInt(20), frame.nanos());
            } else if (packet.get(9) == 1 && packet.limit() >= UDP_OF_ERROR + Integer.BYTES) {
                Long since = sent.get(packet.getInt(UDP_OF_ERROR));
                if (since != null) {
                    trips.put(packet.getInt(UDP_OF_ERROR), frame.nanos() - since);
                }
            }
        }
        return trips;
    }
}
