package io.github.natexd.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.testkit.LabNatexd;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code natexctl lab up} and {@code down} as a user runs them, and after a crash. */
class LabDownLabTest {
    private final String name = Lab.uniqueName();

    @Test
    void leavesNothingBehind() throws Exception {
        assertEquals(0, natexctl("up", "--name", name).exitCode());
        assertTrue(namespaces().contains(name));
        String hops = natexctl("exec", "--name", name, "host", "--", "traceroute", "-n", "-q1", Topology.TARGET)
                .output();

        assertEquals(0, natexctl("down", "--name", name).exitCode());

        assertEquals(Topology.HOPS, Traceroute.hops(hops));
        assertGone();
    }

    @Test
    void cleansUpAfterAServerThatWasKilled() throws Exception {
        assertEquals(0, natexctl("up", "--name", name).exitCode());
        ProcessHandle server = new LabState(name).owner().orElseThrow();
        Process inside = new ProcessBuilder(concat(Lab.inside(name, Node.GUEST2), "sleep", "600")).start();
        server.destroyForcibly();
        server.onExit().join();
        assertTrue(namespaces().contains(name), "a killed server cannot clean up");

        assertEquals(0, natexctl("down", "--name", name).exitCode());

        assertFalse(inside.isAlive());
        assertGone();
    }

    @Test
    void neverKillsAStrangerWithTheProcessIdOfADeadServer() throws Exception {
        Process stranger = new ProcessBuilder("sleep", "600").start();
        try {
            LabState state = new LabState(name);
            state.create();
            Files.writeString(state.directory().resolve("owner"), stranger.pid() + " 1\n");

            Lab.down(name);

            assertTrue(stranger.isAlive());
            assertGone();
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void refusesASecondLabOfTheSameName() {
        try (Lab lab = Lab.up(name, LabOptions.defaults())) {
            IllegalStateException refusal =
                    assertThrows(IllegalStateException.class, () -> Lab.up(lab.name(), LabOptions.defaults()));

            assertTrue(String.valueOf(refusal.getMessage()).contains("lab down --name " + name));
            assertEquals(Topology.HOPS.size(), lab.hops().size());
        }
        assertFalse(Lab.names().contains(name));
    }

    @Test
    void exitCodeOfExecIsThatOfTheCommand() {
        try (Lab lab = Lab.up(name, LabOptions.defaults())) {
            assertEquals(
                    3,
                    natexctl("exec", "--name", lab.name(), "r3", "sh", "-c", "exit 3")
                            .exitCode());
            assertEquals(
                    2,
                    natexctl("exec", "--name", lab.name(), "r5", "--", "true").exitCode());
        }
    }

    private void assertGone() {
        assertFalse(namespaces().contains(name), "namespaces are left");
        assertFalse(Files.exists(Path.of("/run/natexd-lab", name)), "state is left");
        assertTrue(new LabState(name).owner().isEmpty(), "a process is left");
    }

    private static String namespaces() {
        return Shell.run(null, "ip", "netns", "list");
    }

    private static Lab.Result natexctl(String... arguments) {
        String program = LabNatexd.tree().resolve("bin/natexctl").toString();
        return Shell.result(null, Duration.ofSeconds(60), concat(List.of(program, "lab"), arguments));
    }

    private static List<String> concat(List<String> first, String... then) {
        return java.util.stream.Stream.concat(first.stream(), java.util.Arrays.stream(then))
                .toList();
    }
}
