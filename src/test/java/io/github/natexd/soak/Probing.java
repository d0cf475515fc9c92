package io.github.natexd.soak;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.natexd.lab.Lab;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.LabShell;
import io.github.natexd.testkit.clients.Readings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Takes samples, and counts the errors in front of the queue and behind it with nft rules of its own. */
final class Probing {
    private static final int TRACES = 3;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String RULES = """
            nft -f - <<'END'
            table ip soak {
                counter before { }
                counter after { }
                chain before {
                    type filter hook input priority mangle - 1; policy accept;
                    iifname { "lo", "vmnet8" } accept
                    icmp type time-exceeded icmp code 0 counter name before
                    icmp type destination-unreachable counter name before
                }
                chain after {
                    type filter hook input priority mangle + 1; policy accept;
                    iifname { "lo", "vmnet8" } accept
                    icmp type time-exceeded icmp code 0 counter name after
                    icmp type destination-unreachable counter name after
                }
            }
            END
            """;

    private final Lab lab;
    private final LabNatexd natexd;

    Probing(Lab lab, LabNatexd natexd) {
        this.lab = lab;
        this.natexd = natexd;
        LabShell.must(lab, Node.HOST, RULES);
    }

    /** Nothing else may send meanwhile. */
    Sample sample() throws IOException {
        // Before the traceroute, which makes mappings.
        int mappings = status().at("/mappings/live").asInt();
        boolean complete = isTraced();
        // natexd notices what its sockets have lost when the next packet comes.
        lab.exec(Node.HOST, "ping", "-n", "-c1", "-W1", "-t2", Topology.TARGET);
        return new Sample(usage(), kernel(), decisions(status(), mappings), complete);
    }

    private JsonNode status() throws IOException {
        return JSON.readTree(natexd.natexctl("status", "--json").output());
    }

    private boolean isTraced() {
        List<String> traceroute = List.of("traceroute", "-n", "-w1", "-m8", Topology.TARGET);
        for (int i = 0; i < TRACES; i++) {
            if (lab.hops()
                    .equals(Readings.hops(lab.exec(Node.GUEST1, traceroute).output()))) {
                return true;
            }
        }
        return false;
    }

    private Sample.Usage usage() throws IOException {
        Path process = Path.of("/proc", Long.toString(natexd.pid()));
        long resident = Files.readAllLines(process.resolve("status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.split("\\s+")[1]))
                .sum();
        int threads = 0;
        int children = 0;
        for (Path task : list(process.resolve("task"))) {
            threads += Files.readString(task.resolve("comm")).matches("(C[12] Compiler|process reaper).*\\s*") ? 0 : 1;
            String started = Files.readString(task.resolve("children")).strip();
            children += started.isEmpty() ? 0 : started.split(" ").length;
        }
        return new Sample.Usage(resident, list(process.resolve("fd")).size(), threads, children);
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    private Sample.Kernel kernel() throws IOException {
        // Queue, owner, waiting, copy mode, copy range, dropped when full, dropped when sending failed, last number.
        String[] queue = LabShell.must(lab, Node.HOST, "cat /proc/net/netfilter/nfnetlink_queue")
                .strip()
                .split("\\s+");
        JsonNode counters = JSON.readTree(LabShell.must(lab, Node.HOST, "nft -j list counters table ip soak"))
                .at("/nftables");
        return new Sample.Kernel(
                Long.parseLong(queue[7]),
                Long.parseLong(queue[2]),
                Long.parseLong(queue[5]) + Long.parseLong(queue[6]),
                packets(counters, "before"),
                packets(counters, "after"));
    }

    private static long packets(JsonNode counters, String name) {
        for (JsonNode entry : counters) {
            if (entry.at("/counter/name").asText().equals(name)) {
                return entry.at("/counter/packets").asLong();
            }
        }
        throw new IllegalStateException("no counter " + name + " in " + counters);
    }

    private static Sample.Decisions decisions(JsonNode status, int mappings) {
        long decided = 0;
        for (JsonNode count : status.at("/reasons")) {
            decided += count.asLong();
        }
        return new Sample.Decisions(
                decided,
                status.at("/reasons/RELAYED").asLong(),
                status.at("/reasons/INTERNAL_ERROR").asLong()
                        + status.at("/events/NOT_READ").asLong(),
                status.at("/queue/overflows").asLong(),
                status.at("/log/overflows").asLong(),
                mappings);
    }
}
