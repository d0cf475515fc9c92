package io.github.natexd.cli.lab;

import io.github.natexd.lab.scenario.TapInject;
import picocli.CommandLine.Command;

/** {@code natexctl lab tap-inject}. */
@Command(
        name = "tap-inject",
        description =
                "Shows how a SYN that a firewall drops can still reach a server: not through a TUN device, but through"
                        + " a TAP device in a bridge (takes five seconds).")
final class LabTapInject extends ScenarioCommand {
    LabTapInject() {
        this(new TapInject());
    }

    LabTapInject(TapInject scenario) {
        super(scenario);
    }
}
