package io.github.natexd.cli.lab;

import io.github.natexd.lab.scenario.TapInject;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code natexctl lab tap-inject}. */
@Command(
        name = "tap-inject",
        mixinStandardHelpOptions = true,
        description =
                "Shows how a SYN that a firewall drops can still reach a server: not through a TUN device, but through"
                        + " a TAP device in a bridge (takes five seconds).",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every step was as expected",
            "1:a step was not as expected, or could not be run",
            "2:the command line is wrong",
            "73:a capture cannot be written, or exists already"
        })
final class LabTapInject implements Callable<Integer> {
    private final TapInject scenario;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Mixin
    private ScenarioRun run = new ScenarioRun();

    LabTapInject() {
        this(new TapInject());
    }

    LabTapInject(TapInject scenario) {
        this.scenario = scenario;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        return run.play(scenario, spec.commandLine());
    }
}
