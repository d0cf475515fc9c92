package io.github.natexd.cli.doctor;

import static io.github.natexd.cli.doctor.CheckCase.unknown;
import static io.github.natexd.cli.doctor.CheckCase.well;
import static io.github.natexd.cli.doctor.CheckCase.wrong;

import io.github.natexd.cli.doctor.Facts.Holder;
import io.github.natexd.config.Config;
import java.util.List;
import java.util.Optional;

/** natexd's rules, queue and log group. */
final class RulesCases {
    private RulesCases() {}

    static List<CheckCase> cases() {
        return List.of(
                wrong(
                        "gone",
                        Check.RULES,
                        facts -> facts.rules = HealthyFacts.answer(1, "absent: no rules"),
                        "absent",
                        "restart"),
                wrong(
                        "left",
                        Check.RULES,
                        HealthyFacts::notRunning,
                        "not running, but its rules",
                        "sudo /usr/local/lib/natexd/libexec/natexd-rules remove"),
                unknown(
                        "stopped",
                        Check.RULES,
                        facts -> facts.notRunning().rules = HealthyFacts.answer(1, "absent"),
                        "loads the rules when it starts",
                        "start"),
                unknown(
                        "for an unknown network",
                        Check.RULES,
                        facts -> HealthyFacts.vmware(facts, Fact.unknown(CheckCase.ROOT_ONLY)),
                        "expected rules",
                        "see vmware above"),
                unknown(
                        "not root",
                        Check.RULES,
                        facts -> facts.rules = HealthyFacts.answer(77, "no permission"),
                        "only root",
                        "sudo"),
                wrong(
                        "gone, and loaded by somebody else",
                        Check.RULES,
                        facts -> {
                            facts.settings =
                                    HealthyFacts.settings(Config.defaults().relay(), new Config.Rules(false));
                            facts.rules = HealthyFacts.answer(1, "absent: no rules");
                        },
                        "absent",
                        "sudo /usr/local/lib/natexd/libexec/natexd-rules install --queue 5511 --log-group 5511"
                                + " --interface vmnet8 --types time-exceeded,destination-unreachable --max-ttl 60"
                                + " --reinject frame"),
                unknown(
                        "script failed",
                        Check.RULES,
                        facts -> facts.rules = HealthyFacts.answer(127, "not found"),
                        "not found",
                        "sudo /usr/local/lib/natexd/libexec/natexd-rules status --queue 5511"),
                wrong(
                        "no nft",
                        Check.RULES,
                        facts -> {
                            facts.programs = SystemCases.programs("", false, true);
                            facts.rules = HealthyFacts.answer(69, "nft is missing");
                        },
                        "nft is missing",
                        "install it: sudo apt install nftables"),
                wrong(
                        "no way to queue",
                        Check.RULES,
                        facts -> facts.rules = HealthyFacts.answer(69, "neither nft nor iptables can queue packets"),
                        "can queue",
                        "install it: sudo apt install iptables"),
                unknown(
                        "no probes",
                        Check.COUNTERS,
                        facts -> HealthyFacts.passed(facts, 0, 0),
                        "0 probes",
                        "traceroute"),
                unknown(
                        "no errors",
                        Check.COUNTERS,
                        facts -> HealthyFacts.passed(facts, 9, 0),
                        "0 ICMP errors",
                        "a firewall (see firewall below), or rp_filter"),
                wrong(
                        "unbound",
                        Check.QUEUE,
                        facts -> facts.queue = Fact.known(Optional.empty()),
                        "no process reads",
                        "restart"),
                wrong(
                        "foreign",
                        Check.QUEUE,
                        facts -> facts.queue = foreign(),
                        "process 99 (suricata)",
                        "queue.number"),
                wrong(
                        "taken before natexd could start",
                        Check.QUEUE,
                        facts -> facts.notRunning().queue = foreign(),
                        "process 99 (suricata)",
                        "queue.number"),
                unknown(
                        "free",
                        Check.QUEUE,
                        facts -> facts.notRunning().queue = Fact.known(Optional.empty()),
                        "no process reads",
                        "start"),
                unknown(
                        "not root",
                        Check.QUEUE,
                        facts -> facts.queue = Fact.unknown(CheckCase.ROOT_ONLY),
                        CheckCase.ROOT_ONLY,
                        "sudo"),
                unknown(
                        "in another process namespace",
                        Check.QUEUE,
                        facts -> facts.queue = Fact.known(Optional.of(new Holder(123, 0, "", 0))),
                        "port id 123",
                        "namespace of the host"),
                well(
                        "overflowed",
                        Check.QUEUE,
                        facts -> facts.queue = Fact.known(Optional.of(new Holder(1, HealthyFacts.NATEXD, "java", 5))),
                        "5 packets did not fit"),
                wrong("foreign", Check.LOG_GROUP, facts -> facts.logGroup = foreign(), "suricata", "queue.log-group"),
                unknown(
                        "not root",
                        Check.LOG_GROUP,
                        facts -> facts.logGroup = Fact.unknown(CheckCase.ROOT_ONLY),
                        CheckCase.ROOT_ONLY,
                        "sudo"));
    }

    private static Fact<Optional<Holder>> foreign() {
        return Fact.known(Optional.of(new Holder(99, 99, "suricata", 0)));
    }
}
