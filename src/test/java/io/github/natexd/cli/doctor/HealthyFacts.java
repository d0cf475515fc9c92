package io.github.natexd.cli.doctor;

import io.github.natexd.cli.doctor.DaemonStatus.Delivery;
import io.github.natexd.cli.doctor.DaemonStatus.Trait;
import io.github.natexd.cli.doctor.DaemonStatus.Trouble;
import io.github.natexd.cli.doctor.Facts.Caller;
import io.github.natexd.cli.doctor.Facts.Control;
import io.github.natexd.cli.doctor.Facts.Daemon;
import io.github.natexd.cli.doctor.Facts.Firewall;
import io.github.natexd.cli.doctor.Facts.GuestNetwork;
import io.github.natexd.cli.doctor.Facts.Holder;
import io.github.natexd.cli.doctor.Facts.Kernel;
import io.github.natexd.cli.doctor.Facts.Listeners;
import io.github.natexd.cli.doctor.Facts.Passed;
import io.github.natexd.cli.doctor.Facts.Programs;
import io.github.natexd.cli.doctor.Facts.Rules;
import io.github.natexd.cli.doctor.Facts.Running;
import io.github.natexd.cli.doctor.Facts.Settings;
import io.github.natexd.cli.doctor.Facts.Unit;
import io.github.natexd.cli.doctor.Facts.Vmware;
import io.github.natexd.cli.doctor.KernelFeatures.Feature;
import io.github.natexd.cli.doctor.KernelFeatures.Presence;
import io.github.natexd.config.Config;
import io.github.natexd.linux.netfilter.Packages;
import io.github.natexd.linux.netlink.Links.Link;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A system on which all is well, in parts that a test replaces one at a time. */
final class HealthyFacts {
    static final long NATEXD = 4711;
    static final long CAPABILITIES = 1L << 12 | 1L << 13;
    static final Feature THERE = new Feature(Presence.YES, "module loaded");
    static final Feature MISSING = new Feature(Presence.NO, "built without it");
    static final Feature UNSEEN = new Feature(Presence.UNKNOWN, "no configuration shows");

    static final Trait YES = new Trait("yes", "yes");
    static final Trait NO = new Trait("no", "no");
    static final Trait UNKNOWN = new Trait("unknown", "unknown");

    Settings settings = new Settings("/etc/natexd/natexd.toml", Fact.known(List.of()), Config.defaults());
    Kernel kernel = new Kernel(THERE, THERE, THERE, THERE);
    Programs programs = new Programs(
            Packages.APT, Optional.empty(), Optional.of("nftables v1.0.6"), Optional.of("v1.8.9 (nf_tables)"));
    Caller caller = new Caller(0, -1);
    Fact<Optional<Running>> process = Fact.known(Optional.of(new Running(NATEXD, Fact.known(CAPABILITIES))));
    Control control = answering(status(List.of(), YES, NO, "no"));
    Fact<Optional<Unit>> service = Fact.known(Optional.of(unit("loaded", "active", "enabled")));
    Fact<Optional<KeepaliveChecks.Service>> keepalive =
            Fact.known(Optional.of(new KeepaliveChecks.Service("loaded", "inactive", "disabled", "")));
    GuestNetwork guestNetwork = new GuestNetwork(
            Optional.empty(),
            Fact.known(new Vmware(true, List.of("vmnet8"))),
            Optional.of(new Link(4, "vmnet8", true, false, 1)),
            List.of("192.168.44.1/24"));
    Fact<Program.Result> rules = Fact.known(new Program.Result(0, "complete, with nft's own queue statement"));
    Fact<Passed> passed = Fact.known(new Passed(30, 25));
    Fact<Optional<Holder>> queue = Fact.known(Optional.of(new Holder(NATEXD, NATEXD, "java", 0)));
    Fact<Optional<Holder>> logGroup = Fact.known(Optional.of(new Holder(-77, NATEXD, "java", 0)));
    Fact<Ruleset> ruleset = Fact.known(Ruleset.parse("{\"nftables\": []}"));
    Fact<List<String>> legacyTables = Fact.known(List.of());
    Fact<Boolean> forwarding = Fact.known(false);

    static DaemonStatus status(List<Trouble> problems, Trait ttl, Trait ports, String byNat) {
        return status(problems, ttl, ports, byNat, 0);
    }

    static DaemonStatus status(List<Trouble> problems, Trait ttl, Trait ports, String byNat, long unmatchedErrors) {
        return new DaemonStatus(
                NATEXD,
                "1.0",
                Optional.of("vmnet8"),
                true,
                9,
                unmatchedErrors,
                "2026-01-02T03:04:05Z",
                7200,
                problems,
                List.of(),
                ttl,
                YES,
                ports,
                YES,
                List.of(new Delivery("time-exceeded", "udp", byNat), new Delivery("time-exceeded", "icmp", "unknown")));
    }

    /** A natexd that has seen nothing yet. */
    static DaemonStatus using(Optional<String> interfaceName, boolean present, Trouble... problems) {
        return new DaemonStatus(
                NATEXD,
                "1.0",
                interfaceName,
                present,
                0,
                0,
                "2026-01-02T03:04:05Z",
                7200,
                List.of(problems),
                List.of(),
                UNKNOWN,
                UNKNOWN,
                UNKNOWN,
                UNKNOWN,
                List.of());
    }

    static Control answering(DaemonStatus status) {
        return new Control("/run/natexd/control.sock", Optional.of(status), "", "", false);
    }

    HealthyFacts notRunning() {
        process = Fact.known(Optional.empty());
        control = new Control(
                "/run/natexd/control.sock",
                Optional.empty(),
                "natexd is not running: there is no /run/natexd/control.sock",
                "start it: sudo systemctl start natexd",
                false);
        return this;
    }

    /** The default configuration, but for these two tables. */
    static Settings settings(Config.Relay relay, Config.Rules rules) {
        Config defaults = Config.defaults();
        Config config = new Config(
                defaults.queue(),
                defaults.guestNetwork(),
                relay,
                defaults.probes(),
                rules,
                defaults.control(),
                defaults.metrics(),
                defaults.keepalive());
        return new Settings("/etc/natexd/natexd.toml", Fact.known(List.of()), config);
    }

    static Unit unit(String load, String active, String enabled) {
        return new Unit("natexd.service", load, active, enabled, Set.of("cap_net_admin", "cap_net_raw"));
    }

    Facts facts() {
        return new Facts(
                settings,
                kernel,
                programs,
                caller,
                new Daemon(process, control),
                service,
                keepalive,
                guestNetwork,
                new Rules(Path.of("/usr/local/lib/natexd/libexec/natexd-rules"), rules, passed),
                new Listeners(queue, logGroup),
                new Firewall(ruleset, legacyTables, forwarding));
    }

    DoctorFinding finding(Check check) {
        return check.judge(facts());
    }

    static Control silent(boolean refused) {
        return new Control("/run/natexd/control.sock", Optional.empty(), "trouble", "remedy", refused);
    }

    static void vmware(HealthyFacts facts, Vmware vmware) {
        vmware(facts, Fact.known(vmware));
    }

    static void vmware(HealthyFacts facts, Fact<Vmware> vmware) {
        facts.guestNetwork = new GuestNetwork(Optional.empty(), vmware, Optional.empty(), List.of());
    }

    static void link(HealthyFacts facts, Link link) {
        facts.guestNetwork = new GuestNetwork(
                Optional.empty(),
                facts.guestNetwork.vmware(),
                Optional.ofNullable(link),
                facts.guestNetwork.addresses());
    }

    static Fact<Program.Result> answer(int code, String text) {
        return Fact.known(new Program.Result(code, text));
    }

    static void passed(HealthyFacts facts, long probes, long errors) {
        facts.passed = Fact.known(new Passed(probes, errors));
    }
}
