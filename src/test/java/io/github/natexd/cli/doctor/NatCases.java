package io.github.natexd.cli.doctor;

import static io.github.natexd.cli.doctor.CheckCase.unknown;
import static io.github.natexd.cli.doctor.CheckCase.well;

import io.github.natexd.cli.doctor.DaemonStatus.Trait;
import io.github.natexd.cli.doctor.Facts.Control;
import io.github.natexd.cli.doctor.Facts.Settings;
import io.github.natexd.config.Config;
import java.util.List;
import java.util.Optional;

/** What natexd has seen of guests and of the NAT process. */
final class NatCases {
    private NatCases() {}

    static List<CheckCase> cases() {
        return List.of(
                unknown("none", Check.GUESTS, facts -> facts.control = quiet(), "no probe of a guest", "traceroute"),
                well(
                        "errors about other packets",
                        Check.MAX_TTL,
                        facts -> facts.control = missing(2),
                        "up to 60 (probes.max-ttl); 2 errors about other packets"),
                well("none", Check.MAX_TTL, facts -> facts.control = missing(0), "no error about any other packet"),
                well(
                        "any TTL",
                        Check.MAX_TTL,
                        facts -> {
                            facts.settings = largestTtl();
                            facts.control = missing(2);
                        },
                        "any (probes.max-ttl = 255)"),
                unknown("stopped", Check.MAX_TTL, HealthyFacts::notRunning, "not running", "start"),
                unknown("unseen", Check.NAT_TTL, facts -> facts.control = quiet(), "no probe", "traceroute"),
                well(
                        "decremented",
                        Check.NAT_TTL,
                        facts -> facts.control = HealthyFacts.answering(
                                HealthyFacts.status(List.of(), HealthyFacts.NO, HealthyFacts.YES, "no")),
                        "lowers the TTL of probes by one: guests see a star or the gateway as the first hop"),
                well(
                        "sometimes, and unseen",
                        Check.NAT_TTL,
                        facts -> facts.control = HealthyFacts.answering(
                                HealthyFacts.status(List.of(), new Trait("mixed", "unknown"), HealthyFacts.YES, "no")),
                        "UDP: it sometimes lowers the TTL of probes by one: guests see a star or the gateway as the first"
                                + " hop; echo: not known yet"),
                unknown("unseen", Check.NAT_IDENTIFICATION, facts -> facts.control = quiet(), "no probe", "traceroute"),
                unknown("unseen", Check.NAT_PORTS, facts -> facts.control = quiet(), "no probe", "traceroute"),
                well("rewritten", Check.NAT_PORTS, facts -> {}, "rewrites source ports or ICMP identifiers"),
                unknown("unseen", Check.NAT_LEAVING, facts -> facts.control = quiet(), "no probe", "traceroute"),
                unknown("unseen", Check.NAT_ERRORS, facts -> facts.control = quiet(), "no error", "traceroute"),
                well(
                        "the NAT's",
                        Check.NAT_ERRORS,
                        facts -> facts.control = HealthyFacts.answering(
                                HealthyFacts.status(List.of(), HealthyFacts.YES, HealthyFacts.YES, "yes")),
                        "it delivers: time-exceeded about udp"),
                unknown("stopped", Check.NAT_ERRORS, HealthyFacts::notRunning, "not running", "start"),
                unknown(
                        "silent",
                        Check.NAT_ERRORS,
                        facts -> facts.control = HealthyFacts.silent(true),
                        "trouble",
                        "remedy"));
    }

    private static Control missing(long unmatchedErrors) {
        return HealthyFacts.answering(
                HealthyFacts.status(List.of(), HealthyFacts.YES, HealthyFacts.YES, "no", unmatchedErrors));
    }

    private static Settings largestTtl() {
        Config defaults = Config.defaults();
        Config config = new Config(
                defaults.queue(),
                defaults.guestNetwork(),
                defaults.relay(),
                new Config.Probes(255, 30, 65_536),
                defaults.rules(),
                defaults.control(),
                defaults.metrics(),
                defaults.keepalive());
        return new Settings("/etc/natexd/natexd.toml", Fact.known(List.of()), config);
    }

    private static Control quiet() {
        return HealthyFacts.answering(HealthyFacts.using(Optional.of("vmnet8"), true));
    }
}
