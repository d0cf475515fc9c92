package io.github.natexd.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * natexd-keepalive.service as the package installs it. What it does for connections KeepaliveLabTest shows: in a container it
 * ends, but only after the kernel has taken its program through the unit's sandbox.
 */
class KeepaliveContainerTest {
    private static final String SETTINGS = "/etc/natexd/natexd.toml";
    private static final String UNIT = "natexd-keepalive";
    private static final String DROP_IN = "/run/systemd/system/natexd-keepalive.service.d/test.conf";
    /** Docker engines of some age have no CAP_BPF to give; the kernel takes this one for it. */
    private static final String WITHOUT_CAP_BPF =
            "[Service]\nAmbientCapabilities=CAP_SYS_ADMIN\nCapabilityBoundingSet=CAP_SYS_ADMIN";

    private static final String UNAVAILABLE = "69";
    private static final String CONFIGURATION = "78";

    @ParameterizedTest
    @MethodSource("io.github.natexd.container.Machine#images")
    void theServiceIsOffByDefaultAndSaysWhyItEnds(String image) {
        try (Machine machine = Machine.boot(image)) {
            machine.installPackage(Machine.PACKAGE);
            assertEquals(
                    "disabled",
                    machine.run("systemctl is-enabled " + UNIT).output().strip());
            machine.must("man -w natexd-keepalive");
            assertFalse(machine.must("natexctl status || true").contains("keepalive"));
            assertTrue(machine.must("natexctl doctor --plain || true").contains("off (keepalive.enabled = false)"));

            endsWith(machine, CONFIGURATION, "keepalive.enabled is false in " + SETTINGS);
            machine.must("echo 'keepalive.enabled = true' > " + SETTINGS);
            machine.writeFile(DROP_IN, WITHOUT_CAP_BPF);
            machine.must("systemctl daemon-reload");
            endsWith(machine, UNAVAILABLE, "in a container, process ids differ from those of the host");
            assertTrue(
                    machine.must("natexctl doctor --plain || true").contains("natexd-keepalive.service is failed"),
                    machine.must("natexctl doctor --plain || true"));

            machine.must("rm -r $(dirname " + DROP_IN + "); systemctl enable " + UNIT + "; apt-get -q purge -y natexd");
            assertEquals("", machine.must("find /etc/systemd /run -name '*natexd*'"));
        }
    }

    private static void endsWith(Machine machine, String code, String words) {
        machine.run("systemctl restart " + UNIT);
        String log = machine.must("journalctl --no-pager -n 20 -u " + UNIT);
        assertTrue(log.contains(words), log);
        assertEquals(code, machine.property(UNIT, "ExecMainStatus"), log);
        assertEquals("0", machine.property(UNIT, "NRestarts"), log);
    }
}
