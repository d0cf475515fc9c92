package io.github.natexd.daemon;

import io.github.natexd.config.Config;
import io.github.natexd.config.EffectiveConfig;
import io.github.natexd.config.VmwareNetworking;
import io.github.natexd.control.Access;
import io.github.natexd.control.ControlException;
import io.github.natexd.control.ControlServer;
import io.github.natexd.control.MetricsFile;
import io.github.natexd.control.ReloadReport;
import io.github.natexd.linux.libc.Groups;
import io.github.natexd.linux.libc.Libc;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What exists only while natexd runs: its parts, wired together here. {@link Natexd} decides when they start and stop.
 */
final class Running {
    private static final long STOP_MILLIS = 5_000;

    private final Config config;
    private final Consumer<Throwable> failed;
    private final ControlServer control;
    private final Notify notify;
    private final Status status;
    private final RulesKeeper rulesKeeper;
    private final Loop loop;
    private final Reload reload;
    private final Thread relay;

    private Running(
            ControlServer control,
            ConfigFile file,
            EffectiveConfig first,
            long watchdogNanos,
            Runnable ended,
            Consumer<Throwable> failed) {
        config = first.config();
        this.failed = failed;
        this.control = control;
        notify = Notify.to(System.getenv("NOTIFY_SOCKET"));
        status = new Status(notify);
        rulesKeeper = new RulesKeeper(Rules.installedScript(), config, status, failed);
        loop = new Loop(
                config,
                new GuestNetwork(VmwareNetworking.FILE, config, status),
                rulesKeeper,
                new Watchdog(notify, watchdogNanos),
                status);
        reload = new Reload(file, first, rulesKeeper, loop, status);
        relay = new Thread(() -> relay(ended), "relay");
    }

    /**
     * Opens everything that natexd needs; nothing runs yet. The control socket comes first: a second natexd must end
     * here, before it touches the rules of the one that runs.
     *
     * @param watchdogNanos see {@link Watchdog}
     * @param ended runs when the loop has ended because it was stopped
     * @param failed receives an exception that ended one of the threads
     */
    static Running open(
            ConfigFile file, EffectiveConfig first, long watchdogNanos, Runnable ended, Consumer<Throwable> failed)
            throws StartException {
        ControlServer control = listen(first.config().control());
        try {
            return new Running(control, file, first, watchdogNanos, ended, failed);
        } catch (RuntimeException | Error e) {
            control.close();
            throw e;
        }
    }

    private static ControlServer listen(Config.Control config) throws StartException {
        Access access = new Access(Libc.INSTANCE.geteuid(), config.group(), Groups.id(config.group()));
        try {
            return ControlServer.listen(Path.of(config.socket()), access, new PeerSockets());
        } catch (ControlException e) {
            throw new StartException(
                    e.kind() == ControlException.Kind.FAILED ? ExitCode.FAILURE : ExitCode.NO_PERMISSION,
                    e.reason() + "; " + e.remedy());
        }
    }

    /** Starts the loop and answers the control socket from now on. The rules follow when the guest network is known. */
    void start(ControlAnswers.Reloading reloading) {
        relay.start();
        control.serve(new ControlAnswers(loop, rulesKeeper, reload::inForce, reloading), metricsFile());
    }

    private Optional<MetricsFile> metricsFile() {
        Config.Metrics metrics = config.metrics();
        return metrics.textfile()
                .map(file -> new MetricsFile(Path.of(file), Duration.ofSeconds(metrics.intervalSeconds())));
    }

    private void relay(Runnable ended) {
        try {
            loop.run();
            ended.run();
        } catch (RuntimeException | Error e) {
            failed.accept(e);
        }
    }

    /** Waits until the rules are loaded, if the guest network is known. */
    void awaitRules() throws StartException {
        try {
            rulesKeeper.awaitLoaded();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartException(ExitCode.FAILURE, "interrupted");
        }
    }

    void ready() {
        status.ready();
    }

    ReloadReport reload() throws ControlException {
        return reload.run();
    }

    /** Removes the rules first, while the loop still handles what they have queued; then ends the loop (R43). */
    void stop() {
        control.close();
        status.stopping();
        rulesKeeper.remove();
        loop.stop();
        try {
            relay.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Closes what the last messages to the service manager needed. */
    void close() {
        notify.close();
    }
}
