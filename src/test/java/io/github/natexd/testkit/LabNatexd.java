package io.github.natexd.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.NatexdProcess;
import io.github.natexd.lab.Node;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The packaged natexd in a lab's host, as an unprivileged user; tests close it with {@code try}. */
public final class LabNatexd implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long STEP_MILLIS = 10;
    /** For what a client asks for to take effect. */
    private static final long ASKED_MILLIS = 300;

    private final Lab lab;
    private final Path tree;
    private final NatexdProcess process;

    private LabNatexd(Lab lab, Path tree, NatexdProcess process) {
        this.lab = lab;
        this.tree = tree;
        this.process = process;
    }

    /**
     * Starts it and waits until it logs {@code ready}.
     *
     * @param settings lines with dotted keys, such as {@code relay.reinject = "verdict"}
     */
    public static LabNatexd start(Lab lab, String... settings) {
        return start(lab, Map.of(), settings);
    }

    /** Starts it with these environment variables. */
    public static LabNatexd start(Lab lab, Map<String, String> environment, String... settings) {
        return new LabNatexd(lab, tree(), NatexdProcess.start(lab, tree(), environment, List.of(settings)));
    }

    /** Starts it from another tree, for example a copy that a test has changed. */
    public static LabNatexd startFrom(Lab lab, Path tree, String... settings) {
        return new LabNatexd(lab, tree, NatexdProcess.start(lab, tree, Map.of(), List.of(settings)));
    }

    /** Starts it with this nice value. */
    public static LabNatexd startNice(Lab lab, int nice, String... settings) {
        return new LabNatexd(lab, tree(), NatexdProcess.start(lab, tree(), Map.of(), List.of(settings), nice));
    }

    /** The tree that {@code mvn package} builds. */
    public static Path tree() {
        return Path.of(System.getProperty("natexd.tree", "target/natexd")).toAbsolutePath();
    }

    /** The ExecStopPost of the unit, which systemd runs when natexd has ended. */
    public static void removeRulesAsTheUnit(Lab lab) {
        LabShell.must(lab, Node.HOST, tree().resolve("libexec/natexd-rules") + " remove --ended");
    }

    public long pid() {
        return process.pid();
    }

    /** Writes new settings, which it reads on the next reload. */
    public void write(String... settings) {
        process.write(List.of(settings));
    }

    /** Writes new settings and sends SIGHUP; returns before it has read them. */
    public void reload(String... settings) {
        process.reload(List.of(settings));
    }

    /** Waits some seconds until it has logged a line that matches; returns its log. */
    public String awaitLog(String regex) {
        Pattern pattern = Pattern.compile(regex);
        await(() -> pattern.matcher(log()).find(), "it did not say \"" + regex + "\"");
        return log();
    }

    /**
     * Waits until its control socket has a client: a client that has connected asks at once for what it wants to see.
     */
    public void awaitClient() {
        await(() -> sockets() > 1, "it has no client");
        pause(ASKED_MILLIS);
    }

    private void await(BooleanSupplier condition, String otherwise) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            assertTrue(isAlive(), () -> "natexd ended; its log:\n" + log());
            assertTrue(System.nanoTime() < end, () -> otherwise + "; its log:\n" + log());
            pause(STEP_MILLIS);
        }
    }

    /**
     * The sockets of its path: one that listens, and one for each client, which the kernel lists in the client's network
     * namespace: in the host's of the lab, or in this JVM's.
     */
    private long sockets() {
        String list = "/proc/net/unix";
        try (Stream<String> here = Files.lines(Path.of(list))) {
            Stream<String> inTheLab = lab.exec(Node.HOST, "cat", list).output().lines();
            return Stream.concat(here, inTheLab)
                    .filter(line -> line.endsWith(" " + socket()))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** How often the loop's thread has gone to sleep so far. */
    public long loopSleeps() {
        try (Stream<Path> tasks = Files.list(Path.of("/proc", String.valueOf(pid()), "task"))) {
            for (Path task : tasks.toList()) {
                if (Files.readString(task.resolve("comm")).strip().equals("relay")) {
                    return Files.readAllLines(task.resolve("status")).stream()
                            .filter(line -> line.startsWith("voluntary_ctxt_switches:"))
                            .mapToLong(line -> Long.parseLong(line.split("\\s+")[1]))
                            .sum();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new AssertionError("natexd has no thread of the name relay");
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Its control socket. */
    public Path socket() {
        return process.socket();
    }

    /** Runs this natexd's natexctl in the lab's host as root. */
    public Lab.Result natexctl(String... words) {
        return lab.exec(Node.HOST, command(words));
    }

    /** The command line of natexctl that asks this natexd. */
    public List<String> command(String... words) {
        List<String> command =
                new ArrayList<>(List.of(tree.resolve("bin/natexctl").toString()));
        command.addAll(List.of(words));
        command.addAll(List.of("--socket", socket().toString()));
        return command;
    }

    public String log() {
        return process.log();
    }

    /** Ends it with SIGTERM; returns the exit code. */
    public int stop() {
        return process.stop();
    }

    /** Waits until it has ended by itself; returns the exit code. */
    public int awaitEnd() {
        return process.awaitEnd();
    }

    /** Ends it with SIGKILL. */
    public void killHard() {
        process.killHard();
    }

    @Override
    public void close() {
        process.close();
    }
}
