package io.github.natexd.daemon;

import io.github.natexd.config.Config;
import io.github.natexd.config.EffectiveConfig;
import io.github.natexd.control.ControlException;
import io.github.natexd.control.DaemonView;
import io.github.natexd.control.ReloadReport;
import io.github.natexd.control.StatusReport;
import io.github.natexd.report.MappingPage;
import io.github.natexd.report.Observer;
import io.github.natexd.wire.Ipv4Address;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Answers the requests that come in through the control socket. */
final class ControlAnswers implements DaemonView {
    private static final Logger LOG = LoggerFactory.getLogger(ControlAnswers.class);

    /** A turn of the loop takes microseconds; a loop that has not answered by then hangs. */
    private static final long ANSWER_MILLIS = 2_000;

    /** Each question removes some expired mappings; after this many, the number of mappings is reported as it is. */
    private static final int SWEEPS_LIMIT = 512;

    private static final String KEEPALIVE_MISSING = "keepalive.enabled is true, but natexd-keepalive is not running;"
            + " start it: sudo systemctl enable --now natexd-keepalive";

    private final Loop loop;
    private final RulesKeeper rulesKeeper;
    private final Supplier<EffectiveConfig> configuration;
    private final Reloading reloading;
    private final Instant startedAt = Instant.now();
    private final long startedNanos = System.nanoTime();

    /** The reload that SIGHUP starts, too. */
    interface Reloading {
        ReloadReport reload() throws ControlException;
    }

    /** @param configuration the configuration in force, which a reload changes */
    ControlAnswers(Loop loop, RulesKeeper rulesKeeper, Supplier<EffectiveConfig> configuration, Reloading reloading) {
        this.loop = loop;
        this.rulesKeeper = rulesKeeper;
        this.configuration = configuration;
        this.reloading = reloading;
    }

    @Override
    public StatusReport status() throws ControlException {
        Config config = configuration.get().config();
        LoopReport report = ask(loop::report);
        for (int i = 0; i < SWEEPS_LIMIT && !report.relay().swept(); i++) {
            report = ask(loop::report);
        }
        return new StatusReport(
                Main.version(),
                ProcessHandle.current().pid(),
                startedAt,
                Duration.ofNanos(System.nanoTime() - startedNanos),
                report.guestNetwork(),
                config.relay().reinject().key(),
                config.relay().errors().stream().map(Config.ErrorKind::key).toList(),
                config.relay().staticGuest().isPresent()
                        ? Optional.of(
                                Ipv4Address.text(config.relay().staticGuest().getAsInt()))
                        : Optional.empty(),
                rulesKeeper.state(),
                new StatusReport.Limits(
                        config.queue().number(),
                        config.queue().maxLength(),
                        config.queue().logGroup(),
                        config.probes().maxTtl(),
                        config.probes().capacity()),
                keepalive(config.keepalive().enabled()),
                report.relay());
    }

    /** What natexd-keepalive reports; empty if it does not run, and need not. */
    private static Optional<String> keepalive(boolean enabled) {
        Optional<String> reported = KeepaliveState.read();
        return reported.isEmpty() && enabled ? Optional.of(KEEPALIVE_MISSING) : reported;
    }

    @Override
    public MappingPage mappings(int from) throws ControlException {
        return ask(() -> loop.mappings(from));
    }

    @Override
    public EffectiveConfig config() {
        return configuration.get();
    }

    @Override
    public ReloadReport reload() throws ControlException {
        return reloading.reload();
    }

    @Override
    public Level logLevel() {
        return LogLevel.get();
    }

    @Override
    public void logLevel(Level changed) {
        Level before = LogLevel.get();
        // Reported at the more verbose of the two levels, so that the log shows why it becomes silent.
        LogLevel.set(before.toInt() < changed.toInt() ? before : changed);
        LOG.info("log level: {} -> {}", before, changed);
        LogLevel.set(changed);
    }

    @Override
    public void observe(@Nullable Observer observer) throws ControlException {
        await(loop.execute(() -> loop.observe(observer)));
    }

    private <T> T ask(Supplier<T> question) throws ControlException {
        return await(loop.ask(question));
    }

    private static <T> T await(Future<T> answer) throws ControlException {
        try {
            return answer.get(ANSWER_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw failed("natexd's loop has not responded for " + ANSWER_MILLIS + " ms: it is overloaded or hangs");
        } catch (CancellationException e) {
            throw failed("natexd is stopping");
        } catch (ExecutionException e) {
            throw failed("natexd's loop does not respond: " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed("interrupted");
        }
    }

    private static ControlException failed(String cause) {
        return new ControlException(
                ControlException.Kind.FAILED, cause, "try again; if it persists, sudo systemctl restart natexd");
    }
}
