package io.github.natexd.daemon;

import io.github.natexd.config.ConfigException;
import io.github.natexd.config.EffectiveConfig;
import io.github.natexd.control.ControlException;
import io.github.natexd.control.ReloadReport;
import io.github.natexd.linux.libc.Memory;
import io.github.natexd.linux.libc.OsException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.commons.daemon.Daemon;
import org.apache.commons.daemon.DaemonContext;
import org.apache.commons.daemon.DaemonInitException;
import org.apache.commons.daemon.DaemonUserSignal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The daemon's life as commons-daemon defines it: init, start, stop, destroy. {@link Main} calls the same four methods.
 * What exists only in between is in {@link Running}.
 */
public final class Natexd implements Daemon, DaemonUserSignal {
    static {
        Logging.setUp(); // under jsvc this class is the first
    }

    private static final Logger LOG = LoggerFactory.getLogger(Natexd.class);
    /** After this time, a running natexd has loaded and mostly compiled the classes that it needs. */
    private static final long SETTLED_SECONDS = 8;
    /** After this time, the JVM has compiled what was run shortly before. */
    private static final long COMPILED_SECONDS = 1;

    private final CompletableFuture<@Nullable Throwable> ended = new CompletableFuture<>();
    /** Held during the start and during each reload: a reload waits until natexd has started. */
    private final Object configuring = new Object();

    private ConfigFile file = new ConfigFile(Optional.empty());
    private boolean underJsvc;
    private @Nullable EffectiveConfig config;
    private volatile @Nullable Running running;
    private boolean stopped;

    /** jsvc calls this in the child of the process that the service manager knows. */
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

    void init(Optional<Path> named) throws StartException {
        file = new ConfigFile(named);
        try {
            config = file.read();
        } catch (ConfigException e) {
            throw StartException.of(e);
        }
    }

    /** Returns when errors are being relayed, or will be as soon as the guest network is there. */
    @Override
    public void start() throws StartException {
        synchronized (configuring) {
            Running parts = startParts();
            if (parts == null) {
                return;
            }
            try {
                parts.awaitRules();
            } catch (StartException e) {
                stop();
                throw e;
            }
            synchronized (this) {
                if (!stopped) {
                    parts.ready();
                    LOG.info("ready");
                }
            }
        }
    }

    /** Returns null if natexd was stopped before it had started. */
    private synchronized @Nullable Running startParts() throws StartException {
        EffectiveConfig first = config;
        if (first == null) {
            throw new StartException(ExitCode.FAILURE, "start before init");
        }
        if (stopped) {
            return null;
        }
        try {
            Running parts = Running.open(file, first, watchdogNanos(), () -> ended.complete(null), this::fail);
            running = parts;
            parts.start(this::reload);
            return parts;
        } catch (OsException e) {
            throw StartException.of(e);
        } catch (LinkageError e) {
            throw StartException.of(e);
        }
    }

    /** The service manager may name jsvc, whose child this process is. */
    private long watchdogNanos() {
        ProcessHandle self = ProcessHandle.current();
        return Watchdog.intervalNanos(
                System.getenv(),
                pid -> pid == self.pid()
                        || (underJsvc && self.parent().map(ProcessHandle::pid).orElse(0L) == pid));
    }

    /**
     * Ends natexd after an unexpected error in any thread, with an exit code that reports it. Half a daemon would be
     * worse than none: without natexd, errors reach the host.
     */
    void fail(Throwable e) {
        if (ended.complete(e)) {
            LOG.error("natexd has failed and ends; ICMP errors go to the host again", e);
            if (underJsvc) {
                new Thread(this::endWithFailure, "failure").start();
            }
        }
    }

    /** As {@link Main} does. {@code DaemonController.fail} would also end the process, but jsvc with exit code 0. */
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
     * Waits until the loop has ended. Returns the error that ended it, or null if it was stopped. Some seconds after
     * the start, gives back the memory that only the start needed.
     */
    @Nullable
    Throwable awaitEnd() {
        if (!endsWithin(SETTLED_SECONDS)) {
            long[] files = Memory.unwrittenFiles();
            if (!endsWithin(COMPILED_SECONDS)) {
                Memory.giveBack(files);
            }
        }
        return ended.join();
    }

    private boolean endsWithin(long seconds) {
        try {
            ended.get(seconds, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        } catch (ExecutionException e) {
            throw new IllegalStateException("an error that ends natexd is a value of this future", e);
        }
    }

    /** Reloads the configuration (R50) for the control socket or a signal; see {@link Reload#run}. */
    private ReloadReport reload() throws ControlException {
        synchronized (configuring) {
            Running parts = running;
            if (parts == null) {
                throw Reload.refused("natexd has not started yet");
            }
            return parts.reload();
        }
    }

    /** A reload by signal: its result is in the log. */
    void reloadBySignal() {
        try {
            reload();
        } catch (ControlException e) {
            LOG.debug("reload", e);
        }
    }

    /** jsvc's SIGUSR2; its SIGHUP ends the JVM and starts another. */
    @Override
    public void signal() {
        reloadBySignal();
    }

    @Override
    public void stop() {
        synchronized (this) {
            if (stopped) {
                return;
            }
            stopped = true;
        }
        Running parts = running;
        if (parts != null) {
            parts.stop();
        }
    }

    @Override
    public void destroy() {
        Running parts = running;
        if (parts != null) {
            parts.close();
        }
    }
}
