package io.github.natexd.cli.running;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.natexd.cli.form.ExitCodes;
import io.github.natexd.cli.form.JsonAnswer;
import io.github.natexd.control.ControlException;
import io.github.natexd.control.ControlException.Kind;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code natexctl wait}: returns when natexd works. */
@Command(
        name = "wait",
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = ExitCodes.USAGE,
        description = "Waits until natexd works, for at most --timeout seconds.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:natexd works",
            "1:natexd is still degraded or does not respond; the output says which",
            "2:natexd is still not running",
            "64:the command line is wrong",
            "77:only root and members of natexd's group may query natexd"
        })
public final class WaitCommand extends DaemonCommand {
    private static final long PAUSE_MILLIS = 200;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "the longest time to wait (default: ${DEFAULT-VALUE})")
    private int timeoutSeconds;

    @Override
    protected int ask() throws ControlException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(timeoutSeconds);
        ControlException reason = notYet();
        while (reason != null && System.nanoTime() - end < 0) {
            pause();
            reason = notYet();
        }
        if (reason != null) {
            throw reason;
        }
        return ExitCodes.OK;
    }

    /** Why natexd does not work yet; null if it works. @throws ControlException if waiting cannot help */
    private @Nullable ControlException notYet() throws ControlException {
        try {
            JsonObject status = JsonAnswer.read(line("status"));
            return StatusCommand.exitCode(status) == ExitCodes.OK ? null : degraded(status);
        } catch (ControlException e) {
            if (e.kind() == Kind.REFUSED) {
                throw e;
            }
            return e;
        }
    }

    private static ControlException degraded(JsonObject status) {
        return new ControlException(Kind.FAILED, "natexd is degraded: " + all(status, "problem"), all(status, "fix"));
    }

    private static String all(JsonObject status, String field) {
        return StreamSupport.stream(status.getAsJsonArray("problems").spliterator(), false)
                .map(JsonElement::getAsJsonObject)
                .map(problem -> problem.get(field).getAsString())
                .collect(Collectors.joining("; "));
    }

    private static void pause() throws ControlException {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ControlException(Kind.FAILED, "interrupted", "wait again");
        }
    }
}
