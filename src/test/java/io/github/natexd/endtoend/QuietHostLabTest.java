package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.lab.Traceroute;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.clients.Client;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * natexd does not change the host's links, addresses and routes, and hardly disturbs those that listen to their events.
 */
class QuietHostLabTest {
    private static final long STEP_MILLIS = 20;
    private static final long LIMIT_MILLIS = 10_000;

    @Test
    @DisplayName("R46: from start to stop natexd causes two messages of rtnetlink: the promiscuous join, and the leave")
    void natexdCausesNoNewsButItsOneJoin() {
        try (Lab lab = Lab.up(LabOptions.defaults());
                News news = new News(lab)) {
            String before = configuration(lab);
            List<String> started = new ArrayList<>();
            try (LabNatexd natexd = LabNatexd.start(lab)) {
                started.addAll(news.upTo("127.0.0.3"));
                for (Client client : List.of(Client.TRACEROUTE, Client.TRACEROUTE_ICMP, Client.MTR)) {
                    for (Node node : List.of(Node.GUEST1, Node.HOST)) {
                        assertEquals(Topology.HOPS, Traceroute.hops(client.run(lab, node)), natexd.log());
                    }
                }
                assertEquals(List.of(), news.upTo("127.0.0.4"), "news while natexd relays");
            }
            List<String> stopped = news.upTo("127.0.0.5");

            assertEquals(1, started.size(), started::toString);
            assertTrue(
                    started.get(0).contains("vmnet8") && started.get(0).contains("promiscuity 1"), started::toString);
            assertEquals(1, stopped.size(), stopped::toString);
            assertTrue(
                    stopped.get(0).contains("vmnet8") && stopped.get(0).contains("promiscuity 0"), stopped::toString);
            assertEquals(before, configuration(lab));
        }
    }

    private static String configuration(Lab lab) {
        return lab.exec(
                        Node.HOST,
                        "sh",
                        "-ec",
                        "ip -o link; ip -o -4 addr show scope global; ip route show table all | grep -v 127.0.0.")
                .output();
    }

    /**
     * All that {@code ip monitor} prints about the host, except the neighbours on its uplink, which the host's own traffic
     * changes.
     */
    private static final class News implements AutoCloseable {
        private final Lab lab;
        private final Process monitor;
        private final List<String> lines = new CopyOnWriteArrayList<>();

        News(Lab lab) {
            this.lab = lab;
            monitor = lab.start(Node.HOST, "ip", "-o", "-d", "monitor", "all");
            Thread reader = new Thread(this::read, "news");
            reader.setDaemon(true);
            reader.start();
            upTo("127.0.0.2");
        }

        private void read() {
            try (BufferedReader reader = monitor.inputReader()) {
                reader.lines().forEach(lines::add);
            } catch (IOException | java.io.UncheckedIOException e) {
                // The monitor has ended, so there are no more events.
            }
        }

        /** All events since the last call, up to an address that is added now to mark the end. */
        List<String> upTo(String mark) {
            long end = System.nanoTime() + LIMIT_MILLIS * 1_000_000;
            while (lines.stream().noneMatch(line -> line.contains(mark))) {
                assertTrue(System.nanoTime() < end, () -> "the monitor does not tell of " + mark + ": " + lines);
                lab.exec(Node.HOST, "ip", "addr", "del", mark + "/8", "dev", "lo");
                lab.exec(Node.HOST, "ip", "addr", "add", mark + "/8", "dev", "lo");
                pause();
            }
            List<String> seen = lines.stream()
                    .filter(line -> !line.contains("127.0.0.") && !line.contains("dev up0"))
                    .toList();
            lines.clear();
            return seen;
        }

        private static void pause() {
            try {
                Thread.sleep(STEP_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void close() {
            monitor.destroy();
        }
    }
}
