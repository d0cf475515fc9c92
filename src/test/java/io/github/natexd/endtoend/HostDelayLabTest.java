package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.NatexdProcess;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.linux.emulation.Inet4Socket;
import io.github.natexd.linux.emulation.Namespace;
import io.github.natexd.linux.libc.Poller;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.LabShell;
import io.github.natexd.testkit.Packet;
import io.github.natexd.testkit.clients.Client;
import io.github.natexd.testkit.clients.NatWays;
import io.github.natexd.wire.Ipv4Address;
import io.github.natexd.wire.Protocol;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The delay of the host's own errors while a guest runs traceroute: from sending a probe to the arrival of its error at
 * a socket of the host. Blocks of probes with and without natexd's rules alternate, so that other load of the machine
 * affects both. The figures go to {@link #REPORT}; they depend on the machine's noise, so the test asserts little about
 * them.
 */
class HostDelayLabTest {
    private static final Path REPORT = Path.of("target", "host-delay.txt");
    private static final Path UNIT = Path.of("systemd", "natexd.service");
    private static final int BLOCKS = 20;
    private static final int PROBES = 200;
    private static final int PORT = 40_321;
    /** The ports with which traceroute begins, in the guest too. */
    private static final int FIRST_PORT = 33_434;

    private static final int PORTS = 16;
    private static final int TTL = 2;
    private static final int DATA = 32;
    private static final long PAUSE_NANOS = 500_000;
    private static final long LOST_NANOS = 1_000_000_000;
    private static final long NOTHING_WAITS_NANOS = 20_000_000;
    private static final String RULES =
            LabNatexd.tree().resolve("libexec/natexd-rules").toString();

    static List<LabOptions> nats() {
        LabOptions plain = LabOptions.defaults();
        return List.of(plain, plain.rewritingPorts().rewritingIds(), plain.egressFirst(NatWays.EGRESS_FIRST_MILLIS));
    }

    @BeforeAll
    static void begin() throws IOException {
        Files.createDirectories(REPORT.getParent());
        Files.writeString(REPORT, "From a probe of the host's to its error at the host's socket, in ms\n");
    }

    @ParameterizedTest
    @MethodSource("nats")
    @DisplayName("shows 3: while a guest runs traceroute, the host loses no error, and no error waits")
    void theHostLosesNoErrorAndNoneWaits(LabOptions way) throws IOException {
        Delays[] measured = measure(way, way.toString());

        assertTrue(
                measured[1].percentile(99) - measured[0].percentile(99) < NOTHING_WAITS_NANOS,
                () -> measured[0] + "; " + measured[1]);
    }

    @Test
    @DisplayName("while all processors are busy, the host loses no error if natexd runs with its unit's priority")
    void theHostLosesNoErrorWhileAllProcessorsAreBusy() throws IOException {
        List<Process> loops = new ArrayList<>();
        try {
            for (int i = 0; i <= Runtime.getRuntime().availableProcessors(); i++) {
                loops.add(new ProcessBuilder("sh", "-c", "while :; do :; done").start());
            }
            measure(LabOptions.defaults(), loops.size() + " busy loops, Nice=" + niceOfTheUnit());
        } finally {
            loops.forEach(Process::destroyForcibly);
        }
    }

    @Test
    void theLabRunsNatexdAsItsUnitDoes() throws IOException {
        assertEquals(niceOfTheUnit(), NatexdProcess.NICE);
    }

    private static int niceOfTheUnit() throws IOException {
        return Files.readAllLines(UNIT).stream()
                .filter(line -> line.startsWith("Nice="))
                .mapToInt(line -> Integer.parseInt(line.substring("Nice=".length())))
                .findFirst()
                .orElse(0);
    }

    /** Alternates between runs without and with natexd's rules; nothing may be lost. */
    private static Delays[] measure(LabOptions way, String name) throws IOException {
        AtomicBoolean enough = new AtomicBoolean();
        try (Lab lab = Lab.up(way);
                LabNatexd natexd = LabNatexd.startNice(lab, niceOfTheUnit(), "rules.manage = false")) {
            CompletableFuture<Void> guest = CompletableFuture.runAsync(
                    () -> {
                        while (!enough.get()) {
                            Client.TRACEROUTE.run(lab, Node.GUEST1);
                            Client.TRACEROUTE_ICMP.run(lab, Node.GUEST1);
                        }
                    },
                    task -> new Thread(task, "guest").start());
            Delays without = new Delays();
            Delays with = new Delays();
            try {
                Namespace.call(lab.namespace(Node.HOST), () -> {
                    probe(lab, without, with);
                    return with;
                });
            } finally {
                enough.set(true);
                guest.join();
            }
            String report = "%s%n  without %s%n  with    %s%n".formatted(name, without, with);
            System.out.print(report);
            Files.writeString(REPORT, report, StandardOpenOption.APPEND);

            assertEquals(0, without.lost, report);
            assertEquals(0, with.lost, () -> report + natexd.log());
            natexd.stop();
            assertTrue(natexd.log().contains("host-probe "), () -> "natexd judged the host's: " + natexd.log());
            return new Delays[] {without, with};
        }
    }

    private static void probe(Lab lab, Delays without, Delays with) {
        try (Prober prober = new Prober()) {
            Delays ignored = new Delays(); // until both compilers have seen enough
            LabShell.must(lab, Node.HOST, RULES + " install --interface vmnet8");
            for (int i = 0; i < BLOCKS; i++) {
                prober.block(ignored);
            }
            for (int i = 0; i < BLOCKS; i++) {
                LabShell.must(lab, Node.HOST, RULES + " remove");
                prober.block(without);
                LabShell.must(lab, Node.HOST, RULES + " install --interface vmnet8");
                prober.block(with);
            }
        }
    }

    private static final class Delays {
        private final long[] nanos = new long[BLOCKS * PROBES];
        private int count;
        private int lost;

        void add(long delay) {
            nanos[count++] = delay;
        }

        long percentile(int percent) {
            long[] sorted = Arrays.copyOf(nanos, count);
            Arrays.sort(sorted);
            return sorted[Math.min(count - 1, count * percent / 100)];
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%d errors, %d lost, median %.3f, p90 %.3f, p99 %.3f, largest %.3f",
                    count,
                    lost,
                    percentile(50) / 1e6,
                    percentile(90) / 1e6,
                    percentile(99) / 1e6,
                    percentile(100) / 1e6);
        }
    }

    /** Sends one probe after the other, from the same port, to the ports that the guest's traceroute uses. */
    private static final class Prober implements AutoCloseable {
        private final Inet4Socket sender = Inet4Socket.udp(PORT);
        private final Inet4Socket errors = Inet4Socket.raw(Protocol.ICMP);
        private final Poller poller = new Poller(1);
        private final ByteBuffer data = ByteBuffer.allocateDirect(DATA);
        private final ByteBuffer packet = ByteBuffer.allocateDirect(2048);
        private final int target = Ipv4Address.parse(Topology.TARGET);
        private int sent;

        Prober() {
            poller.register(errors.descriptor());
            sender.header(TTL, false);
            for (int i = 0; i < DATA; i++) {
                data.put(i, (byte) (0x40 + i)); // as traceroute does
            }
        }

        void block(Delays delays) {
            for (int i = 0; i < PROBES; i++) {
                int port = FIRST_PORT + sent++ % PORTS;
                long begin = System.nanoTime();
                assertTrue(sender.send(target, port, data, 0, DATA));
                if (awaitError(port, begin + LOST_NANOS)) {
                    delays.add(System.nanoTime() - begin);
                } else {
                    delays.lost++;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }

        private boolean awaitError(int port, long endNanos) {
            while (System.nanoTime() < endNanos) {
                poller.poll(Math.max(1, (endNanos - System.nanoTime()) / 1_000_000));
                for (int length = errors.receive(packet); length > 0; length = errors.receive(packet)) {
                    byte[] octets = new byte[length];
                    packet.get(0, octets);
                    Packet error = Packet.of(octets);
                    if (error.isIcmpError()
                            && error.embedded().port() == PORT
                            && error.embedded().destinationPort() == port) {
                        return true;
                    }
                }
            }
            return false;
        }

        @Override
        public void close() {
            sender.close();
            errors.close();
        }
    }
}
