package io.github.natexd.container;

import static io.github.natexd.testkit.DoctorReport.WELL;
import static io.github.natexd.testkit.DoctorReport.WRONG;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.natexd.testkit.DoctorReport;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code natexctl doctor} and the installed service: breaks what only a whole system has, and checks doctor's findings.
 */
@ParameterizedClass
@MethodSource("io.github.natexd.container.Machine#images")
class DoctorContainerTest {
    private static final String DROP_IN = "/run/systemd/system/natexd.service.d/test.conf";

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
    void everythingIsWell() {
        machine.must("rm -f " + DROP_IN + "; ip link set vmnet8 up; systemctl daemon-reload");
        machine.writeVmwareRecord();
        machine.must("systemctl reset-failed natexd; systemctl restart natexd");
        machine.awaitHops();
    }

    @Test
    void allIsWellAfterATraceroute() {
        assertEquals(List.of(), doctor().endsWith(WELL).checks("wrong"));
    }

    @Test
    void seesWhatVmwaresRecordLacks() {
        machine.must("sed -i s/NAT.yes/NAT\\ no/ /etc/vmware/networking");
        doctor().endsWith(WRONG).advises("vmware", "wrong", "has no network with NAT", "sudo vmware-netcfg");

        machine.must("rm /etc/vmware/networking");
        doctor().endsWith(WRONG)
                .advises("vmware", "wrong", "there is no /etc/vmware/networking", "guest-network.interface")
                .says("interface", "unknown", "the name of the guest network is not known");
    }

    /** Runs the fixes exactly as they are printed. */
    @Test
    void seesAServiceThatIsDisabledStoppedFailedOrNotThere() {
        machine.must("systemctl disable natexd");
        machine.must(
                doctor().advises("service", "wrong", "disabled: it will not start at the next boot", "enable natexd")
                        .endsWith(WRONG)
                        .fix("service")
                        .replace("sudo ", ""));
        doctor().says("service", "ok", "natexd.service is active, and enabled");

        machine.must("systemctl stop natexd");
        machine.must(doctor().endsWith(WRONG)
                .says("daemon", "wrong", "not running")
                .advises("service", "wrong", "natexd.service is inactive", "systemctl start natexd")
                .fix("service")
                .replace("sudo ", ""));
        doctor().says("service", "ok", "active");

        machine.must("cp /etc/natexd/natexd.toml /root/good.toml; echo 'queue.number = -1' > /etc/natexd/natexd.toml");
        machine.run("systemctl restart natexd");
        doctor().endsWith(WRONG)
                .says("configuration", "wrong", "/etc/natexd/natexd.toml:1:")
                .advises("service", "wrong", "natexd.service has failed", "journalctl -u natexd.service");
        machine.must("cp /root/good.toml /etc/natexd/natexd.toml; systemctl start natexd");

        machine.must("cp -r $(dirname $(dirname $(readlink -f $(command -v natexctl)))) /root/tree"
                + "; apt-get -q purge -y natexd");
        doctor("/root/tree/bin/natexctl")
                .endsWith(WRONG)
                .advises("service", "unknown", "there is no natexd.service", "install natexd's package");
        machine.installPackage(Machine.PACKAGE);
    }

    @Test
    void seesAMissingCapability() {
        machine.writeFile(
                DROP_IN,
                "[Service]\nAmbientCapabilities=\nCapabilityBoundingSet=\n"
                        + "AmbientCapabilities=CAP_NET_ADMIN\nCapabilityBoundingSet=CAP_NET_ADMIN");
        machine.must("systemctl daemon-reload");
        machine.run("systemctl restart natexd");

        doctor().endsWith(WRONG)
                .advises(
                        "capabilities",
                        "wrong",
                        "natexd.service does not grant natexd CAP_NET_RAW",
                        "systemctl cat natexd.service");
    }

    @Test
    void tellsWhatNatexdComplainsOf() {
        machine.must("ip link set vmnet8 down");
        machine.await(
                "natexd knows",
                Machine.PATIENCE,
                () -> machine.run("natexctl status").exitCode() == 1);

        doctor().endsWith(WRONG)
                .says("interface", "wrong", "vmnet8 is down")
                .advises("health", "unknown", "waits for the guest network", "interface above");
    }

    @Test
    void rootWithoutCapabilitiesIsToldWhatDoesNotShow() {
        doctor("setpriv --bounding-set -net_admin --inh-caps -net_admin natexctl")
                .advises("caller", "unknown", "root without CAP_NET_ADMIN", "--cap-add NET_ADMIN");
    }

    private static DoctorReport doctor() {
        return doctor("natexctl");
    }

    private static DoctorReport doctor(String natexctl) {
        Machine.Result result = machine.run(natexctl + " doctor --json");
        return DoctorReport.of(result.exitCode(), result.output());
    }
}
