package io.github.natexd.cli.lab;

import io.github.natexd.lab.scenario.TunPing;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code natexctl lab tun-ping}. */
@Command(
        name = "tun-ping",
        mixinStandardHelpOptions = true,
        description =
                "Shows what a program behind a TUN device can do with pings: fake the replies, send the pings in a"
                        + " loop, or forward them through a socket bound to the uplink (takes five seconds).",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every step was as expected",
            "1:a step was not as expected, or could not be run",
            "2:the command line is wrong",
            "73:a capture cannot be written, or exists already"
        })
final class LabTunPing implements Callable<Integer> {
    private final TunPing scenario;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Mixin
    private ScenarioRun run = new ScenarioRun();

    LabTunPing() {
        this(new TunPing());
    }

    LabTunPing(TunPing scenario) {
        this.scenario = scenario;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        return run.play(scenario, spec.commandLine());
    }
}
