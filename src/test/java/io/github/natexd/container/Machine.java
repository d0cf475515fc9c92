package io.github.natexd.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.github.natexd.lab.Topology;
import io.github.natexd.lab.Traceroute;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/**
 * A Debian machine in a container: with systemd as PID 1, no network except the lab's, and everything that natexd
 * depends on, but without natexd. {@code src/test/container/with-docker} builds the images.
 */
final class Machine implements AutoCloseable {
    /** The result of a command; {@code output} is both output streams in one text. */
    record Result(int exitCode, String output) {}

    /** The package in {@code /root} of each machine. */
    static final String PACKAGE = "/root/natexd.deb";

    static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Duration BOOT_LIMIT = Duration.ofSeconds(60);
    private static final long STEP_MILLIS = 100;
    private static final String LAB = "container";

    private final GenericContainer<?> container;

    private Machine(GenericContainer<?> container) {
        this.container = container;
    }

    /** The images that with-docker has built. */
    static List<String> images() {
        String names = System.getenv("NATEXD_TEST_IMAGES");
        if (names == null || names.isBlank()) {
            throw new IllegalStateException("no NATEXD_TEST_IMAGES: start these tests with ./dev test container");
        }
        return List.of(names.split(" "));
    }

    static Machine boot(String image) {
        GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(image))
                .withPrivilegedMode(true)
                .withNetworkMode("none")
                .withLabel("natexd-test", "")
                .withTmpFs(Map.of("/run", "rw,exec", "/run/lock", "rw"))
                .withCreateContainerCmdModifier(command ->
                        Objects.requireNonNull(command.getHostConfig()).withCgroupnsMode("private"));
        container.start();
        Machine machine = new Machine(container);
        try {
            machine.await(
                    "systemd is up",
                    BOOT_LIMIT,
                    () -> machine.run("systemctl is-system-running").exitCode() == 0);
            machine.copy(debianPackage(), PACKAGE);
            return machine;
        } catch (RuntimeException | Error e) {
            machine.close();
            throw e;
        }
    }

    private static Path debianPackage() {
        Path target = target();
        try (Stream<Path> files = Files.list(target)) {
            List<Path> packages = files.filter(
                            file -> file.getFileName().toString().matches("natexd_.*_all\\.deb"))
                    .toList();
            assertEquals(1, packages.size(), () -> "packages in " + target + ": " + packages + "; ./dev deb makes one");
            return packages.get(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path target() {
        return Path.of(System.getProperty("natexd.tree", "target/natexd"))
                .toAbsolutePath()
                .getParent();
    }

    /** Copies a file, or a directory with everything below it. */
    void copy(Path from, String to) {
        container.copyFileToContainer(MountableFile.forHostPath(from), to);
    }

    /** Runs a shell command line and waits for its end. */
    Result run(String line) {
        try {
            var result = container.execInContainer("sh", "-c", "exec 2>&1; " + line);
            return new Result(result.getExitCode(), result.getStdout());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + line, e);
        }
    }

    /** Runs a shell command line that must succeed; returns its output without the last line end. */
    String must(String line) {
        Result result = run(line);
        assertEquals(0, result.exitCode(), () -> line + ":\n" + result.output());
        return result.output().strip();
    }

    /** A property of a unit, as {@code systemctl show} prints it. */
    String property(String unit, String name) {
        return must("systemctl show --value --property " + name + " " + unit);
    }

    /** Whether the service's JVM has mapped the class archive of the tree in this directory. */
    boolean runsFromArchive(String tree) {
        String maps = "/proc/" + property("natexd", "MainPID") + "/maps";
        return run("grep -qF " + tree + "/lib/natexd.jsa " + maps).exitCode() == 0;
    }

    void writeFile(String path, String text) {
        must("mkdir -p $(dirname " + path + "); cat > " + path + " <<'END OF FILE'\n" + text + "\nEND OF FILE");
    }

    /** Returns the output of apt-get. */
    String installPackage(String file) {
        return must("DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends " + file);
    }

    /** VMware's configuration of its networks. */
    void writeVmwareRecord() {
        writeFile("/etc/vmware/networking", "answer VNET_8_NAT yes\nanswer VNET_8_VIRTUAL_ADAPTER yes");
    }

    /**
     * VMware's configuration of its networks, and a guest network behind an emulated NAT process, with this machine as
     * host.
     */
    void labUp() {
        writeVmwareRecord();
        must("natexctl lab up --name " + LAB + " --host-here");
    }

    void labDown() {
        must("natexctl lab down --name " + LAB);
    }

    /** Runs traceroute in a guest, which takes at most a second; returns the address at each hop. */
    List<String> hops() {
        return Traceroute.hops(run("nsenter --net=/run/netns/natexd-lab-" + LAB + "-guest1 traceroute -n -q 1 -w 1 -m "
                        + Traceroute.HOPS_MAX + " " + Topology.TARGET)
                .output());
    }

    /** Waits until a guest's traceroute is complete. */
    void awaitHops() {
        awaitHops(PATIENCE);
    }

    void awaitHops(Duration limit) {
        await("a guest's traceroute is complete", limit, () -> hops().equals(Topology.HOPS));
    }

    void await(String what, Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                fail("not within " + limit.toSeconds() + " s: " + what + "\n" + journal());
            }
            try {
                Thread.sleep(STEP_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    private String journal() {
        return run("systemctl --no-pager --failed; journalctl --no-pager -n 60 -u 'natexd*'; nft list ruleset")
                .output();
    }

    @Override
    public void close() {
        container.close();
    }
}
