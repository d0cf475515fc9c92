package io.github.natexd.cli.doctor;

import io.github.natexd.cli.doctor.Facts.Control;
import io.github.natexd.cli.doctor.Facts.Daemon;
import io.github.natexd.cli.doctor.Facts.Holder;
import io.github.natexd.cli.doctor.Facts.Listeners;
import io.github.natexd.cli.doctor.Facts.Running;
import io.github.natexd.cli.doctor.Proc.Listener;
import io.github.natexd.config.Config;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.List;
import java.util.Optional;

/** The processes: natexd, and those that read its queue and log group. */
final class ListenerFacts {
    /** What the command line of a running natexd has: started by its launcher, or by jsvc. */
    private static final List<String> MAIN_CLASSES =
            List.of("io.github.natexd.daemon.Main", "io.github.natexd.daemon.Natexd");

    /** Every process namespace has it. */
    private static final long FIRST = 1;

    private final Proc proc;
    private final Config config;

    ListenerFacts(Proc proc, Config config) {
        this.proc = proc;
        this.config = config;
    }

    /** The one that responded; else the one that /proc shows in this network namespace. */
    Daemon daemon(Checkup.DaemonAnswer answer) {
        Fact<Optional<Long>> processId = answer.status()
                .map(status -> Fact.known(Optional.of(status.processId())))
                .orElseGet(() -> Fact.of("processes", this::find));
        Fact<Optional<Running>> running = processId.fold(id -> Fact.known(id.map(this::running)), Fact::unknown);
        return new Daemon(
                running,
                new Control(answer.socket(), answer.status(), answer.trouble(), answer.fix(), answer.refused()));
    }

    private Running running(long processId) {
        return new Running(processId, Fact.of("natexd's capabilities", () -> proc.capabilities(processId)));
    }

    /** Of jsvc's two processes the younger one is the daemon. */
    private Optional<Long> find() throws IOException {
        List<Long> processes = proc.processes();
        if (!processes.contains(FIRST)) {
            throw new IOException("/proc hides processes of other users (hidepid)");
        }
        Optional<Long> found = Optional.empty();
        for (long processId : processes) {
            boolean natexd = proc.commandLine(processId).stream().anyMatch(MAIN_CLASSES::contains);
            if (natexd && isHere(processId) && (found.isEmpty() || found.get() < processId)) {
                found = Optional.of(processId);
            }
        }
        return found;
    }

    private boolean isHere(long processId) throws IOException {
        try {
            return proc.sharesNetwork(processId);
        } catch (AccessDeniedException e) {
            throw new IOException(
                    "process " + processId + " is a natexd, but only root can see in which network namespace");
        }
    }

    Listeners listeners() {
        return new Listeners(
                Fact.of(
                        "which process reads the queue",
                        () -> holder(proc.queue(config.queue().number()))),
                Fact.of(
                        "which process reads the log group",
                        () -> holder(proc.logGroup(config.queue().logGroup()))));
    }

    private Optional<Holder> holder(Optional<Listener> listener) throws IOException {
        if (listener.isEmpty()) {
            return Optional.empty();
        }
        long port = listener.get().port();
        long processId = proc.holder(port).orElse(0);
        List<String> words = processId == 0 ? List.of() : proc.commandLine(processId);
        String command = words.isEmpty() ? "" : words.get(0);
        return Optional.of(new Holder(port, processId, command, listener.get().dropped()));
    }
}
