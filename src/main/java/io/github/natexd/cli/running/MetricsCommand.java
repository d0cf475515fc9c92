package io.github.natexd.cli.running;

import io.github.natexd.cli.form.ExitCodes;
import io.github.natexd.cli.form.JsonAnswer;
import io.github.natexd.control.ControlException;
import picocli.CommandLine.Command;

/** {@code natexctl metrics}: the metrics of a running natexd, for monitoring. */
@Command(
        name = "metrics",
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = ExitCodes.USAGE,
        description = {
            "Prints natexd's metrics in Prometheus' text format.",
            "If metrics.textfile is set, natexd also writes them regularly to that file, for node_exporter.",
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:printed",
            "1:natexd does not respond",
            "2:natexd is not running",
            "64:the command line is wrong",
            "77:only root and members of natexd's group may query natexd"
        })
public final class MetricsCommand extends DaemonCommand {
    @Override
    protected int ask() throws ControlException {
        out().print(JsonAnswer.read(line("metrics")).get("text").getAsString());
        return ExitCodes.OK;
    }
}
