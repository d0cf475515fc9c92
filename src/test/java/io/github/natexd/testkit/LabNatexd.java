package io.github.natexd.testkit;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.NatexdProcess;
import java.nio.file.Path;
import java.util.List;

/** The packaged natexd in a lab's host, as an unprivileged user; tests end it with {@code try}. */
public final class LabNatexd implements AutoCloseable {
    private final NatexdProcess process;

    private LabNatexd(NatexdProcess process) {
        this.process = process;
    }

    /**
     * Starts it and waits for its {@code ready}.
     *
     * @param settings lines with dotted keys, such as {@code relay.reinject = "verdict"}
     */
    public static LabNatexd start(Lab lab, String... settings) {
        return new LabNatexd(NatexdProcess.start(lab, tree(), List.of(settings)));
    }

    /** The tree that {@code mvn package} leaves. */
    public static Path tree() {
        return Path.of(System.getProperty("natexd.tree", "target/natexd")).toAbsolutePath();
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Where it listens for natexctl. */
    public Path socket() {
        return process.socket();
    }

    public String log() {
        return process.log();
    }

    /** By SIGTERM; answers the exit code. */
    public int stop() {
        return process.stop();
    }

    /** By SIGKILL. */
    public void killHard() {
        process.killHard();
    }

    @Override
    public void close() {
        process.close();
    }
}
