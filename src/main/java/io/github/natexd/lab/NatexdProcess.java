package io.github.natexd.lab;

import io.github.natexd.linux.libc.Libc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An installed natexd that runs in the lab's host, as nobody, with only CAP_NET_ADMIN and CAP_NET_RAW.
 */
public final class NatexdProcess implements AutoCloseable {
    /** The daemon's user in the lab: the ids of Debian's nobody and nogroup. */
    public static final int USER = 65534;

    /** As in natexd.service: the host's own errors wait for natexd, even while all processors are busy. */
    public static final int NICE = -10;

    private static final String CAPABILITIES = "-all,+net_admin,+net_raw";
    private static final Pattern READY = Pattern.compile("(?m)^(?!.*\\bnot ready\\b).*\\bready\\b");
    private static final String SOCKET = "control.sock";
    private static final int SIGHUP = 1;
    private static final long READY_MILLIS = 120_000;
    private static final long STOP_MILLIS = 60_000;
    private static final long STEP_MILLIS = 20;

    private final Process process;
    private final Path configuration;
    private final Path log;
    private final Path socket;

    private NatexdProcess(Process process, Path configuration, Path log, Path socket) {
        this.process = process;
        this.configuration = configuration;
        this.log = log;
        this.socket = socket;
    }

    /**
     * Starts {@code TREE/bin/natexd run} and waits until it reports that it is ready.
     *
     * @param settings lines of natexd.toml with dotted keys, such as {@code relay.reinject = "verdict"}
     * @param environment additional environment variables
     * @throws IllegalStateException with its log, if it ends or does not become ready
     */
    public static NatexdProcess start(Lab lab, Path tree, Map<String, String> environment, List<String> settings) {
        return start(lab, tree, environment, settings, NICE);
    }

    /** Starts natexd with a nice value that differs from the service's. */
    public static NatexdProcess start(
            Lab lab, Path tree, Map<String, String> environment, List<String> settings, int nice) {
        try {
            Path directory = lab.directory().resolve("natexd");
            if (!Files.isDirectory(directory)) {
                Files.createDirectory(directory);
                Files.setAttribute(directory, "unix:uid", USER);
                Files.setAttribute(directory, "unix:gid", USER);
            }
            Path configuration = configure(directory.resolve("natexd.toml"), settings);
            Path log = directory.resolve("log");
            Path readable = readable(lab, tree.toAbsolutePath());
            // The caller may ignore SIGHUP, as nohup does; natexd must reload on it nevertheless.
            ProcessBuilder builder = new ProcessBuilder(
                            "nice",
                            "--adjustment=" + nice,
                            "env",
                            "--default-signal=HUP",
                            "setpriv",
                            "--reuid=" + USER,
                            "--regid=" + USER,
                            "--clear-groups",
                            "--bounding-set=" + CAPABILITIES,
                            "--inh-caps=" + CAPABILITIES,
                            "--ambient-caps=" + CAPABILITIES,
                            "--no-new-privs",
                            readable.resolve("bin/natexd").toString(),
                            "run",
                            "--config",
                            configuration.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            builder.environment().putAll(environment);
            NatexdProcess natexd =
                    new NatexdProcess(lab.start(Node.HOST, builder), configuration, log, directory.resolve(SOCKET));
            natexd.awaitReady();
            return natexd;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path configure(Path file, List<String> settings) throws IOException {
        List<String> lines = new ArrayList<>(settings);
        if (settings.stream().noneMatch(line -> line.startsWith("guest-network"))) {
            lines.add("guest-network.interface = \"" + Topology.GUEST_NETWORK_INTERFACE + "\"");
        }
        lines.add("control.socket = \"" + file.resolveSibling(SOCKET) + "\"");
        return Files.write(file, lines);
    }

    /** Writes new settings to its file, which it reads on the next reload. */
    public void write(List<String> settings) {
        try {
            configure(configuration, settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes new settings to its file and sends SIGHUP; returns before natexd has read them. */
    public void reload(List<String> settings) {
        write(settings);
        Libc.INSTANCE.kill((int) process.pid(), SIGHUP);
    }

    /** User nobody cannot read files below a home directory; then the tree is copied to the lab's directory. */
    private static Path readable(Lab lab, Path tree) throws IOException {
        List<String> test = new ArrayList<>(Lab.UNPRIVILEGED);
        test.addAll(List.of("test", "-r", tree.resolve("bin/natexd").toString()));
        if (lab.exec(Node.HOST, test).exitCode() == 0) {
            return tree;
        }
        if (!Files.exists(tree.resolve("bin/natexd"))) {
            throw new IllegalStateException("no natexd in " + tree + "; build it: mvn package");
        }
        Path copy = lab.directory().resolve("tree");
        if (!Files.exists(copy)) {
            try (Stream<Path> paths = Files.walk(tree)) {
                for (Path path : paths.toList()) {
                    Path to =
                            Files.copy(path, copy.resolve(tree.relativize(path).toString()));
                    boolean executable = Files.isDirectory(path) || Files.isExecutable(path);
                    Files.setPosixFilePermissions(
                            to, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
                }
            }
        }
        return copy;
    }

    private void awaitReady() {
        boolean inTime = await(() -> !process.isAlive() || READY.matcher(log()).find(), READY_MILLIS);
        if (!inTime || !process.isAlive()) {
            String said = log();
            killHard();
            throw new IllegalStateException(
                    "natexd " + (inTime ? "ended" : "did not become ready") + "; its log:\n" + said);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Its control socket. */
    public Path socket() {
        return socket;
    }

    /** Its log so far. */
    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return "";
        }
    }

    /**
     * Ends it with SIGTERM, as systemd does.
     *
     * @return its exit code
     * @throws IllegalStateException if it does not end in time
     */
    public int stop() {
        process.destroy();
        return awaitEnd();
    }

    /**
     * Waits until it has ended.
     *
     * @return its exit code
     * @throws IllegalStateException if it does not end in time
     */
    public int awaitEnd() {
        if (!await(() -> !process.isAlive(), STOP_MILLIS)) {
            killHard();
            throw new IllegalStateException("natexd did not end; its log:\n" + log());
        }
        return process.exitValue();
    }

    /** {@code kill -9}: it cannot clean up. */
    public void killHard() {
        process.destroyForcibly();
        try {
            process.waitFor(STOP_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean await(BooleanSupplier condition, long millis) {
        long end = System.nanoTime() + millis * 1_000_000;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                return false;
            }
            try {
                Thread.sleep(STEP_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return condition.getAsBoolean();
            }
        }
        return true;
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            stop();
        }
    }
}
