package io.github.natexd.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The installed service while Java runtimes are installed, replaced and removed. */
class JavaContainerTest {
    private static final String TREE = "/usr/lib/natexd";
    private static final String KEY = TREE + "/lib/natexd.jsa.key";

    @ParameterizedTest
    @MethodSource("io.github.natexd.container.Machine#images")
    void theServiceFollowsAChangeOfJava(String image) {
        try (Machine machine = Machine.boot(image)) {
            machine.installPackage(Machine.PACKAGE);
            String home = javaHome(machine);
            String key = machine.must("cat " + KEY);

            changeJava(machine);

            String other = javaHome(machine);
            assertNotEquals(home, other);
            assertEquals("active", machine.must("systemctl is-active natexd"));
            assertEquals(other + "/bin/java", runningJava(machine, "natexd"));
            assertTrue(machine.must("cat " + KEY).startsWith(other + "/release\n"), key);
            assertTrue(machine.runsFromArchive(TREE));
            assertEquals("", warnings(machine, "natexd"));

            selectTooOldJava(machine);
            machine.must("systemctl restart natexd && natexctl --version");
            assertEquals(other + "/bin/java", runningJava(machine, "natexd"));

            machine.writeFile(
                    "/run/systemd/system/natexd-jsvc.service.d/java.conf", "[Service]\nEnvironment=JAVA_HOME=" + other);
            machine.must("systemctl daemon-reload && systemctl start natexd-jsvc");
            assertEquals("", warnings(machine, "natexd-jsvc"));
        }
    }

    /** Changes to another runtime of the distribution or, if it has only one, to a copy of it in a separate package. */
    private static void changeJava(Machine machine) {
        String file =
                machine.run("ls /root/openjdk-*-jre-headless*.deb").output().strip();
        if (!file.endsWith(".deb")) {
            file = copyOfJava(machine);
        }
        String old = machine.must("dpkg-query -W -f '${Package}- ' 'openjdk-*-jre-headless' default-jre-headless");
        String said = machine.installPackage(file + " " + old);
        assertFalse(said.contains("natexd-cds:"), said);
    }

    private static String copyOfJava(Machine machine) {
        machine.must("mkdir -p /root/java/DEBIAN /root/java/usr/lib/jvm && cp -a " + javaHome(machine)
                + " /root/java/usr/lib/jvm/other && sed -i 's/17\\.0\\./17.9./' /root/java/usr/lib/jvm/other/release");
        machine.writeFile("/root/java/DEBIAN/control", """
                Package: other-java
                Version: 1
                Architecture: amd64
                Maintainer: nobody <nobody@natexd.invalid>
                Provides: java17-runtime-headless, java8-runtime-headless, java7-runtime-headless
                Description: another Java""");
        machine.writeFile("/root/java/DEBIAN/postinst", """
                #!/bin/sh
                update-alternatives --install /usr/bin/java java /usr/lib/jvm/other/bin/java 1""");
        machine.must("chmod 755 /root/java/DEBIAN/postinst && dpkg-deb -Znone --build /root/java /root/java.deb");
        return "/root/java.deb";
    }

    /** Installs a runtime by hand, as the alternative with the highest priority. */
    private static void selectTooOldJava(Machine machine) {
        machine.writeFile("/usr/lib/jvm/java-11/bin/java", "#!/bin/sh\nexit 9");
        machine.writeFile("/usr/lib/jvm/java-11/release", "JAVA_VERSION=\"11.0.25\"");
        machine.must("chmod 755 /usr/lib/jvm/java-11/bin/java"
                + " && update-alternatives --install /usr/bin/java java /usr/lib/jvm/java-11/bin/java 9999");
    }

    private static String javaHome(Machine machine) {
        return machine.must("dirname $(dirname $(readlink -f /usr/bin/java))");
    }

    private static String runningJava(Machine machine, String unit) {
        return machine.must("readlink /proc/" + machine.property(unit, "MainPID") + "/exe");
    }

    /** The warning of JVMs from version 24 on about native libraries that are loaded without permission. */
    private static String warnings(Machine machine, String unit) {
        return machine.must(
                "journalctl --no-pager -o cat -u " + unit + " | grep -i 'restricted\\|native access' || true");
    }
}
