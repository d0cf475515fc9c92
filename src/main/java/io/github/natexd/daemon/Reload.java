package io.github.natexd.daemon;

import io.github.natexd.config.Config;
import io.github.natexd.config.ConfigException;
import io.github.natexd.config.EffectiveConfig;
import io.github.natexd.control.ControlException;
import io.github.natexd.control.ReloadReport;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a changed configuration into force while natexd runs (R50): reads it, decides which changes need no restart,
 * applies those to the loop and to the rules, and reports what was done. Mappings and queued packets stay; the rules
 * are replaced in one transaction. {@link Natexd} lets one reload run at a time.
 */
final class Reload {
    private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

    private final ConfigFile file;
    private final RulesKeeper rulesKeeper;
    private final Loop loop;
    private final Status status;
    private volatile EffectiveConfig inForce;

    /** @param first the configuration that natexd started with */
    Reload(ConfigFile file, EffectiveConfig first, RulesKeeper rulesKeeper, Loop loop, Status status) {
        this.file = file;
        inForce = first;
        this.rulesKeeper = rulesKeeper;
        this.loop = loop;
        this.status = status;
    }

    /** The configuration in force; from any thread. */
    EffectiveConfig inForce() {
        return inForce;
    }

    /**
     * Reads the file again and applies it.
     *
     * @throws ControlException if the file is invalid or its rules cannot be loaded; then the configuration before
     *     stays in force
     */
    ReloadReport run() throws ControlException {
        status.reloading();
        try {
            EffectiveConfig read = file.read();
            Changes changes = changes(inForce.config(), read.config());
            changes.reloaded().forEach(change -> LOG.info("reload: {}", change));
            changes.needRestart().forEach(change -> LOG.warn("reload: {} needs a restart to take effect", change));
            apply(read.inEffect(changes.effective()));
            status.reloaded();
            LOG.info("reloaded");
            return new ReloadReport(changes.reloaded(), changes.needRestart());
        } catch (ConfigException | StartException e) {
            throw refuse(String.valueOf(e.getMessage()));
        } catch (CancellationException e) {
            throw refuse("natexd is stopping");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw refuse("interrupted");
        }
    }

    private ControlException refuse(String cause) {
        status.reloadRefused(cause);
        LOG.warn("reload refused; the current configuration stays in force: {}", cause);
        return refused(cause);
    }

    static ControlException refused(String cause) {
        return new ControlException(
                ControlException.Kind.FAILED,
                "not reloaded; the current configuration stays in force: " + cause,
                "remove the cause (natexctl check-config, natexctl doctor), then reload again");
    }

    private static Changes changes(Config before, Config read) throws StartException {
        Changes changes = Changes.between(before, read);
        if (changes.effective().relay().reinject() == Config.Reinject.VERDICT
                && before.relay().reinject() != Config.Reinject.VERDICT) {
            Forwarding.check();
        }
        return changes;
    }

    /** Applies the configuration as a whole: if its rules cannot be loaded, everything goes back to the one before. */
    private void apply(EffectiveConfig next) throws StartException, InterruptedException {
        rulesKeeper.configure(next.config());
        await(loop.execute(() -> loop.configure(next.config())));
        try {
            rulesKeeper.awaitLoaded();
        } catch (StartException e) {
            LOG.warn("reload: the new rules could not be loaded; restoring the old ones: {}", e.getMessage());
            throw goBack(inForce.config(), e);
        }
        inForce = next;
        await(loop.execute(() -> loop.rulesReplaced(next.config())));
    }

    /** Restores the configuration before. Returns the exception that reports why, and what could not be restored. */
    private StartException goBack(Config before, StartException cause) throws InterruptedException {
        rulesKeeper.configureBack(before);
        await(loop.execute(() -> loop.configure(before)));
        String rules = "";
        try {
            rulesKeeper.awaitLoaded();
        } catch (StartException e) {
            rules = "; the old rules could not be restored either; natexd tries again: " + e.getMessage();
        }
        await(loop.execute(() -> loop.rulesReplaced(before)));
        return new StartException(cause.exitCode(), "the new rules could not be loaded: " + cause.getMessage() + rules);
    }

    /**
     * Waits until the loop has done something.
     *
     * @throws CancellationException if the loop has ended: nothing is left to configure
     * @throws IllegalStateException if it failed: half of a configuration is in force, so natexd must end
     */
    private static void await(Future<?> done) throws InterruptedException {
        try {
            done.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("half reloaded", e.getCause());
        }
    }
}
