package io.github.natexd.cli.lab;

import io.github.natexd.lab.scenario.TunPing;
import picocli.CommandLine.Command;

/** {@code natexctl lab tun-ping}. */
@Command(
        name = "tun-ping",
        description =
                "Shows what a program behind a TUN device can do with pings: fake the replies, send the pings in a"
                        + " loop, or forward them through a socket bound to the uplink (takes five seconds).")
final class LabTunPing extends ScenarioCommand {
    LabTunPing() {
        this(new TunPing());
    }

    LabTunPing(TunPing scenario) {
        super(scenario);
    }
}
