package io.github.natexd.cli.running;

import com.google.gson.JsonObject;
import io.github.natexd.cli.form.ExitCodes;
import io.github.natexd.cli.form.JsonAnswer;
import io.github.natexd.cli.form.OutputForm;
import io.github.natexd.cli.form.PlainRows;
import io.github.natexd.control.ControlException;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;

/** {@code natexctl status}: whether natexd works, and what it has done. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = ExitCodes.USAGE,
        description = "Reports whether natexd works and what it has done; if it does not work, why and what to do.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:natexd works",
            "1:natexd is degraded or does not respond; the output says which",
            "2:natexd is not running",
            "64:the command line is wrong",
            "77:only root and members of natexd's group may query natexd"
        })
public final class StatusCommand extends DaemonCommand {
    @ArgGroup
    private final OutputForm form = new OutputForm();

    @Override
    protected int ask() throws ControlException {
        String line = line("status");
        JsonObject status = JsonAnswer.read(line);
        if (form.json()) {
            out().println(line);
        } else if (form.plain()) {
            PlainRows.print(out(), status);
        } else {
            new StatusText(out(), spec().commandLine().getColorScheme().ansi()).print(status);
        }
        return exitCode(status);
    }

    static int exitCode(JsonObject status) {
        return status.get("state").getAsString().equals("working") ? ExitCodes.OK : ExitCodes.FAILED;
    }
}
