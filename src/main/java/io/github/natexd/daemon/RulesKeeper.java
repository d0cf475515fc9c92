package io.github.natexd.daemon;

import io.github.natexd.config.Config;
import io.github.natexd.control.RulesState;
import io.github.natexd.control.StatusReport;
import io.github.natexd.report.RepeatedTrouble;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the rules loaded while the daemon runs. The script takes a tenth of a second, so a separate thread runs it:
 * verdicts do not wait for it.
 */
final class RulesKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(RulesKeeper.class);

    /** A firewall that restarts changes its rules many times in a row: check when it is done. */
    private static final long QUIET_MILLIS = 300;
    /** The time after which rules that could not be loaded are tried again. */
    private static final long RETRY_MILLIS = 5_000;

    /** The time that a running script gets to finish when natexd stops; then it is killed. */
    private static final long STOP_MILLIS = 1_000;

    private final Path script;
    private final Status status;
    private final Consumer<Throwable> uncaught;
    private final RepeatedTrouble restoring = new RepeatedTrouble(LOG, "cannot load the rules; trying again");
    private final ScheduledThreadPoolExecutor worker = new ScheduledThreadPoolExecutor(1, task -> {
        Thread thread = new Thread(task, "rules");
        thread.setDaemon(true);
        return thread;
    });
    private Config config;
    private @Nullable Rules rules;
    private @Nullable Future<?> pending;
    private volatile StatusReport.Rules state = new StatusReport.Rules(RulesState.PENDING, "");
    private @Nullable StartException failure;
    /** The rules must be loaded even if they do not change. */
    private boolean outdated;
    /** The next rules may still be loaded: load them only if they are not complete. */
    private boolean mayBeLoaded;
    /** {@link #awaitLoaded} will report a failure, so it is not logged. */
    private boolean awaited = true;

    private boolean stopped;

    /** @param uncaught receives an unexpected exception: without its thread, the keeper cannot work */
    RulesKeeper(Path script, Config config, Status status, Consumer<Throwable> uncaught) {
        this.script = script;
        this.config = config;
        this.status = status;
        this.uncaught = uncaught;
        worker.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** The last known state of the rules; from any thread. */
    StatusReport.Rules state() {
        return state;
    }

    /** Applies another configuration; the caller then calls {@link #interfaceKnown} and {@link #awaitLoaded}. */
    synchronized void configure(Config changed) {
        config = changed;
        awaited = true;
        outdated |= failure != null;
    }

    /** Applies the configuration that was in force before: its rules may still be loaded. */
    synchronized void configureBack(Config before) {
        configure(before);
        mayBeLoaded = true;
    }

    /** Loads the rules, which need the guest network's name. May be called repeatedly with the same name. */
    synchronized void interfaceKnown(String name) {
        if (stopped) {
            return;
        }
        try {
            Rules wanted = new Rules(script, config, name);
            if (outdated || rules == null || !wanted.isSameAs(rules)) {
                Runnable task = mayBeLoaded || !wanted.isManaged() ? this::restore : () -> load(wanted);
                rules = wanted;
                outdated = false;
                mayBeLoaded = false;
                later(task, 0);
            }
        } catch (StartException e) {
            failed(e);
        }
    }

    /** The packet filter changed: checks, once it is quiet, whether natexd's rules are still there. */
    synchronized void rulesChanged() {
        restoreAfter(QUIET_MILLIS);
    }

    /**
     * Waits until the rules of the last configuration are loaded.
     *
     * @throws StartException if they could not be loaded
     */
    void awaitLoaded() throws StartException, InterruptedException {
        Future<?> done;
        synchronized (this) {
            if (stopped) {
                return;
            }
            done = worker.submit(() -> {});
        }
        try {
            done.get();
        } catch (CancellationException e) {
            return; // natexd stops
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
        synchronized (this) {
            awaited = false;
            if (failure != null) {
                throw failure;
            }
        }
    }

    /** Removes the rules; afterwards none are loaded again. */
    void remove() {
        Rules loaded;
        synchronized (this) {
            if (stopped) {
                return;
            }
            stopped = true;
            loaded = rules;
        }
        worker.shutdown();
        try {
            if (!worker.awaitTermination(STOP_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.warn("the rules script is still running; killing it");
                worker.shutdownNow();
                worker.awaitTermination(STOP_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        restoring.logCount();
        if (loaded != null) {
            loaded.remove();
        }
    }

    private void load(Rules wanted) {
        try {
            if (waitsForForwarding(wanted)) {
                return;
            }
            String output = wanted.install();
            LOG.info("{}", output);
            note(RulesState.LOADED, output, null);
        } catch (StartException e) {
            failed(e);
        }
    }

    private void restore() {
        Rules wanted = rules();
        if (wanted == null) {
            return;
        }
        try {
            if (waitsForForwarding(wanted)) {
                return;
            }
            ChildProcess.Result found = wanted.status();
            boolean complete = found.exitCode() == 0;
            if (!wanted.isManaged()) {
                verified(wanted, complete, found.output());
            } else if (!complete) {
                String output = wanted.install();
                LOG.info("natexd's rules were missing and have been restored: {}", output);
                note(RulesState.LOADED, output, null);
            } else if (state.state() != RulesState.LOADED) {
                note(RulesState.LOADED, found.output(), null);
            }
        } catch (StartException e) {
            failed(e);
        }
    }

    /** While the kernel does not forward, an error that natexd has rewritten would be lost: better no rules. */
    private boolean waitsForForwarding(Rules wanted) throws StartException {
        if (!wanted.needForwarding()) {
            return false;
        }
        boolean waited = state.state() == RulesState.WAITING;
        if (!Forwarding.isOn()) {
            if (!waited) {
                LOG.warn("{}; waiting for it: {}", Forwarding.OFF, Forwarding.REMEDY);
            }
            note(new StatusReport.Rules(RulesState.WAITING, Forwarding.OFF, Forwarding.REMEDY), null);
            restoreAfter(RETRY_MILLIS);
            return true;
        }
        if (waited || state.state() == RulesState.PENDING) {
            Forwarding.warnOfDroppingChains();
        }
        return false;
    }

    private void verified(Rules unmanaged, boolean complete, String output) {
        RulesState found = complete ? RulesState.UNMANAGED : RulesState.MISSING;
        if (state.state() != found) {
            LOG.info("rules.manage = false: {}", output);
        }
        note(new StatusReport.Rules(found, output, "load them: sudo " + unmanaged.installCommand()), null);
        if (!complete) {
            restoreAfter(RETRY_MILLIS); // the kernel reports removed rules, not new ones
        }
    }

    private synchronized void failed(StartException trouble) {
        String words = String.valueOf(trouble.getMessage());
        note(RulesState.FAILED, words, trouble);
        if (!awaited) {
            restoring.happened(words, System.nanoTime());
        }
        restoreAfter(RETRY_MILLIS);
    }

    private void note(RulesState known, String words, @Nullable StartException trouble) {
        note(new StatusReport.Rules(known, words), trouble);
    }

    private synchronized void note(StatusReport.Rules known, @Nullable StartException trouble) {
        failure = trouble;
        state = known;
        boolean wrong = known.state() != RulesState.LOADED && known.state() != RulesState.UNMANAGED;
        status.rules(wrong ? known.detail() : "");
    }

    private synchronized @Nullable Rules rules() {
        return rules;
    }

    private synchronized void restoreAfter(long millis) {
        if (rules == null || stopped) {
            return;
        }
        if (pending != null) {
            pending.cancel(false);
        }
        pending = later(this::restore, millis);
    }

    private Future<?> later(Runnable task, long millis) {
        return worker.schedule(
                () -> {
                    try {
                        task.run();
                    } catch (RuntimeException | Error e) {
                        uncaught.accept(e);
                    }
                },
                millis,
                TimeUnit.MILLISECONDS);
    }
}
