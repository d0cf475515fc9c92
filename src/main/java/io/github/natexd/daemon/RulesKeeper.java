package io.github.natexd.daemon;

import io.github.natexd.config.Config;
import io.github.natexd.control.RulesState;
import io.github.natexd.control.StatusReport;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the rules loaded while the daemon runs. Running the script takes a tenth of a second, so it has a thread of its
 * own: verdicts do not wait for it.
 */
final class RulesKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(RulesKeeper.class);

    /** A firewall that restarts changes its rules many times in a row: look when it is done. */
    private static final long QUIET_MILLIS = 300;

    private final Config config;
    private final ScheduledExecutorService worker = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "rules");
        thread.setDaemon(true);
        return thread;
    });
    private final CountDownLatch firstTry = new CountDownLatch(1);
    private volatile @Nullable StartException failure;
    private volatile boolean awaited = true;
    private volatile StatusReport.Rules state = new StatusReport.Rules(RulesState.PENDING, "");
    private @Nullable Rules rules;
    private @Nullable ScheduledFuture<?> pending;
    private boolean stopped;

    RulesKeeper(Config config) {
        this.config = config;
    }

    /** What is known about the rules; from any thread. */
    StatusReport.Rules state() {
        return state;
    }

    /** The guest network's name is known: without it no rule can be made. Called again and again; the first counts. */
    synchronized void interfaceKnown(String name) {
        if (!config.rules().manage()) {
            state = new StatusReport.Rules(RulesState.UNMANAGED, "rules.manage = false");
            firstTry.countDown();
            return;
        }
        if (rules == null && !stopped) {
            try {
                rules = new Rules(config, name);
                worker.execute(this::installFirst);
            } catch (StartException e) {
                failed(e);
                firstTry.countDown();
            }
        }
    }

    /** Somebody changed the packet filter: see whether natexd's rules are still there, once it is quiet. */
    synchronized void rulesChanged() {
        if (rules == null || stopped) {
            return;
        }
        if (pending != null) {
            pending.cancel(false);
        }
        pending = worker.schedule(this::restore, QUIET_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Waits until the rules are in; throws what kept them out. */
    void awaitInstalled() throws StartException, InterruptedException {
        firstTry.await();
        awaited = false;
        StartException reason = failure;
        if (reason != null) {
            throw reason;
        }
    }

    /** Nobody waits for the rules: the guest network is not known yet, and trouble with them is to be logged. */
    void installLater() {
        awaited = false;
    }

    void remove() {
        Rules loaded;
        synchronized (this) {
            stopped = true;
            loaded = rules;
        }
        worker.shutdown();
        try {
            if (!worker.awaitTermination(5, TimeUnit.SECONDS)) {
                LOG.warn("the rule script is still running");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (loaded != null) {
            loaded.remove();
        }
    }

    private void installFirst() {
        try {
            LOG.info("{}", install());
        } catch (StartException e) {
            failed(e);
            if (!awaited) {
                LOG.error("cannot load the rules, so nothing is relayed: {}", e.getMessage());
            }
        } finally {
            firstTry.countDown();
        }
    }

    private void restore() {
        try {
            if (!current().complete()) {
                LOG.info("somebody removed natexd's rules: {}", install());
            } else if (state.state() == RulesState.FAILED) {
                state = new StatusReport.Rules(RulesState.LOADED, "loaded by somebody else");
            }
        } catch (StartException e) {
            state = new StatusReport.Rules(RulesState.FAILED, String.valueOf(e.getMessage()));
            LOG.warn("cannot restore the rules: {}", e.getMessage());
        }
    }

    private String install() throws StartException {
        String output = current().install();
        state = new StatusReport.Rules(RulesState.LOADED, output);
        return output;
    }

    private void failed(StartException reason) {
        failure = reason;
        state = new StatusReport.Rules(RulesState.FAILED, String.valueOf(reason.getMessage()));
    }

    private synchronized Rules current() {
        Rules present = rules;
        if (present == null) {
            throw new IllegalStateException("no rules before the guest network is known");
        }
        return present;
    }
}
