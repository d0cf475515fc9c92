package io.github.natexd.cli.running;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.natexd.cli.form.ExitCodes;
import io.github.natexd.cli.form.JsonAnswer;
import io.github.natexd.control.ControlClient;
import io.github.natexd.control.ControlException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code natexctl reload}: what SIGHUP does, and an answer. */
@Command(
        name = "reload",
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = ExitCodes.USAGE,
        description = {
            "Lets natexd read its configuration again and tells what changed. Mappings and queued packets stay. With a"
                    + " mistake in the file, the running configuration stays, too. Needs root.",
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:reloaded",
            "1:refused, as told, or natexd does not answer",
            "2:it does not run",
            "64:the command line is wrong",
            "77:only root may change natexd"
        })
public final class ReloadCommand extends DaemonCommand {
    @Option(names = "--json", description = "JSON; the fields are stable, see natexd's control.md")
    private boolean json;

    @Override
    int ask() throws ControlException {
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
