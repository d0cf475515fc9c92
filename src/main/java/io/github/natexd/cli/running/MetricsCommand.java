package io.github.natexd.cli.running;

import io.github.natexd.cli.form.ExitCodes;
import io.github.natexd.cli.form.JsonAnswer;
import io.github.natexd.control.ControlException;
import picocli.CommandLine.Command;

/** {@code natexctl metrics}: for whoever scrapes. */
@Command(
        name = "metrics",
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = ExitCodes.USAGE,
        description = {
            "Prints natexd's metrics as OpenMetrics text, which Prometheus reads.",
            "With [metrics] textfile, natexd itself writes them for node_exporter now and then.",
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:printed",
            "1:natexd does not answer",
            "2:it does not run",
            "64:the command line is wrong",
            "77:only root and members of its group may ask"
        })
public final class MetricsCommand extends DaemonCommand {
    @Override
    int ask() throws ControlException {
        out().print(JsonAnswer.read(line("metrics")).get("text").getAsString());
        return ExitCodes.OK;
    }
}
