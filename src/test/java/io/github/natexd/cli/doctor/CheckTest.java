package io.github.natexd.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.cli.doctor.DaemonStatus.Trait;
import io.github.natexd.cli.doctor.DaemonStatus.Trouble;
import io.github.natexd.cli.doctor.Facts.Caller;
import io.github.natexd.cli.doctor.Facts.Control;
import io.github.natexd.cli.doctor.Facts.GuestNetwork;
import io.github.natexd.cli.doctor.Facts.Holder;
import io.github.natexd.cli.doctor.Facts.Kernel;
import io.github.natexd.cli.doctor.Facts.Passed;
import io.github.natexd.cli.doctor.Facts.Programs;
import io.github.natexd.cli.doctor.Facts.Running;
import io.github.natexd.cli.doctor.Facts.Settings;
import io.github.natexd.cli.doctor.Facts.Unit;
import io.github.natexd.cli.doctor.Facts.Vmware;
import io.github.natexd.config.Config;
import io.github.natexd.linux.netlink.Links.Link;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each check, with each thing broken that it is about, as facts: what cannot be broken in a namespace, too. */
class CheckTest {
    private static final String ROOT_ONLY = "only root sees it";
    private static final Optional<Unit> NO_SYSTEMD = Optional.empty();

    /**
     * One way to break or hide something.
     *
     * @param why what the finding has to tell
     * @param fix what it has to advise
     */
    record Case(String story, Check check, Consumer<HealthyFacts> change, State state, String why, String fix) {
        @Override
        public String toString() {
            return check.word() + ": " + story;
        }
    }

    @Test
    void aHealthySystemHasNothingToMend() {
        for (DoctorFinding finding : Check.all(new HealthyFacts().facts())) {
            assertEquals(State.OK, finding.state(), finding::toString);
            assertEquals("", finding.fix(), finding::toString);
            assertFalse(finding.why().isBlank(), finding::toString);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void seesWhatIsBrokenOrHiddenAndSaysWhatToDo(Case broken) {
        HealthyFacts facts = new HealthyFacts();
        broken.change().accept(facts);

        DoctorFinding finding = facts.finding(broken.check());

        assertEquals(broken.state(), finding.state(), finding::toString);
        assertTrue(finding.why().contains(broken.why()), finding::toString);
        assertTrue(finding.fix().contains(broken.fix()), finding::toString);
        assertEquals(broken.state() == State.OK, finding.fix().isEmpty(), finding::toString);
    }

    /** A check that no case breaks, or of which no case says that it is unknown where it can be, would be decoration. */
    @Test
    void everyCheckHasACaseThatIsNotWell() {
        for (Check check : Check.values()) {
            assertTrue(cases().anyMatch(each -> each.check() == check && each.state() != State.OK), check::word);
        }
    }

    /** Neither process nor permission: nothing of what only these show may be called wrong. */
    @Test
    void whatNobodyCouldSeeIsUnknownNotWrong() {
        HealthyFacts facts = new HealthyFacts();
        facts.caller = new Caller(1000, 0);
        facts.process = Fact.unknown(ROOT_ONLY);
        facts.control = new Control("/run/natexd/control.sock", Optional.empty(), "only for root", "sudo", true);
        facts.rules = Fact.known(new Program.Result(77, "no permission"));
        facts.passed = Fact.unknown(ROOT_ONLY);
        facts.queue = Fact.unknown(ROOT_ONLY);
        facts.logGroup = Fact.unknown(ROOT_ONLY);
        facts.ruleset = Fact.unknown(ROOT_ONLY);
        facts.legacyTables = Fact.unknown(ROOT_ONLY);
        facts.service = Fact.unknown(ROOT_ONLY);
        facts.kernel = new Kernel(HealthyFacts.UNSEEN, HealthyFacts.UNSEEN, HealthyFacts.UNSEEN, HealthyFacts.UNSEEN);

        List<DoctorFinding> findings = Check.all(facts.facts());

        assertEquals(
                List.of(),
                findings.stream()
                        .filter(finding -> finding.state() == State.WRONG)
                        .toList());
        assertEquals(
                List.of("configuration", "library", "vmware", "interface", "forwarding"),
                findings.stream()
                        .filter(finding -> finding.state() == State.OK)
                        .map(DoctorFinding::check)
                        .toList());
    }

    /** VMware has written its file, and natexd has not read it yet: only the network is missing. */
    @Test
    void aNetworkThatIsNotThereYetIsOneFinding() {
        HealthyFacts facts = new HealthyFacts();
        link(facts, null);
        facts.rules = answer(1, "absent: no rules");
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
        assertTrue(facts.finding(Check.RULES).fix().contains("the guest network has to be up first"));
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

    /** Names are in scripts: they stay. */
    @Test
    void checksKeepTheirNamesAndOrder() {
        assertEquals(
                "configuration library kernel-queue kernel-log kernel-rule caller vmware interface daemon control"
                        + " service capabilities promiscuous rules counters queue log-group firewall forwarding health"
                        + " guests nat-ttl nat-identification nat-ports nat-leaving nat-errors",
                String.join(" ", Arrays.stream(Check.values()).map(Check::word).toList()));
    }

    static Stream<Case> cases() {
        return Stream.of(system(), daemon(), network(), rules(), nat()).flatMap(list -> list.stream());
    }

    private static List<Case> system() {
        return List.of(
                wrong(
                        "library missing",
                        Check.LIBRARY,
                        facts -> facts.programs = programs("load libnetfilter_queue.so.1: ENOENT", true, true),
                        "libnetfilter_queue.so.1",
                        "apt install libnetfilter-queue1"),
                wrong(
                        "none",
                        Check.KERNEL_QUEUE,
                        facts -> facts.kernel = kernel("nyyy"),
                        "built without",
                        "stock kernels"),
                unknown(
                        "unseen",
                        Check.KERNEL_QUEUE,
                        facts -> facts.kernel = kernel("?yyy"),
                        "NFQUEUE",
                        "only trying tells"),
                wrong("none", Check.KERNEL_LOG, facts -> facts.kernel = kernel("ynyy"), "no NFLOG", "stock kernels"),
                unknown(
                        "unseen",
                        Check.KERNEL_LOG,
                        facts -> facts.kernel = kernel("y?yy"),
                        "NFLOG",
                        "only trying tells"),
                well("fallback", Check.KERNEL_RULE, facts -> facts.kernel = kernel("yyny"), "through iptables-nft"),
                well(
                        "unseen, but the fallback is there",
                        Check.KERNEL_RULE,
                        facts -> facts.kernel = kernel("yy?y"),
                        "iptables-nft"),
                wrong(
                        "neither",
                        Check.KERNEL_RULE,
                        facts -> facts.kernel = kernel("yynn"),
                        "no NFQUEUE target either",
                        "stock"),
                unknown(
                        "unseen",
                        Check.KERNEL_RULE,
                        facts -> facts.kernel = kernel("yy??"),
                        "queue statement",
                        "only trying"),
                wrong(
                        "fallback without its program",
                        Check.KERNEL_RULE,
                        facts -> {
                            facts.kernel = kernel("yyny");
                            facts.programs = programs("", true, false);
                        },
                        "iptables-nft, which is missing",
                        "apt install iptables"),
                wrong(
                        "nft missing",
                        Check.KERNEL_RULE,
                        facts -> facts.programs = programs("", false, true),
                        "nft is missing",
                        "apt install nftables"),
                unknown("not root", Check.CALLER, facts -> facts.caller = new Caller(1000, 0), "not root", "sudo"),
                unknown(
                        "root in a container",
                        Check.CALLER,
                        facts -> facts.caller = new Caller(0, 1L << 13),
                        "without CAP_NET_ADMIN",
                        "--cap-add NET_ADMIN"));
    }

    private static List<Case> daemon() {
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
                                new Settings("natexd.toml", Fact.unknown(ROOT_ONLY), Config.defaults()),
                        ROOT_ONLY,
                        "as root"),
                wrong("stopped", Check.DAEMON, HealthyFacts::notRunning, "not running", "systemctl start natexd"),
                unknown("hidden", Check.DAEMON, facts -> facts.process = Fact.unknown("hidepid"), "hidepid", "as root"),
                unknown("stopped", Check.CONTROL, HealthyFacts::notRunning, "not running", "start"),
                wrong("silent", Check.CONTROL, facts -> facts.control = silent(false), "does not answer", "--socket"),
                unknown("refused", Check.CONTROL, facts -> facts.control = silent(true), "trouble", "remedy"),
                well(
                        "no systemd",
                        Check.SERVICE,
                        facts -> facts.service = Fact.known(NO_SYSTEMD),
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
                well("root", Check.CAPABILITIES, facts -> capable(facts, -1), "more than these"),
                unknown("stopped", Check.CAPABILITIES, HealthyFacts::notRunning, "not running", "start"),
                wrong(
                        "withheld",
                        Check.CAPABILITIES,
                        facts -> {
                            facts.notRunning();
                            facts.service = Fact.known(Optional.of(
                                    new Unit("natexd.service", "loaded", "failed", "enabled", Set.of("cap_net_raw"))));
                        },
                        "natexd.service does not give it CAP_NET_ADMIN",
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
                        facts -> vmware(facts, new Vmware(true, List.of("vmnet2"))),
                        "natexd uses vmnet8, but the guest network is vmnet2",
                        "restart natexd"),
                unknown("stopped", Check.HEALTH, HealthyFacts::notRunning, "not running", "start"));
    }

    private static List<Case> network() {
        return List.of(
                wrong(
                        "no VMware",
                        Check.VMWARE,
                        facts -> vmware(facts, new Vmware(false, List.of())),
                        "not installed",
                        "install VMware"),
                wrong(
                        "no NAT",
                        Check.VMWARE,
                        facts -> vmware(facts, new Vmware(true, List.of())),
                        "no network with NAT",
                        "vmware-netcfg"),
                unknown(
                        "unreadable",
                        Check.VMWARE,
                        facts -> vmware(facts, Fact.unknown(ROOT_ONLY)),
                        ROOT_ONLY,
                        "guest-network.interface"),
                unknown(
                        "no name",
                        Check.INTERFACE,
                        facts -> vmware(facts, Fact.unknown(ROOT_ONLY)),
                        "not known",
                        "has to be known first"),
                wrong(
                        "none",
                        Check.INTERFACE,
                        facts -> link(facts, null),
                        "no interface vmnet8",
                        "vmware-networks --start"),
                wrong(
                        "down",
                        Check.INTERFACE,
                        facts -> link(facts, new Link(4, "vmnet8", false, false, 0)),
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
                        facts -> link(facts, new Link(4, "vmnet8", true, false, 0)),
                        "not promiscuous",
                        "restart"),
                unknown(
                        "no interface",
                        Check.PROMISCUOUS,
                        facts -> link(facts, null),
                        "no guest network",
                        "has to be up first"),
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
                        "nft add rule ip fw c ct state related accept"));
    }

    private static List<Case> rules() {
        return List.of(
                wrong("gone", Check.RULES, facts -> facts.rules = answer(1, "absent: no rules"), "absent", "restart"),
                wrong(
                        "left",
                        Check.RULES,
                        HealthyFacts::notRunning,
                        "not running, but its rules",
                        "natexd-rules remove"),
                unknown(
                        "stopped",
                        Check.RULES,
                        facts -> facts.notRunning().rules = answer(1, "absent"),
                        "loads them when it starts",
                        "start"),
                unknown(
                        "for an unknown network",
                        Check.RULES,
                        facts -> vmware(facts, Fact.unknown(ROOT_ONLY)),
                        "what they should be",
                        "has to be known first"),
                unknown(
                        "not root",
                        Check.RULES,
                        facts -> facts.rules = answer(77, "no permission"),
                        "only root",
                        "sudo"),
                wrong(
                        "no nft",
                        Check.RULES,
                        facts -> facts.rules = answer(69, "nft is missing"),
                        "nft is missing",
                        "apt"),
                unknown("no probes", Check.COUNTERS, facts -> passed(facts, 0, 0), "0 probes", "traceroute"),
                unknown("no errors", Check.COUNTERS, facts -> passed(facts, 9, 0), "0 ICMP errors", "firewall"),
                wrong(
                        "unbound",
                        Check.QUEUE,
                        facts -> facts.queue = Fact.known(Optional.empty()),
                        "nobody listens",
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
                        "nobody listens",
                        "start"),
                unknown("not root", Check.QUEUE, facts -> facts.queue = Fact.unknown(ROOT_ONLY), ROOT_ONLY, "sudo"),
                unknown(
                        "in another process namespace",
                        Check.QUEUE,
                        facts -> facts.queue = Fact.known(Optional.of(new Holder(123, 0, "", 0))),
                        "port id 123",
                        "of the host"),
                well(
                        "overflowed",
                        Check.QUEUE,
                        facts -> facts.queue = Fact.known(Optional.of(new Holder(1, HealthyFacts.NATEXD, "java", 5))),
                        "5 packets found no room"),
                wrong("foreign", Check.LOG_GROUP, facts -> facts.logGroup = foreign(), "suricata", "queue.log-group"),
                unknown(
                        "not root",
                        Check.LOG_GROUP,
                        facts -> facts.logGroup = Fact.unknown(ROOT_ONLY),
                        ROOT_ONLY,
                        "sudo"),
                unknown(
                        "not root",
                        Check.FIREWALL,
                        facts -> facts.ruleset = Fact.unknown(ROOT_ONLY),
                        ROOT_ONLY,
                        "sudo"),
                unknown(
                        "iptables-legacy",
                        Check.FIREWALL,
                        facts -> {
                            passed(facts, 9, 0);
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

    private static List<Case> nat() {
        return List.of(
                unknown("none", Check.GUESTS, facts -> facts.control = quiet(), "no probe of a guest", "traceroute"),
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
                        "it delivers itself: time-exceeded about udp"),
                unknown("stopped", Check.NAT_ERRORS, HealthyFacts::notRunning, "not running", "start"),
                unknown("silent", Check.NAT_ERRORS, facts -> facts.control = silent(true), "trouble", "remedy"));
    }

    private static Case wrong(String story, Check check, Consumer<HealthyFacts> change, String why, String fix) {
        return new Case(story, check, change, State.WRONG, why, fix);
    }

    private static Case unknown(String story, Check check, Consumer<HealthyFacts> change, String why, String fix) {
        return new Case(story, check, change, State.UNKNOWN, why, fix);
    }

    private static Case well(String story, Check check, Consumer<HealthyFacts> change, String why) {
        return new Case(story, check, change, State.OK, why, "");
    }

    private static Programs programs(String trouble, boolean nft, boolean iptables) {
        return new Programs(
                Optional.of(trouble).filter(text -> !text.isEmpty()),
                Optional.of("nftables v1.0.6").filter(text -> nft),
                Optional.of("iptables v1.8.9 (nf_tables)").filter(text -> iptables));
    }

    /** One letter each for queue, log, statement and target: y, n or ?. */
    private static Kernel kernel(String letters) {
        var features = letters.chars()
                .mapToObj(letter ->
                        letter == 'y' ? HealthyFacts.THERE : letter == 'n' ? HealthyFacts.MISSING : HealthyFacts.UNSEEN)
                .toList();
        return new Kernel(features.get(0), features.get(1), features.get(2), features.get(3));
    }

    private static Control silent(boolean refused) {
        return new Control("/run/natexd/control.sock", Optional.empty(), "trouble", "remedy", refused);
    }

    private static void unit(HealthyFacts facts, String load, String active, String enabled) {
        facts.service = Fact.known(Optional.of(HealthyFacts.unit(load, active, enabled)));
    }

    private static void capable(HealthyFacts facts, long capabilities) {
        facts.process = Fact.known(Optional.of(new Running(HealthyFacts.NATEXD, Fact.known(capabilities))));
    }

    private static void vmware(HealthyFacts facts, Vmware vmware) {
        vmware(facts, Fact.known(vmware));
    }

    private static void vmware(HealthyFacts facts, Fact<Vmware> vmware) {
        facts.guestNetwork = new GuestNetwork(Optional.empty(), vmware, Optional.empty(), List.of());
    }

    private static void link(HealthyFacts facts, Link link) {
        facts.guestNetwork = new GuestNetwork(
                Optional.empty(),
                facts.guestNetwork.vmware(),
                Optional.ofNullable(link),
                facts.guestNetwork.addresses());
    }

    private static Settings verdict() {
        Config defaults = Config.defaults();
        return new Settings(
                "natexd.toml",
                Fact.known(List.of()),
                new Config(
                        defaults.queue(),
                        defaults.guestNetwork(),
                        new Config.Relay(
                                defaults.relay().errors(),
                                Config.Reinject.VERDICT,
                                defaults.relay().staticGuest()),
                        defaults.probes(),
                        defaults.rules(),
                        defaults.control(),
                        defaults.metrics()));
    }

    private static Fact<Program.Result> answer(int code, String text) {
        return Fact.known(new Program.Result(code, text));
    }

    private static void passed(HealthyFacts facts, long probes, long errors) {
        facts.passed = Fact.known(new Passed(probes, errors));
    }

    private static Fact<Optional<Holder>> foreign() {
        return Fact.known(Optional.of(new Holder(99, 99, "suricata", 0)));
    }

    private static void chain(HealthyFacts facts, boolean dropsByDefault, String... rules) {
        passed(facts, 0, 0);
        facts.ruleset = Fact.known(Ruleset.parse(RulesetTest.document("raw", dropsByDefault, rules)));
    }

    private static Control quiet() {
        return HealthyFacts.answering(HealthyFacts.using(Optional.of("vmnet8"), true));
    }
}
