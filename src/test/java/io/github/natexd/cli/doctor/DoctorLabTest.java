package io.github.natexd.cli.doctor;

import static io.github.natexd.testkit.DoctorReport.UNKNOWN;
import static io.github.natexd.testkit.DoctorReport.WELL;
import static io.github.natexd.testkit.DoctorReport.WRONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.linux.emulation.Namespace;
import io.github.natexd.linux.netfilter.NetfilterLog;
import io.github.natexd.linux.netfilter.NetfilterQueue;
import io.github.natexd.testkit.DoctorReport;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.LabShell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code natexctl doctor} as installed: each thing is broken for real, in the lab's host, and doctor says it. */
class DoctorLabTest {
    private static final String NATEXCTL =
            LabNatexd.tree().resolve("bin/natexctl").toString();

    private Lab lab;

    @BeforeEach
    void up() {
        lab = Lab.up(LabOptions.defaults().rewritingPorts());
    }

    @AfterEach
    void down() {
        lab.close();
    }

    @Test
    void allIsWellOnceAGuestHasTraced() throws Exception {
        try (LabNatexd natexd = LabNatexd.start(lab)) {
            DoctorReport before = doctor().endsWith(UNKNOWN);
            assertEquals(List.of(), before.checks("wrong"), natexd.log());
            assertEquals(
                    List.of(
                            "counters",
                            "guests",
                            "nat-ttl",
                            "nat-identification",
                            "nat-ports",
                            "nat-leaving",
                            "nat-errors"),
                    before.checks("unknown"));
            assertTrue(before.fix("guests").contains("traceroute"));

            traceroute();
            DoctorReport after = doctor().endsWith(WELL);

            assertEquals(List.of(), after.checks("wrong"), natexd.log());
            after.says("daemon", "ok", "process " + natexd.pid())
                    .says("capabilities", "ok", "CAP_NET_ADMIN and CAP_NET_RAW, no more")
                    .says("queue", "ok", "queue 5511 belongs to natexd")
                    .says("log-group", "ok", "log group 5511 belongs to natexd")
                    .says("promiscuous", "ok", "vmnet8 is promiscuous")
                    .says("interface", "ok", "192.168.44.1/24")
                    .says("firewall", "ok", "errors reach natexd's rules")
                    .says("nat-ttl", "ok", "keeps the TTL")
                    .says("nat-ports", "ok", "rewrites source ports")
                    .says("nat-errors", "ok", "delivers none");
            assertEquals("ok", after.document().at("/state").asText());
            assertTrue(after.document().at("/notes/0").asText().contains("TCP traceroute"));
        }
    }

    @Test
    void hintsAtMaxTtlWhereErrorsAreAboutOtherPackets() throws Exception {
        try (LabNatexd natexd = LabNatexd.start(lab)) {
            traceroute();
            doctor().endsWith(WELL).says("max-ttl", "ok", "no error about any other packet has arrived");

            lab.exec(Node.GUEST1, "traceroute", "-n", "-q", "1", "-w", "1", "-f", "64", "-m", "64", Topology.TARGET);

            DoctorReport report = doctor().endsWith(WELL)
                    .says("max-ttl", "ok", "up to 60 (probes.max-ttl); 1 errors about other packets");
            report.says("max-ttl", "ok", "set probes.max-ttl = 255");
            assertEquals(List.of(), report.checks("warning"), natexd.log());
        }
    }

    @Test
    void saysThatNatexdDoesNotRunAndHowToStartIt() throws Exception {
        DoctorReport report = doctor().endsWith(WRONG)
                .says("daemon", "wrong", "natexd is not running")
                .says("control", "unknown", "not running")
                .says("capabilities", "unknown", "not running")
                .says("promiscuous", "unknown", "not running")
                .says("rules", "unknown", "loads the rules when it starts")
                .says("queue", "unknown", "no process reads queue 5511")
                .says("nat-errors", "unknown", "not running");
        assertEquals(List.of("daemon"), report.checks("wrong"));
        assertTrue(report.fix("daemon").contains("systemctl start natexd"), report.fix("daemon"));
    }

    @Test
    void seesAnInterfaceThatIsDownOrNotThere() throws Exception {
        LabShell.must(lab, Node.HOST, "ip link set vmnet8 down");
        DoctorReport down = doctor().endsWith(WRONG).says("interface", "wrong", "vmnet8 is down");
        assertTrue(down.fix("interface").contains("ip link set vmnet8 up"));

        LabShell.must(lab, Node.HOST, "ip link set vmnet8 up && ip address flush dev vmnet8");
        doctor().endsWith(WRONG).says("interface", "wrong", "vmnet8 has no IPv4 address");

        Path other = configuration("guest-network.interface = \"vmnet9\"");
        doctor("--config", other.toString())
                .endsWith(WRONG)
                .says("interface", "wrong", "there is no interface vmnet9")
                .says("promiscuous", "unknown", "no guest network");
    }

    @Test
    void seesRulesThatAreGoneAndRulesThatWereLeftBehind() throws Exception {
        try (LabNatexd natexd = LabNatexd.start(lab, "rules.manage = false")) {
            DoctorReport report =
                    doctor("--config", installed()).endsWith(WRONG).says("rules", "wrong", "absent");
            assertTrue(report.fix("rules").contains("natexd-rules install"), natexd.log());
        }
        LabNatexd killed = LabNatexd.start(lab);
        doctor("--config", installed()).says("rules", "ok", "complete");
        killed.killHard();
        DoctorReport left =
                doctor("--config", installed()).endsWith(WRONG).says("rules", "wrong", "its rules are loaded");
        assertTrue(left.fix("rules").contains("natexd-rules remove"), left.fix("rules"));
    }

    @Test
    void seesAQueueAndALogGroupOfSomebodyElse() throws Exception {
        String owner = "belongs to process " + ProcessHandle.current().pid();
        try (NetfilterQueue queue = Namespace.call(lab.namespace(Node.HOST), () -> NetfilterQueue.open(5511, 16));
                NetfilterLog log = Namespace.call(lab.namespace(Node.HOST), () -> NetfilterLog.open(5511))) {
            DoctorReport report = doctor().endsWith(WRONG)
                    .says("queue", "wrong", owner)
                    .says("log-group", "wrong", owner)
                    .says("daemon", "wrong", "not running");
            assertTrue(report.fix("queue").contains("queue.number"), report.fix("queue"));
            assertTrue(report.fix("log-group").contains("queue.log-group"), report.fix("log-group"));
        }
    }

    /** It runs and does nothing: no answer, and a guest network that came back without its knowing. */
    @Test
    void seesANatexdThatHangs() throws Exception {
        try (LabNatexd natexd = LabNatexd.start(lab)) {
            run("kill", "-STOP", Long.toString(natexd.pid()));
            try {
                LabShell.must(
                        lab,
                        Node.HOST,
                        "ip link del vmnet8 && ip tuntap add vmnet8 mode tap && ip link set vmnet8 up"
                                + " && ip address add 192.168.44.1/24 dev vmnet8");
                doctor("--config", installed())
                        .endsWith(WRONG)
                        .says("daemon", "ok", "process " + natexd.pid())
                        .says("control", "wrong", "natexd runs, but does not respond")
                        .says("promiscuous", "wrong", "vmnet8 is not promiscuous")
                        .says("health", "unknown", "natexd did not report it")
                        .says("queue", "ok", "belongs to natexd");
            } finally {
                run("kill", "-CONT", Long.toString(natexd.pid()));
            }
        }
    }

    @Test
    void seesForwardingThatVerdictModeNeeds() throws Exception {
        Path verdict = configuration("guest-network.interface = \"vmnet8\"", "relay.reinject = \"verdict\"");
        LabShell.must(lab, Node.HOST, "echo 0 > /proc/sys/net/ipv4/ip_forward");
        DoctorReport off =
                doctor("--config", verdict.toString()).endsWith(WRONG).says("forwarding", "wrong", "is off");
        assertTrue(off.fix("forwarding").contains("sysctl -w net.ipv4.ip_forward=1"));

        LabShell.must(
                lab,
                Node.HOST,
                "echo 1 > /proc/sys/net/ipv4/ip_forward && nft 'add table ip fw; add chain ip fw passing"
                        + " { type filter hook forward priority filter; policy drop; }'");
        DoctorReport drop = doctor("--config", verdict.toString()).says("forwarding", "unknown", "ip fw passing");
        assertTrue(drop.fix("forwarding").contains("nft insert rule ip fw passing ct state related accept"));

        LabShell.must(lab, Node.HOST, "nft delete table ip fw");
        doctor("--config", verdict.toString()).says("forwarding", "ok", "forwarding is on");
        doctor().says("forwarding", "ok", "not needed");
    }

    /** The fix is taken at its word. */
    @Test
    void seesAFirewallThatDropsErrorsFirstAndItsFixHelps() throws Exception {
        LabShell.must(
                lab,
                Node.HOST,
                "nft 'add table ip fw; add chain ip fw early { type filter hook prerouting priority raw; policy accept; };"
                        + " add rule ip fw early icmp type time-exceeded counter drop'");
        try (LabNatexd natexd = LabNatexd.start(lab)) {
            String hidden = lab.exec(Node.GUEST1, "traceroute", "-n", "-q1", "-w1", "-m2", Topology.TARGET)
                    .output();
            assertTrue(hidden.contains(" 1  *"), hidden);
            DoctorReport broken =
                    doctor("--config", installed()).endsWith(WRONG).says("firewall", "wrong", "ip fw early drops");
            LabShell.must(
                    lab,
                    Node.HOST,
                    broken.fix("firewall").replaceFirst("^.*: sudo (nft insert rule [^{]*)(\\{.*})(.*)$", "$1'$2'$3"));

            traceroute();
            doctor("--config", installed()).endsWith(WELL).says("firewall", "ok", "errors reach");
            assertTrue(natexd.isAlive());
        }
    }

    /** firewalld's rules in prerouting drop IPv6 packets only. */
    @Test
    void knowsThatRulesForIpv6DropNoErrors() throws Exception {
        LabShell.must(lab, Node.HOST, """
                nft 'add table inet fw; add chain inet fw zone;
                    add chain inet fw early { type filter hook prerouting priority raw; policy accept; };
                    add rule inet fw early icmpv6 type { nd-router-advert, nd-neighbor-solicit } accept;
                    add rule inet fw early meta nfproto ipv6 fib saddr . mark . iif oif missing drop;
                    add rule inet fw early jump zone'
                """);

        doctor().says("firewall", "ok", "no chain before natexd's drops ICMP errors");
    }

    /** Tables with the flag owner: nft -i keeps them while it lives, and nobody else can change them. */
    @Test
    void seesWhatATableThatAProgramOwnsDrops() throws Exception {
        Path verdict = configuration("guest-network.interface = \"vmnet8\"", "relay.reinject = \"verdict\"");
        Lab.Result result =
                lab.exec(Node.HOST, "sh", "-c", """
                cd $0 && mkfifo nft && { nft -i <nft >/dev/null & } && exec 3>nft || exit 9
                echo 1 > /proc/sys/net/ipv4/ip_forward
                echo 'add table ip owned { flags owner; chain early { type filter hook prerouting priority raw; \
                    icmp type time-exceeded drop; }; chain passing { type filter hook forward priority 0; policy drop; }; }' >&3
                for try in 1 2 3 4 5 6 7 8 9; do nft list table ip owned >/dev/null 2>&1 && break; sleep 0.3; done
                $1 doctor --json --config $2
                code=$?
                exec 3>&-
                wait
                exit $code
                """, lab.directory().toString(), NATEXCTL, verdict.toString());
        String fix = "a running program owns table ip owned";
        DoctorReport report = report(result).advises("forwarding", "unknown", "ip owned passing", fix);
        assertFalse(report.checks("ok").contains("firewall"), report.document()::toPrettyString);
        assertTrue(report.fix("firewall").contains(fix), report.fix("firewall"));
    }

    @Test
    void seesMistakesInTheConfiguration() throws Exception {
        Path wrong = configuration("guest-network.interface = \"vmnet8\"", "probes.ttl = 3");
        DoctorReport report =
                doctor("--config", wrong.toString()).endsWith(WRONG).says("configuration", "wrong", wrong + ":2:");
        assertTrue(report.fix("configuration").contains("check-config"), report.fix("configuration"));
    }

    /** Covered up, in a mount namespace that ends with the command. */
    @Test
    void seesAMissingLibraryAndAMissingNft() throws Exception {
        Path configuration = configuration("guest-network.interface = \"vmnet8\"");
        Lab.Result result = lab.exec(
                Node.HOST,
                "unshare",
                "--mount",
                "sh",
                "-c",
                "for file in $(ldconfig -p | sed -n 's/.*libnetfilter_queue.so.1 .*=> //p') $(command -v nft); do"
                        + " mount --bind /dev/null $(readlink -f $file) || exit 9; done;"
                        + " exec " + NATEXCTL + " doctor --json --config " + configuration);
        report(result)
                .endsWith(WRONG)
                .says("library", "wrong", "libnetfilter_queue.so.1")
                .says("kernel-rule", "wrong", "nft is missing")
                .says("rules", "wrong", "nft is missing")
                .says("firewall", "unknown", "nft is missing");
    }

    @Test
    void aUserWithoutRightsSeesWhatRootWouldAndNothingWrong() throws Exception {
        try (LabNatexd natexd = LabNatexd.start(lab)) {
            traceroute();
            Path copy = lab.directory().resolve("tree");
            String natexctl = (Files.exists(copy) ? copy : LabNatexd.tree())
                    .resolve("bin/natexctl")
                    .toString();
            List<String> command = new ArrayList<>(Lab.UNPRIVILEGED);
            command.addAll(List.of(natexctl, "doctor", "--json", "--config", installed()));
            DoctorReport report = report(lab.exec(Node.HOST, command)).endsWith(UNKNOWN);

            assertEquals(List.of(), report.checks("wrong"), natexd.log());
            report.says("caller", "unknown", "not root")
                    .says("rules", "unknown", "only root")
                    .says("queue", "unknown", "only root")
                    .says("firewall", "unknown", "only root")
                    .says("interface", "ok", "vmnet8")
                    .says("promiscuous", "ok", "vmnet8");
            assertTrue(report.fix("queue").contains("sudo"), report.fix("queue"));
        }
    }

    @Test
    void speaksToPeopleAndToScripts() throws Exception {
        Path configuration = configuration("guest-network.interface = \"vmnet8\"");
        String doctor = NATEXCTL + " doctor --config " + configuration;
        String signs =
                lab.exec(Node.HOST, "sh", "-c", "LC_ALL=C.UTF-8 " + doctor).output();
        assertTrue(signs.contains("✔ the guest network is up: vmnet8"), signs);
        assertTrue(signs.contains("✘ natexd runs: natexd is not running\n    fix: start it"), signs);
        assertTrue(signs.contains("? natexd has its capabilities"), signs);
        assertTrue(signs.contains("TCP traceroute") && signs.contains("cannot work"), signs);
        assertFalse(signs.contains("\u001b"), signs);

        String words = lab.exec(Node.HOST, "sh", "-c", "LC_ALL=C " + doctor).output();
        assertTrue(words.contains("[ok]    the guest network is up: vmnet8"), words);
        assertTrue(words.contains("[WRONG] natexd runs"), words);

        String terminal = "script -qec '" + doctor + "' /dev/null";
        String coloured = lab.exec(Node.HOST, "sh", "-c", "TERM=xterm LC_ALL=C.UTF-8 " + terminal)
                .output();
        assertTrue(coloured.contains("\u001b["), coloured);
        String plain = lab.exec(Node.HOST, "sh", "-c", "NO_COLOR=1 TERM=xterm LC_ALL=C.UTF-8 " + terminal)
                .output();
        assertFalse(plain.contains("\u001b["), plain);

        Lab.Result rows = lab.exec(Node.HOST, "sh", "-c", doctor + " --plain");
        assertEquals(WRONG, rows.exitCode());
        assertTrue(
                rows.output()
                        .lines()
                        .allMatch(row -> row.split("\t", -1).length == 4
                                && List.of("ok", "wrong", "unknown").contains(row.split("\t")[1])),
                rows.output());
        assertEquals(
                64, lab.exec(Node.HOST, "sh", "-c", doctor + " --json --plain").exitCode());
    }

    private DoctorReport doctor(String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(NATEXCTL, "doctor", "--json"));
        command.addAll(List.of(options));
        if (options.length == 0) {
            command.add("--config");
            command.add(
                    Files.exists(Path.of(installed()))
                            ? installed()
                            : configuration("guest-network.interface = \"vmnet8\"")
                                    .toString());
        }
        return report(lab.exec(Node.HOST, command));
    }

    private static DoctorReport report(Lab.Result result) {
        return DoctorReport.of(result.exitCode(), result.output());
    }

    /** The configuration of the natexd that was started. */
    private String installed() {
        return lab.directory().resolve("natexd/natexd.toml").toString();
    }

    private Path configuration(String... lines) throws Exception {
        List<String> all = new ArrayList<>(List.of(lines));
        all.add("control.socket = \"" + lab.directory().resolve("none.sock") + "\"");
        return Files.write(lab.directory().resolve("doctor.toml"), all);
    }

    private void traceroute() {
        Lab.Result result = lab.exec(Node.GUEST1, "traceroute", "-n", "-q1", "-w2", "-N1", Topology.TARGET);
        assertTrue(result.output().contains(" 5  " + Topology.TARGET), result::output);
    }

    private static void run(String... command) throws Exception {
        assertEquals(0, new ProcessBuilder(command).start().waitFor());
    }
}
