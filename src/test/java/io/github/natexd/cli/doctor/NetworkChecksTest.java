package io.github.natexd.cli.doctor;

import static io.github.natexd.cli.doctor.CheckCase.unknown;
import static io.github.natexd.cli.doctor.CheckCase.wrong;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.cli.doctor.DaemonStatus.Trouble;
import io.github.natexd.cli.doctor.Facts.GuestNetwork;
import io.github.natexd.cli.doctor.Facts.Settings;
import io.github.natexd.cli.doctor.Facts.Vmware;
import io.github.natexd.config.Config;
import io.github.natexd.linux.netlink.Links.Link;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The guest network and the host's packet filter. */
class NetworkChecksTest {
    /** VMware has written its file, and natexd has not read it yet: only the network is missing. */
    @Test
    void aNetworkThatIsNotThereYetIsOneFinding() {
        HealthyFacts facts = new HealthyFacts();
        HealthyFacts.link(facts, null);
        facts.rules = HealthyFacts.answer(1, "absent: no rules");
        facts.control = HealthyFacts.answering(HealthyFacts.using(
                Optional.empty(), false, new Trouble("no NAT network is known", "set guest-network.interface")));

        List<DoctorFinding> findings = Check.all(facts.facts());

        assertEquals(
                List.of("interface"),
                findings.stream()
                        .filter(finding -> finding.state() == State.WRONG)
                        .map(DoctorFinding::check)
                        .toList());
        assertTrue(facts.finding(Check.INTERFACE).fix().contains("vmware-networks --start"));
        assertTrue(facts.finding(Check.RULES).fix().contains("see interface above"));
    }

    /** In VMware's network editor. */
    @Test
    void natThatWasMovedIsOneFindingWithTheNewName() {
        HealthyFacts facts = new HealthyFacts();
        facts.guestNetwork = new GuestNetwork(
                Optional.of("vmnet8"), Fact.known(new Vmware(true, List.of("vmnet2"))), Optional.empty(), List.of());
        facts.control =
                HealthyFacts.answering(HealthyFacts.using(Optional.of("vmnet8"), false, new Trouble("gone", "start")));

        List<DoctorFinding> wrong = Check.all(facts.facts()).stream()
                .filter(finding -> finding.state() == State.WRONG)
                .toList();

        assertEquals(List.of("vmware"), wrong.stream().map(DoctorFinding::check).toList());
        assertTrue(wrong.get(0).why().contains("NAT is on vmnet2"), wrong::toString);
        assertTrue(wrong.get(0).fix().contains("set it to \"vmnet2\""), wrong::toString);
    }

    static List<CheckCase> cases() {
        return List.of(
                wrong(
                        "no VMware",
                        Check.VMWARE,
                        facts -> HealthyFacts.vmware(facts, new Vmware(false, List.of())),
                        "not installed",
                        "install VMware"),
                wrong(
                        "no NAT",
                        Check.VMWARE,
                        facts -> HealthyFacts.vmware(facts, new Vmware(true, List.of())),
                        "no network with NAT",
                        "vmware-netcfg"),
                unknown(
                        "unreadable",
                        Check.VMWARE,
                        facts -> HealthyFacts.vmware(facts, Fact.unknown(CheckCase.ROOT_ONLY)),
                        CheckCase.ROOT_ONLY,
                        "guest-network.interface"),
                unknown(
                        "no name",
                        Check.INTERFACE,
                        facts -> HealthyFacts.vmware(facts, Fact.unknown(CheckCase.ROOT_ONLY)),
                        "not known",
                        "see vmware above"),
                wrong(
                        "none",
                        Check.INTERFACE,
                        facts -> HealthyFacts.link(facts, null),
                        "no interface vmnet8",
                        "vmware-networks --start"),
                wrong(
                        "down",
                        Check.INTERFACE,
                        facts -> HealthyFacts.link(facts, new Link(4, "vmnet8", false, false, 0)),
                        "is down",
                        "ip link set vmnet8 up"),
                wrong(
                        "without an address",
                        Check.INTERFACE,
                        facts -> facts.guestNetwork = new GuestNetwork(
                                Optional.of("vmnet8"),
                                facts.guestNetwork.vmware(),
                                facts.guestNetwork.link(),
                                List.of()),
                        "no IPv4 address",
                        "vmware-networks"),
                wrong(
                        "not joined",
                        Check.PROMISCUOUS,
                        facts -> HealthyFacts.link(facts, new Link(4, "vmnet8", true, false, 0)),
                        "not promiscuous",
                        "restart"),
                unknown(
                        "no interface",
                        Check.PROMISCUOUS,
                        facts -> HealthyFacts.link(facts, null),
                        "no guest network",
                        "see interface above"),
                unknown("stopped", Check.PROMISCUOUS, HealthyFacts::notRunning, "not running", "start"),
                wrong(
                        "off",
                        Check.FORWARDING,
                        facts -> facts.settings = verdict(),
                        "forwarding is off",
                        "sysctl -w net.ipv4.ip_forward=1"),
                unknown(
                        "policy",
                        Check.FORWARDING,
                        facts -> {
                            facts.settings = verdict();
                            facts.forwarding = Fact.known(true);
                            facts.ruleset = Fact.known(Ruleset.parse(
                                    RulesetTest.document("raw", true).replace("prerouting", "forward")));
                        },
                        "ip fw c",
                        "nft insert rule ip fw c ct state related accept"),
                unknown(
                        "not root",
                        Check.FIREWALL,
                        facts -> facts.ruleset = Fact.unknown(CheckCase.ROOT_ONLY),
                        CheckCase.ROOT_ONLY,
                        "sudo"),
                unknown(
                        "iptables-legacy",
                        Check.FIREWALL,
                        facts -> {
                            HealthyFacts.passed(facts, 9, 0);
                            facts.legacyTables = Fact.known(List.of("raw"));
                        },
                        "tables raw",
                        "iptables-legacy-save"),
                wrong(
                        "drops",
                        Check.FIREWALL,
                        facts -> chain(facts, false, "[{\"drop\": null}]"),
                        "ip fw c drops",
                        "nft insert rule ip fw c"),
                wrong("by default", Check.FIREWALL, facts -> chain(facts, true), "ip fw c drops", "nft insert rule"),
                unknown(
                        "some",
                        Check.FIREWALL,
                        facts -> chain(facts, false, "[{\"limit\": {\"rate\": 9}}, {\"drop\": null}]"),
                        "may drop",
                        "nft insert rule"));
    }

    private static Settings verdict() {
        Config.Relay relay = Config.defaults().relay();
        return HealthyFacts.settings(
                new Config.Relay(
                        relay.errors(), Config.Reinject.VERDICT, relay.staticGuest(), relay.maxErrorsPerSecond()),
                Config.defaults().rules());
    }

    private static void chain(HealthyFacts facts, boolean dropsByDefault, String... rules) {
        HealthyFacts.passed(facts, 0, 0);
        facts.ruleset = Fact.known(Ruleset.parse(RulesetTest.document("raw", dropsByDefault, rules)));
    }
}
