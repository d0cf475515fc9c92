package io.github.natexd.cli.doctor;

import static io.github.natexd.cli.doctor.CheckCase.unknown;
import static io.github.natexd.cli.doctor.CheckCase.well;
import static io.github.natexd.cli.doctor.CheckCase.wrong;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.cli.doctor.DaemonStatus.Trait;
import io.github.natexd.cli.doctor.DaemonStatus.Trouble;
import io.github.natexd.cli.doctor.Facts.Running;
import io.github.natexd.cli.doctor.Facts.Settings;
import io.github.natexd.cli.doctor.Facts.Unit;
import io.github.natexd.cli.doctor.Facts.Vmware;
import io.github.natexd.config.Config;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The configuration, the process and its service. */
class DaemonChecksTest {
    /** Counts are never reset while natexd runs: an overflow of last week is no fault of today. */
    @Test
    void onlyAWarningWhoseCountGrowsIsWrong() {
        DaemonStatus before = warning("5 errors found the queue full");
        HealthyFacts facts = new HealthyFacts();

        facts.control = HealthyFacts.answering(before.comparedWith(before));
        DoctorFinding old = facts.finding(Check.HEALTH);
        assertEquals(State.WARNING, old.state());
        assertEquals(
                "5 errors found the queue full; counted since 2026-01-02T03:04:05Z, when natexd started 2 h ago;"
                        + " none while doctor ran",
                old.why());
        assertTrue(old.fix().startsWith("raise queue.max-length"), old::fix);

        facts.control =
                HealthyFacts.answering(warning("7 errors found the queue full").comparedWith(before));
        DoctorFinding ongoing = facts.finding(Check.HEALTH);
        assertEquals(State.WRONG, ongoing.state());
        assertEquals("7 errors found the queue full (some of them while doctor ran)", ongoing.why());
        assertEquals("raise queue.max-length", ongoing.fix());
    }

    static List<CheckCase> cases() {
        return List.of(
                wrong(
                        "mistakes",
                        Check.CONFIGURATION,
                        facts -> facts.settings = new Settings(
                                "natexd.toml",
                                Fact.known(List.of("natexd.toml:2:1: unknown key ttl")),
                                Config.defaults()),
                        "natexd.toml:2:1: unknown key",
                        "natexctl check-config"),
                unknown(
                        "not for everybody",
                        Check.CONFIGURATION,
                        facts -> facts.settings =
                                new Settings("natexd.toml", Fact.unknown(CheckCase.ROOT_ONLY), Config.defaults()),
                        CheckCase.ROOT_ONLY,
                        "as root"),
                wrong("stopped", Check.DAEMON, HealthyFacts::notRunning, "not running", "systemctl start natexd"),
                unknown("hidden", Check.DAEMON, facts -> facts.process = Fact.unknown("hidepid"), "hidepid", "as root"),
                unknown("stopped", Check.CONTROL, HealthyFacts::notRunning, "not running", "start"),
                wrong(
                        "silent",
                        Check.CONTROL,
                        facts -> facts.control = HealthyFacts.silent(false),
                        "does not respond",
                        "--socket"),
                unknown(
                        "refused",
                        Check.CONTROL,
                        facts -> facts.control = HealthyFacts.silent(true),
                        "trouble",
                        "remedy"),
                well(
                        "no systemd",
                        Check.SERVICE,
                        facts -> facts.service = Fact.known(Optional.empty()),
                        "systemd does not run"),
                wrong(
                        "failed",
                        Check.SERVICE,
                        facts -> unit(facts, "loaded", "failed", "enabled"),
                        "failed",
                        "journalctl"),
                wrong(
                        "stopped",
                        Check.SERVICE,
                        facts -> unit(facts, "loaded", "inactive", "enabled"),
                        "inactive",
                        "start"),
                wrong(
                        "disabled",
                        Check.SERVICE,
                        facts -> unit(facts, "loaded", "active", "disabled"),
                        "disabled",
                        "enable"),
                well("by hand", Check.SERVICE, facts -> unit(facts, "not-found", "inactive", ""), "started by hand"),
                unknown(
                        "not installed",
                        Check.SERVICE,
                        facts -> unit(facts.notRunning(), "not-found", "inactive", ""),
                        "no natexd.service",
                        "package"),
                unknown(
                        "bus away",
                        Check.SERVICE,
                        facts -> facts.service = Fact.unknown("no bus"),
                        "no bus",
                        "systemctl status"),
                wrong("none", Check.CAPABILITIES, facts -> capable(facts, 0), "CAP_NET_ADMIN CAP_NET_RAW", "Ambient"),
                wrong("half", Check.CAPABILITIES, facts -> capable(facts, 1L << 12), "lacks CAP_NET_RAW", "Ambient"),
                well("root", Check.CAPABILITIES, facts -> capable(facts, -1), "others that it does not need"),
                unknown("stopped", Check.CAPABILITIES, HealthyFacts::notRunning, "not running", "start"),
                wrong(
                        "withheld",
                        Check.CAPABILITIES,
                        facts -> {
                            facts.notRunning();
                            facts.service = Fact.known(Optional.of(
                                    new Unit("natexd.service", "loaded", "failed", "enabled", Set.of("cap_net_raw"))));
                        },
                        "natexd.service does not grant natexd CAP_NET_ADMIN",
                        "systemctl cat natexd.service"),
                wrong(
                        "complains",
                        Check.HEALTH,
                        facts -> facts.control = HealthyFacts.answering(HealthyFacts.status(
                                List.of(new Trouble("the queue was full", "raise queue.max-length")),
                                HealthyFacts.YES,
                                HealthyFacts.YES,
                                "no")),
                        "the queue was full",
                        "raise queue.max-length"),
                wrong(
                        "has not noticed that NAT was moved",
                        Check.HEALTH,
                        facts -> HealthyFacts.vmware(facts, new Vmware(true, List.of("vmnet2"))),
                        "natexd uses vmnet8, but the guest network is vmnet2",
                        "restart natexd"),
                unknown("stopped", Check.HEALTH, HealthyFacts::notRunning, "not running", "start"));
    }

    private static DaemonStatus warning(String words) {
        Trait none = HealthyFacts.UNKNOWN;
        return new DaemonStatus(
                HealthyFacts.NATEXD,
                "1.0",
                Optional.of("vmnet8"),
                true,
                9,
                0,
                "2026-01-02T03:04:05Z",
                7200,
                List.of(),
                List.of(new Trouble(words, "raise queue.max-length")),
                none,
                none,
                none,
                none,
                List.of());
    }

    private static void unit(HealthyFacts facts, String load, String active, String enabled) {
        facts.service = Fact.known(Optional.of(HealthyFacts.unit(load, active, enabled)));
    }

    private static void capable(HealthyFacts facts, long capabilities) {
        facts.process = Fact.known(Optional.of(new Running(HealthyFacts.NATEXD, Fact.known(capabilities))));
    }
}
