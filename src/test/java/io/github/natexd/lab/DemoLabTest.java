package io.github.natexd.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.testkit.LabNatexd;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The demo, which a new user sees first. */
class DemoLabTest {
    private static final String DEMO = LabNatexd.tree().resolve("bin/natexctl").toString();

    @Test
    void showsStarsBeforeAndEveryHopAfterAndLeavesNothing() {
        Lab.Result demo = Shell.result(null, Duration.ofSeconds(90), List.of(DEMO, "lab", "demo"));

        assertEquals(0, demo.exitCode(), demo.output());
        List<String> expected = new ArrayList<>(List.of("*", "*", "*", "*", "*"));
        String[] halves = demo.output().split("(?m)^2\\. ");
        assertEquals(expected, Traceroute.hops(indentRemoved(halves[0])), demo.output());
        assertEquals(Topology.HOPS, Traceroute.hops(indentRemoved(halves[1])), demo.output());
    }

    @Test
    void leavesNothingWhenItIsInterrupted() throws Exception {
        // The caller of the tests may ignore SIGINT, as a shell's background jobs do.
        Process demo = new ProcessBuilder("env", "--default-signal=INT", DEMO, "lab", "demo")
                .redirectErrorStream(true)
                .start();
        var output = new BufferedReader(new InputStreamReader(demo.getInputStream(), StandardCharsets.UTF_8));
        String line = output.readLine();
        while (line != null && !line.startsWith("3. ")) {
            line = output.readLine();
        }
        assertTrue(line != null, "the demo ended early");
        List<ProcessHandle> children = demo.descendants().toList();
        assertFalse(children.isEmpty(), "natexd is not running");

        new ProcessBuilder("kill", "-INT", Long.toString(demo.pid())).start().waitFor();
        demo.waitFor();

        assertNotEquals(0, demo.exitValue());
        String mark = "-lab-" + demo.pid() + "-";
        assertFalse(Shell.run(null, "ip", "netns", "list").contains(mark), "a namespace is left");
        assertTrue(Lab.names().stream().noneMatch(name -> name.startsWith(demo.pid() + "-")), "state is left");
        assertTrue(children.stream().noneMatch(ProcessHandle::isAlive), "a process is left");
    }

    private static String indentRemoved(String text) {
        Stream<String> hops = text.lines().filter(line -> line.startsWith("    "));
        return String.join("\n", hops.toList());
    }
}
