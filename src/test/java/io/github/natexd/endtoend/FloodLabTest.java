package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.lab.Traceroute;
import io.github.natexd.testkit.GuestFlood;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.Programs;
import io.github.natexd.testkit.clients.Client;
import io.github.natexd.testkit.clients.Trace;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A guest sends more different probes than natexd has rows. */
class FloodLabTest {
    private static final int PROBES = 400_000;
    private static final int CAPACITY = 2048;
    private static final int FILLING = 4 * CAPACITY;
    private static final int PINGS = 40;
    private static final Pattern HISTOGRAM_TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");
    private static final Pattern GUEST_SIGHTINGS = Pattern.compile("guest-sightings (\\d+)");
    private static final long HEAP_SLACK = 512 * 1024;

    @Test
    @DisplayName("R21: a flood of probes does not grow the heap, and every error of the host gets its verdict")
    void aFloodNeitherGrowsTheHeapNorKeepsVerdictsBack() throws Exception {
        try (Lab lab = Lab.up(LabOptions.defaults());
                LabNatexd natexd = LabNatexd.start(lab, "probes.capacity = " + CAPACITY)) {
            Client.TRACEROUTE.run(lab, Node.GUEST1);
            Client.TRACEROUTE.run(lab, Node.HOST);
            GuestFlood.send(lab, FILLING); // rows are allocated when they are needed, up to the capacity
            long before = liveOctets(natexd);

            Trace pings = Trace.start(
                    lab, Node.HOST, List.of("ping", "-n", "-i0.1", "-W10", "-t2", "-c" + PINGS, Topology.TARGET));
            GuestFlood.send(lab, PROBES);
            String output = pings.output();
            assertEquals(
                    PINGS,
                    output.lines()
                            .filter(line -> line.contains("Time to live exceeded"))
                            .count(),
                    output);

            long after = liveOctets(natexd);
            assertTrue(after <= before + HEAP_SLACK, () -> "octets alive: " + before + ", then " + after);
            String trace = Client.TRACEROUTE.run(lab, Node.GUEST2);
            assertEquals(Topology.HOPS, Traceroute.hops(trace), trace + natexd.log());
            natexd.stop();
            Matcher sightings = GUEST_SIGHTINGS.matcher(natexd.log());
            assertTrue(sightings.find() && Integer.parseInt(sightings.group(1)) > CAPACITY, natexd::log);
        }
    }

    /** The live heap after a collection. */
    private static long liveOctets(LabNatexd natexd) throws Exception {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        String histogram = Programs.run(Map.of(), jcmd, Long.toString(natexd.pid()), "GC.class_histogram")
                .output();
        Matcher total = HISTOGRAM_TOTAL.matcher(histogram);
        assertTrue(total.find(), histogram);
        return Long.parseLong(total.group(1));
    }
}
