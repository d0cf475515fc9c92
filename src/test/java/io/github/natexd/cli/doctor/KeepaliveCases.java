package io.github.natexd.cli.doctor;

import static io.github.natexd.cli.doctor.CheckCase.unknown;
import static io.github.natexd.cli.doctor.CheckCase.well;
import static io.github.natexd.cli.doctor.CheckCase.wrong;

import io.github.natexd.cli.doctor.Facts.Settings;
import io.github.natexd.config.Config;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** natexd-keepalive: what the settings want and what systemd says. */
final class KeepaliveCases {
    private static final String WORKS = "new TCP connections of vmnet-natd send keepalives (process 9)";

    private KeepaliveCases() {}

    static List<CheckCase> cases() {
        Check check = Check.KEEPALIVE;
        return List.of(
                well("off", check, facts -> service(facts, false, "loaded", "inactive", "disabled", ""), "off"),
                well(
                        "off, not installed",
                        check,
                        facts -> service(facts, false, "not-found", "inactive", "", ""),
                        "off"),
                well("off, unseen", check, facts -> facts.keepalive = Fact.unknown("no answer"), "off"),
                wrong(
                        "enabled, settings say no",
                        check,
                        facts -> service(facts, false, "loaded", "failed", "enabled", ""),
                        "is enabled and failed, but keepalive.enabled is false",
                        "disable --now natexd-keepalive"),
                well("works", check, facts -> service(facts, true, "loaded", "active", "enabled", WORKS), WORKS),
                unknown(
                        "no NAT",
                        check,
                        facts ->
                                service(facts, true, "loaded", "active", "enabled", "waiting for VMware's NAT process"),
                        "waiting for",
                        "start VMware's services"),
                wrong(
                        "cannot attach",
                        check,
                        facts -> service(
                                facts, true, "loaded", "active", "enabled", "no keepalives for process 9: EPERM"),
                        "EPERM",
                        "journalctl -u natexd-keepalive"),
                wrong(
                        "not started",
                        check,
                        facts -> service(facts, true, "loaded", "inactive", "disabled", ""),
                        "is inactive",
                        "systemctl enable --now natexd-keepalive"),
                wrong(
                        "failed",
                        check,
                        facts -> service(facts, true, "loaded", "failed", "enabled", ""),
                        "is failed",
                        "journalctl"),
                wrong(
                        "not installed",
                        check,
                        facts -> service(facts, true, "not-found", "inactive", "", ""),
                        "there is no natexd-keepalive.service (not-found)",
                        "install"),
                unknown(
                        "no systemd",
                        check,
                        facts -> {
                            service(facts, true, "", "", "", "");
                            facts.keepalive = Fact.known(Optional.empty());
                        },
                        "systemd does not run here",
                        "natexd keepalive"),
                unknown(
                        "unseen",
                        check,
                        facts -> {
                            service(facts, true, "", "", "", "");
                            facts.keepalive = Fact.unknown("systemctl says no");
                        },
                        "systemctl says no",
                        "systemctl status"));
    }

    private static void service(
            HealthyFacts facts, boolean wanted, String load, String active, String enabled, String status) {
        Config defaults = Config.defaults();
        facts.settings = new Settings(
                "natexd.toml",
                Fact.known(List.of()),
                new Config(
                        defaults.queue(),
                        defaults.guestNetwork(),
                        defaults.relay(),
                        defaults.probes(),
                        defaults.rules(),
                        defaults.control(),
                        defaults.metrics(),
                        new Config.Keepalive(wanted, 60, 15, 4, OptionalInt.empty())));
        facts.keepalive = Fact.known(Optional.of(new KeepaliveChecks.Service(load, active, enabled, status)));
    }
}
