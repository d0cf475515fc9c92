package io.github.natexd.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The installed service under systemd, with the lab around it: the machine is the host of the lab's guests. */
@ParameterizedClass
@MethodSource("io.github.natexd.container.Machine#images")
class ServiceContainerTest {
    private static final String SETTINGS = "/etc/natexd/natexd.toml";
    private static final List<String> STARS = List.of("*", "*", "*", "*", "*", "*", "*", "*", "*");
    /** An administrator's firewall; its counters have values that must not be lost. */
    private static final String FIREWALL = """
            flush ruleset
            table inet firewall {
                chain input {
                    type filter hook input priority filter; policy accept;
                    tcp dport 4711 counter packets 7 bytes 700 drop
                }
            }
            table ip mangle {
                chain FORWARD {
                    type filter hook forward priority mangle; policy accept;
                    tcp dport 4712 counter packets 8 bytes 800 accept
                }
            }""";

    private static Machine machine;

    @Parameter
    String image;

    @BeforeParameterizedClassInvocation
    static void boot(String image) {
        machine = Machine.boot(image);
        machine.installPackage(Machine.PACKAGE);
        machine.labUp();
    }

    @AfterParameterizedClassInvocation
    static void shutDown() {
        if (machine != null) {
            machine.close();
        }
    }

    @BeforeEach
    void guestsTrace() {
        machine.must("systemctl reset-failed 'natexd*'; systemctl start natexd");
        machine.awaitHops();
    }

    @Test
    void guestsTraceAfterARestart() {
        String before = pid();

        machine.must("systemctl restart natexd");

        machine.awaitHops();
        assertNotEquals(before, pid());
    }

    @Test
    void stopEndsWellAndTakesTheRulesOut() {
        machine.must("systemctl stop natexd");

        assertEquals("", machine.must("nft list ruleset"));
        assertEquals("success", machine.property("natexd", "Result"));
        assertEquals(STARS, machine.hops());
    }

    @Test
    @DisplayName("R42: after a kill, systemd restarts natexd")
    void guestsTraceAgainAfterAKill() {
        String before = pid();

        machine.must("kill -9 " + before);

        machine.await("natexd is back", Machine.PATIENCE, () -> isActive() && !pid().equals(before));
        machine.awaitHops();
    }

    @Test
    @DisplayName("R42: systemd restarts natexd however often it ends")
    void guestsTraceAgainAfterManyQuickEnds() {
        machine.writeFile("/run/systemd/system/natexd.service.d/often.conf", "[Service]\nRestartSec=100ms");
        machine.must("systemctl daemon-reload");
        try {
            // systemd's own limit is five starts in ten seconds.
            for (int i = 0; i < 6; i++) {
                String before = pid();
                machine.must("kill -9 " + before);
                machine.await("natexd is back", Machine.PATIENCE, () -> isActive() && !pid().equals(before));
            }
        } finally {
            machine.must("rm -r /run/systemd/system/natexd.service.d; systemctl daemon-reload");
        }
        machine.awaitHops();
    }

    @Test
    @DisplayName("R42: after a kill without a restart, no rule is left")
    void rulesAreTakenOutAfterAKill() {
        machine.writeFile("/run/systemd/system/natexd.service.d/once.conf", "[Service]\nRestart=no");
        machine.must("systemctl daemon-reload");
        try {
            machine.must("kill -9 " + pid());

            machine.await("natexd has failed", Machine.PATIENCE, () -> state().equals("failed"));
            assertEquals("", machine.must("nft list ruleset"));
        } finally {
            machine.must("rm -r /run/systemd/system/natexd.service.d; systemctl daemon-reload");
        }
    }

    @Test
    @DisplayName("R42: when natexd hangs, the watchdog kills it and systemd restarts it")
    void guestsTraceAgainAfterAHang() {
        String before = pid();

        machine.must("kill -STOP " + before);

        machine.await("natexd is back", Machine.PATIENCE, () -> isActive() && !pid().equals(before));
        machine.awaitHops();
        assertTrue(log().contains("Watchdog timeout"), log());
    }

    @Test
    @DisplayName("R50: a reload applies changed settings in the running process")
    void reloadTakesChangedSettingsOver() {
        String before = pid();
        settings("probes.max-ttl = 42");
        try {
            machine.must("systemctl reload natexd");

            machine.await("the rules know the new TTL", Machine.PATIENCE, () -> machine.must("nft list table ip natexd")
                    .contains("ip ttl <= 42"));
            machine.awaitHops();
            assertEquals(before, pid());
        } finally {
            settings("");
            machine.must("systemctl reload natexd");
        }
    }

    @Test
    @DisplayName("R50: a reload of an invalid file fails, and systemd reports it")
    void reloadOfAnInvalidFileFails() {
        settings("probes.max-ttl = 0");
        try {
            machine.must("! systemctl reload natexd");

            assertTrue(log().contains("natexd.toml:1:1: "), log());
            assertTrue(isActive());
            machine.awaitHops();
        } finally {
            settings("");
            machine.must("systemctl reload natexd");
        }
    }

    @Test
    @DisplayName("R44: natexd restores its rules after a flush and a firewall restart, and leaves foreign rules alone")
    void rulesComeBackBesideForeignOnes() {
        machine.must("systemctl stop natexd");
        machine.writeFile("/etc/nftables.conf", FIREWALL);
        try {
            machine.must("systemctl restart nftables");
            String alone = machine.must("nft list ruleset");
            String foreign = foreignRules();
            machine.must("systemctl start natexd");
            machine.awaitHops();
            assertEquals(foreign, foreignRules());

            machine.must("systemctl restart nftables");
            machine.awaitHops(Duration.ofSeconds(5));
            assertEquals(foreign, foreignRules());

            machine.must("systemctl stop natexd");
            assertEquals(alone, machine.must("nft list ruleset"));
        } finally {
            machine.must("nft flush ruleset");
        }
    }

    @Test
    @DisplayName("R44: a guest's traceroute works within 5 s of `nft flush ruleset`")
    void guestsTraceWithinFiveSecondsOfAFlush() {
        machine.must("nft flush ruleset");

        machine.awaitHops(Duration.ofSeconds(5));
    }

    @Test
    @DisplayName("R45: the guest network disappears and returns")
    void guestsTraceAfterTheirNetworkReturned() {
        String before = pid();

        machine.labDown();
        machine.labUp();

        machine.awaitHops();
        assertEquals(before, pid());
    }

    @Test
    @DisplayName("R38: `reinject = \"verdict\"` works under the unit's restrictions")
    void guestsTraceByVerdict() {
        settings("relay.reinject = \"verdict\"");
        try {
            machine.must("sysctl -qw net.ipv4.ip_forward=1; systemctl restart natexd");

            machine.awaitHops();
        } finally {
            machine.must("sysctl -qw net.ipv4.ip_forward=0");
            settings("");
            machine.must("systemctl restart natexd");
        }
    }

    @Test
    void aMistakeInTheSettingsIsToldAndNotRetried() {
        settings("relay.reinjekt = 1");
        try {
            assertNotEquals(0, machine.run("systemctl restart natexd").exitCode());

            assertEquals("failed", state());
            assertEquals("78", machine.property("natexd", "ExecMainStatus"));
            assertEquals("0", machine.property("natexd", "NRestarts"));
            assertTrue(log().contains(SETTINGS + ":1:") && log().contains("reinjekt"), log());
        } finally {
            settings("");
        }
    }

    @Test
    @DisplayName("R47: an unprivileged user with two capabilities")
    void theProcessHasTwoCapabilities() {
        assertConfined(pid());
    }

    @Test
    void theJsvcVariantServesInItsPlace() {
        machine.must("systemctl start natexd-jsvc");

        assertEquals("inactive", state());
        machine.awaitHops();
        machine.must("pgrep --pidfile /run/natexd/jsvc.pid");
        assertConfined(machine.property("natexd-jsvc", "MainPID"));
        assertConfined(jsvcChild());
        machine.must("systemctl stop natexd-jsvc");
        assertEquals("success", machine.property("natexd-jsvc", "Result"));
        assertEquals("", machine.must("nft list ruleset"));
    }

    @Test
    void theJsvcVariantReloadsAndIsWatched() {
        machine.must("systemctl start natexd-jsvc");
        machine.awaitHops();
        String before = jsvcChild();
        settings("probes.max-ttl = 42");
        try {
            machine.must("systemctl reload natexd-jsvc");

            machine.await("the rules know the new TTL", Machine.PATIENCE, () -> machine.must("nft list table ip natexd")
                    .contains("ip ttl <= 42"));
            assertEquals(before, jsvcChild());
        } finally {
            settings("");
        }

        machine.must("kill -STOP " + before);

        machine.await("the variant is back", Machine.PATIENCE, () -> !machine.property("natexd-jsvc", "NRestarts")
                .equals("0"));
        machine.awaitHops();
    }

    @Test
    @DisplayName("the socket serves root and the group natexd, and refuses others")
    void membersOfTheGroupMayAsk() {
        machine.must("id member || useradd --groups natexd member; id stranger || useradd stranger");

        machine.must("natexctl status");
        machine.must("runuser -u member -- natexctl status");
        assertNotEquals(0, machine.run("runuser -u stranger -- natexctl status").exitCode());
    }

    private static String jsvcChild() {
        return machine.must("pgrep -P " + machine.property("natexd-jsvc", "MainPID"));
    }

    private static String log() {
        return machine.must("journalctl --no-pager -n 40 -u natexd");
    }

    private static void assertConfined(String pid) {
        String status = machine.must("cat /proc/" + pid + "/status");
        String user = machine.must("id -u natexd");
        assertTrue(status.contains("Uid:\t%s\t%s\t%s\t%s\n".formatted(user, user, user, user)), status);
        // CAP_NET_ADMIN is 12, CAP_NET_RAW 13.
        for (String set : List.of("CapPrm", "CapEff", "CapBnd", "CapAmb")) {
            assertTrue(status.contains(set + ":\t0000000000003000\n"), status);
        }
        assertTrue(status.contains("NoNewPrivs:\t1\n"), status);
        assertTrue(status.contains("Seccomp:\t2\n"), status);
    }

    private static void settings(String line) {
        machine.must("cp -n " + SETTINGS + " /root/natexd.toml");
        if (line.isEmpty()) {
            machine.must("cp /root/natexd.toml " + SETTINGS);
        } else {
            machine.writeFile(SETTINGS, line);
        }
    }

    private static String foreignRules() {
        return machine.must("nft list table inet firewall; nft list chain ip mangle FORWARD");
    }

    private static String pid() {
        return machine.property("natexd", "MainPID");
    }

    private static String state() {
        return machine.property("natexd", "ActiveState");
    }

    private static boolean isActive() {
        return state().equals("active");
    }
}
