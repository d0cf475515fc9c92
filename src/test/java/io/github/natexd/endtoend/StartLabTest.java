package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.lab.Traceroute;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.clients.Client;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * If natexd cannot start, it has an exit code for scripts, prints cause and remedy for people, and no Java stack trace.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StartLabTest {
    private static final List<String> PROGRAMS = List.of("natexd", "natexctl");
    private static final int UNAVAILABLE = 69;
    private static final int NO_PERMISSION = 77;
    private static final int CONFIGURATION = 78;
    /** With fewer descriptors, neither the shell that starts Java nor Java itself starts. */
    private static final int DESCRIPTORS_MIN = 20;

    private static final int DESCRIPTORS_ENOUGH = 48;
    /** RestartPreventExitStatus of the unit. */
    private static final Set<Integer> NEVER_RETRIED = Set.of(2, UNAVAILABLE, CONFIGURATION);

    private static final String QUEUE_OF_ITS_OWN = "queue.number = 5512";
    private static final String GROUP_OF_ITS_OWN = "queue.log-group = 5512";

    private final Lab lab = Lab.up(LabOptions.defaults());
    private int files;

    @BeforeAll
    void openDirectory() throws IOException {
        Files.setPosixFilePermissions(lab.directory(), PosixFilePermissions.fromString("rwxrwxrwx"));
    }

    @AfterAll
    void down() {
        lab.close();
    }

    @Test
    void aMissingConfigurationIsNamed() {
        fails(
                CONFIGURATION,
                privileged(natexd("/nowhere/natexd.toml")),
                "/nowhere/natexd.toml: no such file; create it");
    }

    @Test
    void aConfigurationThatMayNotBeReadIsNamedWithTheUser() throws IOException {
        Path file = configuration();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

        fails(CONFIGURATION, as("+net_admin,+net_raw", natexd(file.toString())), "no permission to read it; let user");
    }

    @Test
    void everyMistakeIsToldWithItsPlace() throws IOException {
        Path file = configuration("probes.max-ttl = 0", "relay.error = []");

        String said = fails(CONFIGURATION, privileged(natexd(file.toString())), file + ":1:1: ");
        assertTrue(said.contains(file + ":2:"), said);
    }

    @Test
    @DisplayName("too few descriptors are not a mistake in the configuration: systemd has to try again")
    void tooFewDescriptorsAreAFailureThatMayPass() throws IOException {
        String file = configuration(QUEUE_OF_ITS_OWN, GROUP_OF_ITS_OWN).toString();
        for (int descriptors = DESCRIPTORS_MIN; descriptors <= DESCRIPTORS_ENOUGH; descriptors++) {
            List<String> command =
                    new ArrayList<>(List.of("timeout", "--signal=TERM", "3", "prlimit", "--nofile=" + descriptors));
            command.addAll(natexd(file));

            Lab.Result result = lab.exec(Node.HOST, command);

            assertFalse(NEVER_RETRIED.contains(result.exitCode()), descriptors + ": " + result.output());
        }
    }

    @Test
    @DisplayName("R47: without CAP_NET_ADMIN or CAP_NET_RAW, natexd reports which one is missing")
    void missingCapabilitiesAreNamed() throws IOException {
        String file = configuration(QUEUE_OF_ITS_OWN, GROUP_OF_ITS_OWN).toString();

        fails(
                NO_PERMISSION,
                as("+net_raw", natexd(file)),
                "CAP_NET_ADMIN is missing (run as root or as natexd.service)");
        fails(
                NO_PERMISSION,
                as("+net_admin", natexd(file)),
                "CAP_NET_RAW is missing: run as root or as natexd.service");
    }

    @Test
    @DisplayName("R43: natexd names a queue or log group that another process owns, and leaves its rules alone")
    void theQueueOfAnotherIsNamed() throws IOException {
        try (LabNatexd first = LabNatexd.start(lab)) {
            String sameQueue = configuration(GROUP_OF_ITS_OWN).toString();
            String sameGroup = configuration(QUEUE_OF_ITS_OWN).toString();

            fails(NO_PERMISSION, privileged(natexd(sameQueue)), "another process owns queue 5511");
            fails(NO_PERMISSION, privileged(natexd(sameGroup)), "another process owns group 5511");
            String traced = Client.TRACEROUTE.run(lab, Node.GUEST1);
            assertEquals(Topology.HOPS, Traceroute.hops(traced), traced + first.log());
        }
    }

    @Test
    void aMissingLibraryIsNamedWithItsPackage() throws IOException {
        String file = configuration().toString();
        List<String> hidden = List.of(
                "unshare",
                "-m",
                "sh",
                "-c",
                "for library in /usr/lib/*/libnetfilter_queue.so.1; do mount --bind /dev/null \"$library\"; done; exec "
                        + String.join(" ", natexd(file)));

        fails(
                UNAVAILABLE,
                hidden,
                "load libnetfilter_queue.so.1: ENOENT: install it: sudo apt install libnetfilter-queue1");
    }

    @Test
    void aMissingPartOfTheInstallationIsNamed() throws IOException {
        Path tree = copyOfTree();
        String file = configuration().toString();
        List<String> command = List.of(tree.resolve("bin/natexd").toString(), "run", "--config", file);

        Files.delete(tree.resolve("libexec/natexd-rules"));
        fails(UNAVAILABLE, command, "libexec/natexd-rules is missing or not executable; reinstall natexd");
        for (Path library : files(tree.resolve("lib/native"))) {
            Files.delete(library);
        }
        fails(UNAVAILABLE, command, "cannot load native code (");
    }

    /** The launcher reports this, because the JVM could not even load natexd's classes. */
    @Test
    void aJavaThatIsTooOldIsNamedIfThereIsNoOther() throws IOException {
        Path home = tooOldJava();

        for (String program : PROGRAMS) {
            fails(
                    UNAVAILABLE,
                    List.of(
                            "unshare",
                            "-m",
                            "sh",
                            "-c",
                            "mount -t tmpfs none /usr/lib/jvm; PATH=/usr/sbin:/usr/bin:/sbin:/bin JAVA_HOME=" + home
                                    + " " + program(program) + " --version"),
                    program + ": " + home.resolve("bin/java")
                            + " has version 11: install a Java runtime of version 17 or later");
        }
    }

    @Test
    void aJavaThatIsTooOldIsPassedOver() throws IOException {
        Path home = tooOldJava();

        for (String program : PROGRAMS) {
            Lab.Result result = lab.exec(Node.HOST, List.of("env", "JAVA_HOME=" + home, program(program), "--version"));

            assertEquals(0, result.exitCode(), result.output());
            assertTrue(result.output().contains(program + " "), result.output());
        }
    }

    private Path tooOldJava() throws IOException {
        Path home = lab.directory().resolve("java-11");
        Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\nexit 9\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"11.0.25\"\n");
        return home;
    }

    private static String program(String name) {
        return LabNatexd.tree().resolve("bin").resolve(name).toString();
    }

    private String fails(int code, List<String> command, String words) {
        Lab.Result result = lab.exec(Node.HOST, command);

        assertEquals(code, result.exitCode(), result.output());
        assertTrue(result.output().contains(words), result.output());
        assertFalse(result.output().contains("\tat "), "no stack: " + result.output());
        return result.output();
    }

    private static List<String> natexd(String file) {
        return List.of(LabNatexd.tree().resolve("bin/natexd").toString(), "run", "--config", file);
    }

    private static List<String> privileged(List<String> command) {
        return command;
    }

    /** Runs it as nobody, with only these capabilities. */
    private static List<String> as(String capabilities, List<String> command) {
        List<String> whole = new ArrayList<>(Lab.UNPRIVILEGED);
        whole.add("--bounding-set=-all," + capabilities);
        whole.add("--inh-caps=-all," + capabilities);
        whole.add("--ambient-caps=-all," + capabilities);
        whole.addAll(command);
        return whole;
    }

    /** A separate file for each natexd, with a separate control socket. */
    private Path configuration(String... settings) throws IOException {
        Path directory = Files.createDirectory(lab.directory().resolve("start" + files++));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        List<String> lines = new ArrayList<>(List.of(settings));
        lines.add("guest-network.interface = \"" + Topology.GUEST_NETWORK_INTERFACE + "\"");
        lines.add("control.socket = \"" + directory.resolve("control.sock") + "\"");
        return Files.write(directory.resolve("natexd.toml"), lines);
    }

    private Path copyOfTree() throws IOException {
        Path copy = lab.directory().resolve("tree-with-holes");
        assertEquals(
                0,
                lab.exec(Node.HOST, "cp", "-r", LabNatexd.tree().toString(), copy.toString())
                        .exitCode());
        return copy;
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            return paths.filter(Files::isRegularFile).toList();
        }
    }
}
