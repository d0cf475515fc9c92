package io.github.natexd.cli.running;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.natexd.cli.form.ExitCodes;
import io.github.natexd.cli.form.JsonAnswer;
import io.github.natexd.control.ControlClient;
import io.github.natexd.control.ControlException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code natexctl reload}: does what SIGHUP does, and reports the result. */
@Command(
        name = "reload",
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = ExitCodes.USAGE,
        description = {
            "Makes natexd read its configuration again, and reports what changed. natexd keeps its mappings and the"
                    + " queued packets. If the file is invalid or its rules cannot be loaded, the current"
                    + " configuration stays in force. Needs root.",
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:reloaded",
            "1:not reloaded (the message says why), or natexd does not respond",
            "2:natexd is not running",
            "64:the command line is wrong",
            "77:only root may change natexd"
        })
public final class ReloadCommand extends DaemonCommand {
    @Option(names = "--json", description = "JSON; its fields are stable")
    private boolean json;

    @Override
    protected int ask() throws ControlException {
        String line;
        try (ControlClient client = sendAndWait("reload")) {
            line = client.line();
        }
        JsonObject report = JsonAnswer.read(line);
        if (json) {
            out().println(line);
            return ExitCodes.OK;
        }
        boolean same = report.getAsJsonArray("changed").isEmpty()
                && report.getAsJsonArray("needRestart").isEmpty();
        out().println(same ? "reloaded; nothing changed" : "reloaded");
        for (JsonElement change : report.getAsJsonArray("changed")) {
            out().println("  " + change.getAsString());
        }
        for (JsonElement change : report.getAsJsonArray("needRestart")) {
            out().println("  " + change.getAsString() + " (needs a restart)");
        }
        return ExitCodes.OK;
    }
}
