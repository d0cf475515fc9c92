package io.github.natexd.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Installation, upgrade and removal as an administrator does them. After each test, purge leaves nothing of natexd. */
@ParameterizedClass
@MethodSource("io.github.natexd.container.Machine#images")
class PackageContainerTest {
    private static final String SETTINGS = "/etc/natexd/natexd.toml";
    /**
     * Every file except those that any installation leaves: logs, caches, dpkg's own records, backups of the user
     * database. Also users, groups, systemd's units, rules and sockets.
     */
    private static final String INVENTORY = "{ find / -xdev \\( -path /proc -o -path /sys -o -path /dev -o -path /tmp"
            + " -o -path /root -o -path /run/systemd -o -path /run/user -o -path '/run/log*' -o -path /var/log"
            + " -o -path /var/cache -o -path /var/lib/apt -o -path '/var/lib/dpkg/*-old' -o -path /var/lib/dpkg/info"
            + " -o -path '/etc/*-' -o -path /etc/.pwd.lock -o -path /var/lib/systemd/timers \\) -prune -o -print"
            + "; find /run -name '*natexd*'; ls /var/lib/dpkg/info | grep natexd; cat /etc/passwd /etc/group"
            + "; systemctl list-unit-files --no-pager --no-legend; systemctl list-units --all --no-pager --no-legend 'natexd*'"
            + "; nft list ruleset; ls /sys/class/net; grep natexd /proc/net/unix; pgrep -a java; }";

    private static final String TREE = "/usr/lib/natexd";
    private static final String KEY = TREE + "/lib/natexd.jsa.key";

    private static Machine machine;
    private static Set<String> before = Set.of();

    @Parameter
    String image;

    @BeforeParameterizedClassInvocation
    static void boot(String image) {
        machine = Machine.boot(image);
    }

    @AfterParameterizedClassInvocation
    static void shutDown() {
        if (machine != null) {
            machine.close();
        }
    }

    @BeforeEach
    void takeInventory() {
        before = inventory();
    }

    @AfterEach
    void nothingIsLeftAfterPurge() {
        machine.must("apt-get -q purge -y natexd; rm -rf /etc/vmware");

        Set<String> left = inventory();
        Set<String> missing = new TreeSet<>(before);
        missing.removeAll(left);
        left.removeAll(before);
        assertEquals("left: [], missing: []", "left: " + left + ", missing: " + missing);
    }

    private static Set<String> inventory() {
        return new TreeSet<>(machine.run(INVENTORY).output().lines().toList());
    }

    @Test
    void theServiceRunsAfterInstallationAndServesGuests() {
        machine.installPackage(Machine.PACKAGE);

        assertEquals("active", machine.must("systemctl is-active natexd"));
        assertEquals("enabled", machine.must("systemctl is-enabled natexd"));
        assertEquals(
                "disabled",
                machine.run("systemctl is-enabled natexd-jsvc").output().strip());
        assertTrue(machine.runsFromArchive(TREE));
        machine.must("natexd --version && natexctl --version && id natexd && man -w natexd natexctl natexd.toml");
        machine.labUp();
        machine.awaitHops();
        machine.labDown();
        // The rules are still loaded, because the guest network may return: purge has to remove them.
        assertNotEquals("", machine.must("nft list ruleset"));
    }

    @Test
    void removeKeepsTheSettingsAndTakesTheRulesOut() {
        machine.installPackage(Machine.PACKAGE);
        machine.labUp();
        machine.awaitHops();
        assertNotEquals("", machine.must("nft list ruleset"));
        machine.must("echo '# mine' >> " + SETTINGS);

        machine.must("apt-get -q remove -y natexd");

        assertEquals("", machine.must("nft list ruleset; pgrep -a java || ls /sys/class/net | grep vmnet || true"));
        assertEquals("# mine", machine.must("tail -n 1 " + SETTINGS));
        machine.installPackage(Machine.PACKAGE);
        assertEquals("# mine", machine.must("tail -n 1 " + SETTINGS));
        assertEquals("active", machine.must("systemctl is-active natexd"));
    }

    @Test
    void upgradeKeepsTheSettingsAndRestartsTheService() {
        machine.installPackage(Machine.PACKAGE);
        machine.must("echo 'queue.number = 4711' > " + SETTINGS);
        String pid = machine.property("natexd", "MainPID");
        String archive = machine.must("cat " + KEY);

        machine.installPackage(newer());

        assertEquals("99.0", machine.must("dpkg-query -W -f '${Version}' natexd"));
        assertEquals("queue.number = 4711", machine.must("cat " + SETTINGS));
        assertEquals("active", machine.must("systemctl is-active natexd"));
        assertNotEquals(pid, machine.property("natexd", "MainPID"));
        assertNotEquals(archive, machine.must("cat " + KEY));
        assertTrue(machine.runsFromArchive(TREE));
    }

    @Test
    void variablesOfTheServiceComeFromAFileThatPurgeRemoves() {
        machine.installPackage(Machine.PACKAGE);
        assertEquals("info", machine.must("natexctl log-level").strip());

        machine.must("printf 'NATEXD_LOG_LEVEL=warn\\nNATEXD_JAVA_OPTS=-Dnatexd.mark=1\\n' > /etc/default/natexd"
                + "; systemctl restart natexd");

        assertEquals("warn", machine.must("natexctl log-level").strip());
        String java = machine.must("tr '\\0' ' ' < /proc/" + machine.property("natexd", "MainPID") + "/cmdline");
        assertTrue(java.contains(" -Dnatexd.mark=1 "), java);
    }

    /** A problem of the host must not leave the package half installed. */
    @Test
    void purgeSucceedsWhereNftIsGoneAndTheUserIsBusy() {
        machine.installPackage(Machine.PACKAGE);
        machine.must("systemctl stop natexd; mv /usr/sbin/nft /root/nft"
                + "; setpriv --reuid natexd --clear-groups sleep 600 >/dev/null 2>&1 & sleep 0.5");
        try {
            String said = machine.must("apt-get -q purge -y natexd");

            assertTrue(said.contains("the user natexd remains"), said);
        } finally {
            machine.must("mv /root/nft /usr/sbin/nft; pkill -x sleep; sleep 0.5; userdel natexd");
        }
    }

    @Test
    void upgradeLeavesADisabledServiceAlone() {
        machine.installPackage(Machine.PACKAGE);
        machine.must("systemctl disable --now natexd");

        machine.installPackage(newer());

        assertEquals(
                "disabled", machine.run("systemctl is-enabled natexd").output().strip());
        assertEquals(
                "inactive", machine.run("systemctl is-active natexd").output().strip());
    }

    @Test
    void upgradeTellsThatTheServiceDoesNotRun() {
        machine.installPackage(Machine.PACKAGE);
        machine.must("echo 'queue.number = -1' > " + SETTINGS + "; mv /usr/bin/unshare /root/unshare");
        try {
            String said = machine.installPackage(newer());

            assertTrue(said.contains("it works without the archive, but starts slower"), said);
            assertTrue(said.contains("natexd.service is not running; for the reason, see: journalctl -u"), said);
        } finally {
            machine.must("mv /root/unshare /usr/bin/unshare");
        }
        machine.must("echo > " + SETTINGS + "; systemctl restart natexd");
        assertFalse(machine.runsFromArchive(TREE));
        // Purge also removes an archive that an administrator has made.
        machine.must(TREE + "/libexec/natexd-cds make && systemctl restart natexd");
        assertTrue(machine.runsFromArchive(TREE));
    }

    @Test
    void whatDevInstallsServesGuestsAndUninstallLeavesNothing() {
        machine.copy(Path.of("src/package"), "/root/natexd/src/package");
        for (String part : List.of(
                "systemd",
                "src/main",
                "src/package",
                "README.md",
                "CHANGELOG.md",
                "pom.xml",
                "target/natexd",
                "target/bom.json")) {
            machine.copy(Path.of(part), "/root/natexd/" + part);
        }
        machine.must("chmod -R +x /root/natexd/target/natexd/bin /root/natexd/src/package");
        // As on hosts with SELinux: this program sets the labels of copied files.
        machine.writeFile("/usr/local/sbin/restorecon", "#!/bin/sh\nprintf '%s\\n' \"$@\" >>/root/labelled");
        machine.must("chmod +x /usr/local/sbin/restorecon");

        String install = "/root/natexd/src/package/on-host install /root/natexd/target/natexd";

        String said = machine.must(install);

        assertTrue(said.contains("natexd.service is active"), said);
        assertEquals("enabled", machine.must("systemctl is-enabled natexd"));
        assertEquals("/usr/local/bin/natexctl", machine.must("command -v natexctl"));
        assertTrue(machine.runsFromArchive("/usr/local/lib/natexd"));
        machine.must("grep -qx /usr/local/sbin/natexd /root/labelled && rm /usr/local/sbin/restorecon");
        machine.labUp();
        machine.awaitHops();
        String refused = machine.run("dpkg --install " + Machine.PACKAGE).output();
        assertTrue(refused.contains("first, in the checkout it comes from: ./dev uninstall"), refused);
        machine.must("systemctl disable --now natexd");
        assertTrue(machine.must(install).contains("to start it: systemctl enable --now natexd.service"));
        assertEquals(
                "inactive", machine.run("systemctl is-active natexd").output().strip());
        machine.must("systemctl mask natexd");
        String masked = machine.run(install).output();
        machine.must("systemctl unmask natexd");
        assertTrue(masked.contains("natexd.service is masked, so it could not start"), masked);
        machine.must("mv /usr/sbin/nft /root/nft");
        try {
            machine.must("/root/natexd/src/package/on-host uninstall /root/natexd/target/natexd");
        } finally {
            machine.must("mv /root/nft /usr/sbin/nft");
        }
    }

    /**
     * The same package with a higher version and one more jar; all other files have the same size and time, as in real
     * ones.
     */
    private static String newer() {
        machine.must("dpkg-deb --raw-extract " + Machine.PACKAGE + " /root/newer"
                + " && cd /root/newer/usr/lib/natexd/lib && cp jspecify-*.jar one-more.jar"
                + " && sha256sum ./one-more.jar >>natexd.sha256 && cd /root"
                + " && sed -i 's/^Version:.*/Version: 99.0/' /root/newer/DEBIAN/control"
                + " && dpkg-deb -Znone --build /root/newer /root/newer.deb && rm -r /root/newer");
        return "/root/newer.deb";
    }
}
