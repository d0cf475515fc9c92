package io.github.natexd.daemon;

import io.github.natexd.config.Config;
import io.github.natexd.config.ConfigException;
import io.github.natexd.config.ConfigReader;
import io.github.natexd.config.EffectiveConfig;
import io.github.natexd.config.VmwareNetworking;
import io.github.natexd.control.Access;
import io.github.natexd.control.Caller;
import io.github.natexd.control.ControlException;
import io.github.natexd.control.ControlServer;
import io.github.natexd.control.MetricsFile;
import io.github.natexd.control.ReloadReport;
import io.github.natexd.linux.libc.Groups;
import io.github.natexd.linux.libc.Libc;
import io.github.natexd.linux.libc.Memory;
import io.github.natexd.linux.libc.OsException;
import io.github.natexd.linux.libc.Peer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongPredicate;
import org.apache.commons.daemon.Daemon;
import org.apache.commons.daemon.DaemonContext;
import org.apache.commons.daemon.DaemonInitException;
import org.apache.commons.daemon.DaemonUserSignal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The daemon as commons-daemon sees it; {@link Main} calls the same four methods. */
public final class Natexd implements Daemon, DaemonUserSignal {
    static {
        Logging.setUp(); // under jsvc this class is the first
    }

    private static final Logger LOG = LoggerFactory.getLogger(Natexd.class);
    private static final long STOP_MILLIS = 5_000;
    /** After that long the classes are loaded, and mostly compiled, that a running natexd needs. */
    private static final long SETTLED_SECONDS = 8;

    private final CompletableFuture<@Nullable Throwable> ended = new CompletableFuture<>();
    private final Object reloading = new Object();
    private Optional<Path> configFile = Optional.empty();
    private boolean underJsvc;
    private volatile @Nullable EffectiveConfig config;
    private volatile @Nullable Notify notify;
    private volatile @Nullable Status status;
    private volatile @Nullable RulesKeeper rulesKeeper;
    private volatile @Nullable Loop loop;
    private volatile @Nullable Thread thread;
    private volatile @Nullable ControlServer control;
    private boolean stopped;

    /** What jsvc calls, as the child of the process that the service manager knows. */
    @Override
    public void init(DaemonContext context) throws DaemonInitException {
        underJsvc = true;
        Thread.setDefaultUncaughtExceptionHandler((failed, e) -> fail(e));
        try {
            init(Arguments.parse(context.getArguments()).config());
        } catch (StartException e) {
            throw new DaemonInitException(e.getMessage(), e);
        }
    }

    void init(Optional<Path> file) throws StartException {
        configFile = file;
        try {
            config = readConfig();
        } catch (ConfigException e) {
            throw new StartException(
                    e.isMistake() ? ExitCode.CONFIGURATION : ExitCode.FAILURE, String.valueOf(e.getMessage()));
        }
    }

    private EffectiveConfig readConfig() throws ConfigException {
        Path file = configFile.orElse(Path.of(Config.DEFAULT_FILE));
        if (configFile.isEmpty() && Files.notExists(file)) {
            LOG.info("no {}: every setting has its default", file);
            return EffectiveConfig.defaults();
        }
        return ConfigReader.readEffective(file);
    }

    /** Returns when errors are being relayed, or as soon as the guest network is there. */
    @Override
    public void start() throws StartException {
        synchronized (reloading) {
            RulesKeeper keeper = startLoop();
            if (keeper == null) {
                return;
            }
            try {
                keeper.awaitLoaded();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StartException(ExitCode.FAILURE, "interrupted");
            } catch (StartException e) {
                stop();
                throw e;
            }
            synchronized (this) {
                Status told = status;
                if (!stopped && told != null) {
                    told.ready();
                    LOG.info("ready");
                }
            }
        }
    }

    /** Null: natexd was told to stop before it had started. */
    private synchronized @Nullable RulesKeeper startLoop() throws StartException {
        EffectiveConfig first = config;
        if (first == null) {
            throw new StartException(ExitCode.FAILURE, "start before init");
        }
        Config present = first.config();
        if (stopped) {
            return null;
        }
        try {
            // First of all: a second natexd must end here, before it touches the rules of the one that runs.
            ControlServer listening = listen(present.control());
            control = listening;
            Notify socket = Notify.to(System.getenv("NOTIFY_SOCKET"));
            Status told = new Status(socket);
            RulesKeeper keeper = new RulesKeeper(Rules.installedScript(), present, told, this::fail);
            Watchdog watchdog = new Watchdog(socket, Watchdog.intervalNanos(System.getenv(), isMeant()));
            Loop created =
                    new Loop(present, new GuestNetwork(VmwareNetworking.FILE, present, told), keeper, watchdog, told);
            notify = socket;
            status = told;
            rulesKeeper = keeper;
            loop = created;
            Thread runner = new Thread(() -> run(created), "relay");
            thread = runner;
            runner.start();
            listening.serve(
                    new View(() -> effective(first), created, keeper, this::reload), metricsFile(present.metrics()));
            return keeper;
        } catch (OsException e) {
            throw StartException.of(e);
        } catch (LinkageError e) {
            throw StartException.of(e);
        }
    }

    private EffectiveConfig effective(EffectiveConfig first) {
        EffectiveConfig present = config;
        return present == null ? first : present;
    }

    private static ControlServer listen(Config.Control config) throws StartException {
        Access access = new Access(Libc.INSTANCE.geteuid(), config.group(), Groups.id(config.group()));
        try {
            return ControlServer.listen(Path.of(config.socket()), access, Natexd::caller);
        } catch (ControlException e) {
            throw new StartException(
                    e.kind() == ControlException.Kind.FAILED ? ExitCode.FAILURE : ExitCode.NO_PERMISSION,
                    e.reason() + "; " + e.remedy());
        }
    }

    private static Optional<MetricsFile> metricsFile(Config.Metrics config) {
        return config.textfile()
                .map(file -> new MetricsFile(Path.of(file), Duration.ofSeconds(config.intervalSeconds())));
    }

    private static Caller caller(int descriptor) {
        Peer peer = Peer.of(descriptor);
        return new Caller(peer.user(), peer.groups());
    }

    /** Whether a process that the service manager names is this one: jsvc's child stands for its parent. */
    private LongPredicate isMeant() {
        ProcessHandle self = ProcessHandle.current();
        boolean child = underJsvc;
        return pid -> pid == self.pid()
                || (child && self.parent().map(ProcessHandle::pid).orElse(0L) == pid);
    }

    private void run(Loop running) {
        try {
            running.run();
            ended.complete(null);
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    /**
     * Something nobody foresaw, in any thread: natexd ends, with an exit code that says so. Half a daemon would be worse
     * than none: errors flow to the host as if natexd were not installed.
     */
    void fail(Throwable e) {
        if (ended.complete(e)) {
            LOG.error("natexd has failed and ends; ICMP errors go to the host again", e);
            if (underJsvc) {
                new Thread(this::endWithFailure, "failure").start();
            }
        }
    }

    /** As {@link Main} does. {@code DaemonController.fail} would end the process, too, but jsvc with exit code 0. */
    private void endWithFailure() {
        try {
            stop();
        } finally {
            Runtime.getRuntime().halt(ExitCode.FAILURE.code());
        }
    }

    boolean hasFailed() {
        return ended.isDone() && ended.join() != null;
    }

    /**
     * Waits until the loop has ended; answers what ended it, null when it was told to. Some seconds after the start, what
     * only that needed of memory goes back.
     */
    @Nullable
    Throwable awaitEnd() {
        try {
            return ended.get(SETTLED_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            Memory.giveBack();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the end is never told as a failure of telling", e);
        }
        return ended.join();
    }

    /** A reload by signal: what comes of it, the log tells. */
    void reloadBySignal() {
        try {
            reload();
        } catch (ControlException e) {
            LOG.debug("reload", e);
        }
    }

    /**
     * Reads the configuration again and puts it into force (R50). Mappings and queued packets stay; the rules are replaced
     * in one transaction.
     *
     * @throws ControlException if the file has a mistake or the rules cannot be loaded; then the configuration before
     *     stays in force
     */
    ReloadReport reload() throws ControlException {
        synchronized (reloading) {
            Status told = status;
            EffectiveConfig running = config;
            if (told == null || running == null) {
                throw refused("natexd has not started yet");
            }
            told.reloading();
            try {
                EffectiveConfig read = readConfig();
                Changes changes = changes(running.config(), read.config());
                changes.reloaded().forEach(change -> LOG.info("reload: {}", change));
                changes.needRestart()
                        .forEach(change -> LOG.warn("reload: {} needs a restart, and waits for it", change));
                takeOver(running, read.inEffect(changes.effective()));
                told.reloaded();
                LOG.info("reloaded");
                return new ReloadReport(changes.reloaded(), changes.needRestart());
            } catch (ConfigException | StartException e) {
                told.reloadRefused(String.valueOf(e.getMessage()));
                LOG.warn("reload refused, the running configuration stays in force: {}", e.getMessage());
                throw refused(String.valueOf(e.getMessage()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw refused("interrupted");
            }
        }
    }

    private static ControlException refused(String cause) {
        return new ControlException(
                ControlException.Kind.FAILED,
                "not reloaded, the running configuration stays in force: " + cause,
                "remove the cause (natexctl check-config, natexctl doctor), then reload again");
    }

    private static Changes changes(Config running, Config read) throws StartException {
        Changes changes = Changes.between(running, read);
        if (changes.effective().relay().reinject() == Config.Reinject.VERDICT
                && running.relay().reinject() != Config.Reinject.VERDICT) {
            Forwarding.check();
        }
        return changes;
    }

    /** Takes the configuration over as a whole: if its rules cannot be loaded, everything goes back to the one before. */
    private void takeOver(EffectiveConfig before, EffectiveConfig next) throws StartException, InterruptedException {
        Loop running = loop;
        RulesKeeper keeper = rulesKeeper;
        if (running == null || keeper == null) {
            throw new IllegalStateException("reload before start");
        }
        keeper.configure(next.config());
        await(running.tell(() -> running.configure(next.config())));
        try {
            keeper.awaitLoaded();
        } catch (StartException e) {
            LOG.warn("reload: the new rules could not be loaded, going back: {}", e.getMessage());
            throw goBack(running, keeper, before.config(), e);
        }
        config = next;
        await(running.tell(() -> running.rulesReplaced(next.config())));
    }

    /** Returns what the caller is to throw. */
    private StartException goBack(Loop running, RulesKeeper keeper, Config before, StartException cause)
            throws InterruptedException {
        keeper.configureBack(before);
        await(running.tell(() -> running.configure(before)));
        String rules = "";
        try {
            keeper.awaitLoaded();
        } catch (StartException e) {
            rules = "; its own rules could not be loaded either, natexd tries again: " + e.getMessage();
        }
        await(running.tell(() -> running.rulesReplaced(before)));
        return new StartException(cause.exitCode(), "the new rules could not be loaded: " + cause.getMessage() + rules);
    }

    /** If natexd stops meanwhile, nothing is left to configure. */
    private void await(Future<?> answer) throws InterruptedException {
        try {
            answer.get();
        } catch (ExecutionException e) {
            if (!ending()) {
                throw new IllegalStateException("half reloaded", e.getCause());
            }
        }
    }

    private synchronized boolean ending() {
        return stopped || ended.isDone();
    }

    /** jsvc's SIGUSR2; its SIGHUP ends the JVM and starts another. */
    @Override
    public void signal() {
        reloadBySignal();
    }

    /** Rules out first, while the loop still serves what they have queued; then the loop. */
    @Override
    public void stop() {
        synchronized (this) {
            if (stopped) {
                return;
            }
            stopped = true;
        }
        ControlServer listening = control;
        if (listening != null) {
            listening.close();
        }
        Status told = status;
        RulesKeeper keeper = rulesKeeper;
        Loop running = loop;
        Thread runner = thread;
        if (told == null || keeper == null || running == null || runner == null) {
            return; // it never ran
        }
        told.stopping();
        keeper.remove();
        running.stop();
        try {
            runner.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void destroy() {
        Notify open = notify;
        if (open != null) {
            open.close();
        }
    }
}
