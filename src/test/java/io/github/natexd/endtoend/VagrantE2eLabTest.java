package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.Node;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.Programs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code vagrant/e2e}, which checks a real VMware host and its guest; here the lab's host and guest replace them. */
class VagrantE2eLabTest {
    private static final String LIMIT_SECONDS = "300";
    private static final List<String> PATHS =
            List.of("traceroute (UDP)", "traceroute -I (ICMP)", "mtr", "tracepath").stream()
                    .map(program -> program + ": the guest's path is the host's")
                    .toList();

    @TempDir
    private Path tools;

    @Test
    void allChecksPassWhereNatexdRelays() throws Exception {
        try (Lab lab = Lab.up(LabOptions.defaults());
                LabNatexd natexd = LabNatexd.start(lab)) {
            Lab.Result run = e2e(lab, natexd);

            assertEquals(0, run.exitCode(), run.output() + natexd.log());
            assertTrue(run.output().contains("PASS natexd works\nPASS its rules are complete\n"), run.output());
            PATHS.forEach(words -> assertTrue(run.output().contains("PASS " + words), run.output()));
            assertTrue(run.output().endsWith("6 passed, 0 failed\n"), run.output());
        }
    }

    @Test
    void eachPathThatGuestsDoNotSeeFailsAndWhatItTookIsSaved() throws Exception {
        try (Lab lab = Lab.up(LabOptions.defaults());
                LabNatexd natexd = LabNatexd.start(lab, "relay.errors = [\"destination-unreachable\"]")) {
            Lab.Result run = e2e(lab, natexd);

            assertEquals(1, run.exitCode(), run.output());
            PATHS.forEach(words -> assertTrue(run.output().contains("FAIL " + words), run.output()));
            assertTrue(run.output().endsWith("2 passed, 4 failed\n"), run.output());
            Path saved = run.output()
                    .lines()
                    .filter(line -> line.startsWith("    saved in "))
                    .map(line -> Path.of(line.substring("    saved in ".length())))
                    .findFirst()
                    .orElseThrow();
            assertTrue(Files.readString(saved.resolve("output")).contains("hops that only the host sees: 1 2 3 4"));
            assertTrue(Files.readString(saved.resolve("status.json")).contains("\"version\":1"));
            assertTrue(Files.readString(saved.resolve("ruleset")).contains("table ip natexd"));
            assertTrue(Files.size(saved.resolveSibling("host.pcap")) > 0);
        }
    }

    private Lab.Result e2e(Lab lab, LabNatexd natexd) throws Exception {
        // In the lab natexd is not installed, and has its own control socket.
        Path natexctl = Files.writeString(
                tools.resolve("natexctl"), """
                #!/bin/sh
                exec %s "$@" --socket %s
                """.formatted(LabNatexd.tree().resolve("bin/natexctl"), natexd.socket()));
        assertTrue(natexctl.toFile().setExecutable(true));
        String path = "env PATH=" + tools + ":" + System.getenv("PATH");
        Map<String, String> environment = Map.of(
                "HOST_COMMAND",
                String.join(" ", Lab.inside(lab.name(), Node.HOST)) + " " + path,
                "GUEST_COMMAND",
                String.join(" ", Lab.inside(lab.name(), Node.GUEST1)));
        return Programs.run(
                environment,
                "timeout",
                LIMIT_SECONDS,
                Path.of("vagrant/e2e").toAbsolutePath().toString(),
                "--provider",
                "commands");
    }
}
