package io.github.natexd.container;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.natexd.testkit.DoctorReport;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** natexd together with Debian 13's firewalld, which replaces its own rules at each reload. */
class FirewalldContainerTest {
    private static final Duration AT_ONCE = Duration.ofSeconds(5);
    private static final List<String> STARS = List.of("*", "*", "*", "*", "*", "*", "*", "*", "*");

    private static Machine machine;

    @BeforeAll
    static void boot() {
        String image = Machine.images().stream()
                .filter(name -> name.contains("trixie"))
                .findFirst()
                .orElseThrow();
        machine = Machine.boot(image);
        machine.installPackage(Machine.PACKAGE);
        machine.labUp();
        machine.must("systemctl start firewalld");
    }

    @AfterAll
    static void shutDown() {
        if (machine != null) {
            machine.close();
        }
    }

    @BeforeEach
    void guestsTraceBesideFirewalld() {
        assertEquals("running", machine.must("firewall-cmd --state"));
        machine.awaitHops();
    }

    @Test
    void doctorFindsNothingWrong() {
        Machine.Result doctor = machine.run("natexctl doctor");

        assertEquals(0, doctor.exitCode(), doctor.output());
    }

    @Test
    @DisplayName("R44: after a reload of firewalld the rules are still there, or natexd restores them")
    void guestsTraceAfterAReload() {
        machine.must("firewall-cmd --reload");

        machine.awaitHops(AT_ONCE);
    }

    @Test
    @DisplayName("R44: after a restart of firewalld the rules are still there, or natexd restores them")
    void guestsTraceAfterARestart() {
        machine.must("systemctl restart firewalld");

        machine.awaitHops(AT_ONCE);
    }

    @Test
    @DisplayName("in panic mode firewalld drops everything, and doctor reports it; afterwards traceroute works again")
    void doctorNamesThePanicMode() {
        machine.must("firewall-cmd --panic-on");
        try {
            assertEquals(STARS, machine.hops());

            follow(doctor().advises("firewall", "wrong", "inet firewalld_policy_drop", "firewall-cmd --panic-off"));
            machine.awaitHops(AT_ONCE);
        } finally {
            machine.must("firewall-cmd --panic-off");
        }
        machine.awaitHops(AT_ONCE);
    }

    @Test
    void theFixForADirectRuleSurvivesAReload() {
        machine.must("firewall-cmd --permanent --direct --add-rule ipv4 raw PREROUTING 0 -p icmp -j DROP"
                + " && firewall-cmd --reload");
        try {
            assertEquals(STARS, machine.hops());

            follow(doctor().says("firewall", "wrong", "ip raw PREROUTING drops ICMP errors"));
            machine.awaitHops(AT_ONCE);

            machine.must("firewall-cmd --reload");
            machine.awaitHops(AT_ONCE);
            doctor().endsWith(DoctorReport.WELL);
        } finally {
            machine.must("rm /etc/firewalld/direct.xml && firewall-cmd --reload");
        }
    }

    private static DoctorReport doctor() {
        Machine.Result result = machine.run("natexctl doctor --json");
        return DoctorReport.of(result.exitCode(), result.output());
    }

    /** Takes the fix for the firewall at its word. */
    private static void follow(DoctorReport report) {
        machine.must(report.fix("firewall").replaceFirst("^.*: (?=sudo )", "").replace("sudo ", ""));
    }
}
