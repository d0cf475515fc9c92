package io.github.natexd.cli.running;

import io.github.natexd.cli.form.ExitCodes;
import io.github.natexd.cli.form.JsonAnswer;
import io.github.natexd.control.ControlException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code natexctl log-level}: how much a running natexd logs. */
@Command(
        name = "log-level",
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = ExitCodes.USAGE,
        description = {
            "Shows natexd's log level, or changes it until natexd restarts. A change needs root.",
            "NATEXD_LOG_LEVEL in /etc/default/natexd sets the level at the start.",
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:shown or changed",
            "1:natexd does not respond",
            "2:natexd is not running",
            "64:the command line is wrong",
            "77:only root and members of natexd's group may query natexd, and only root may change it"
        })
public final class LogLevelCommand extends DaemonCommand {
    private enum Level {
        TRACE,
        DEBUG,
        INFO,
        WARN,
        ERROR;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Parameters(arity = "0..1", paramLabel = "LEVEL", description = "${COMPLETION-CANDIDATES}")
    private @Nullable Level level;

    @Option(names = "--json", description = "JSON; its fields are stable")
    private boolean json;

    @Override
    protected int ask() throws ControlException {
        String line = line(level == null ? "log-level" : "log-level " + level);
        String present = JsonAnswer.read(line).get("level").getAsString();
        out().println(json ? line : present);
        return ExitCodes.OK;
    }
}
