package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.NatexdProcess;
import io.github.natexd.lab.Node;
import io.github.natexd.linux.emulation.Namespace;
import io.github.natexd.testkit.HostProber;
import io.github.natexd.testkit.HostProber.Delays;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.LabShell;
import io.github.natexd.testkit.clients.Client;
import io.github.natexd.testkit.clients.NatWays;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
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

            assertEquals(0, without.lost(), report);
            assertEquals(0, with.lost(), () -> report + natexd.log());
            natexd.stop();
            assertTrue(natexd.log().contains("host-probe "), () -> "natexd judged the host's: " + natexd.log());
            return new Delays[] {without, with};
        }
    }

    private static void probe(Lab lab, Delays without, Delays with) {
        try (HostProber prober = new HostProber()) {
            Delays ignored = new Delays(); // until both compilers have seen enough
            LabShell.must(lab, Node.HOST, RULES + " install --interface vmnet8");
            for (int i = 0; i < BLOCKS; i++) {
                prober.probe(PROBES, ignored);
            }
            for (int i = 0; i < BLOCKS; i++) {
                LabShell.must(lab, Node.HOST, RULES + " remove");
                prober.probe(PROBES, without);
                LabShell.must(lab, Node.HOST, RULES + " install --interface vmnet8");
                prober.probe(PROBES, with);
            }
        }
    }
}
