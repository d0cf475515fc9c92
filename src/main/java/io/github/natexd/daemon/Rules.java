package io.github.natexd.daemon;

import io.github.natexd.config.Config;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads, checks and removes natexd's packet filter rules by running libexec/natexd-rules. */
final class Rules {
    private static final Logger LOG = LoggerFactory.getLogger(Rules.class);
    /** The script takes a tenth of a second; on a busy emulated machine, seconds. */
    private static final Duration LIMIT = Duration.ofSeconds(10);
    /**
     * Shorter, so that natexd ends within the unit's TimeoutStopSec; if this is exceeded, ExecStopPost removes the
     * rules.
     */
    private static final Duration REMOVE_LIMIT = Duration.ofSeconds(5);

    /** The script's option for a call by natexd itself; natexd-rules explains it. */
    private static final String DAEMON = "--daemon";

    private final Path script;
    private final boolean managed;
    private final boolean forwarded;
    private final List<String> options;

    Rules(Path script, Config config, String interfaceName) throws StartException {
        if (!Files.isExecutable(script)) {
            throw new StartException(
                    ExitCode.UNAVAILABLE,
                    script + " is missing or not executable; reinstall natexd, or set rules.manage = false and load the"
                            + " rules yourself");
        }
        this.script = script;
        managed = config.rules().manage();
        forwarded = config.relay().reinject() == Config.Reinject.VERDICT;
        options = config.rulesOptions(interfaceName);
    }

    boolean isSameAs(Rules other) {
        return managed == other.managed && options.equals(other.options);
    }

    /** Whether natexd loads them. */
    boolean isManaged() {
        return managed;
    }

    /** Whether the kernel has to forward the errors that natexd has rewritten. */
    boolean needForwarding() {
        return forwarded;
    }

    /** The command that loads the rules, if natexd does not manage them. */
    String installCommand() {
        return script + " install " + String.join(" ", options);
    }

    /** Loads the rules; returns the script's report. */
    String install() throws StartException {
        ChildProcess.Result result = run("install", LIMIT);
        if (result.exitCode() != 0) {
            throw new StartException(ExitCode.of(result.exitCode()), result.output());
        }
        return result.output();
    }

    /** Exit code 0 if the rules are complete and, if natexd manages them, loaded by natexd. */
    ChildProcess.Result status() throws StartException {
        return run("status", LIMIT);
    }

    /** Removes the rules that natexd has loaded, under this or an earlier configuration. */
    void remove() {
        try {
            LOG.info("{}", run(List.of("remove", DAEMON), REMOVE_LIMIT).output());
        } catch (StartException e) {
            LOG.warn("cannot remove the rules: {}", e.getMessage());
        }
    }

    private ChildProcess.Result run(String verb, Duration limit) throws StartException {
        List<String> words = new ArrayList<>(List.of(verb));
        words.addAll(options);
        if (managed) {
            words.add(DAEMON);
        }
        return run(words, limit);
    }

    private ChildProcess.Result run(List<String> words, Duration limit) throws StartException {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(words);
        try {
            return ChildProcess.run(command, limit);
        } catch (IOException e) {
            throw new StartException(ExitCode.FAILURE, String.valueOf(e.getMessage())); // such as too few descriptors
        } catch (TimeoutException e) {
            throw new StartException(ExitCode.FAILURE, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartException(ExitCode.FAILURE, "interrupted while running " + script);
        }
    }

    /** The script is in libexec, beside the directory of the jar. */
    static Path installedScript() {
        try {
            Path jar = Path.of(Rules.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return jar.resolveSibling("../libexec/natexd-rules").normalize();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the jar has no path", e);
        }
    }
}
