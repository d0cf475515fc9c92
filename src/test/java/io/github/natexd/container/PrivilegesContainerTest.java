package io.github.natexd.container;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@link Intruder} can do in natexd's place: page security.md says the same to users. */
class PrivilegesContainerTest {
    private static final String CLASSES = "/opt/intruder";
    private static final String ATTEMPTS = "/root/attempts";
    private static final String REFUSED = "refused";
    private static final String DROP_IN = """
            [Service]
            Type=oneshot
            NotifyAccess=none
            Restart=no
            WatchdogSec=0
            %sExecStart=
            ExecStart=/usr/bin/java -XX:-UsePerfData \
            -Djffi.boot.library.path=/usr/lib/natexd/lib/native/x86_64:/usr/lib/natexd/lib/native/aarch64 \
            -cp %s:/usr/lib/natexd/lib/natexd.jar %s
            StandardOutput=append:%s""";
    /** In natexd-keepalive.service: Docker engines of some age have no CAP_BPF to give. */
    private static final String WITHOUT_CAP_BPF = "AmbientCapabilities=\nAmbientCapabilities=CAP_NET_ADMIN\n"
            + "CapabilityBoundingSet=\nCapabilityBoundingSet=CAP_NET_ADMIN\n";

    private static final Set<String> EVERYBODYS = Set.of(
            "write directory /tmp",
            "write directory /var/tmp",
            "write other /dev/full",
            "write other /dev/null",
            "write other /dev/pts/ptmx",
            "write other /dev/random",
            "write other /dev/tty",
            "write other /dev/urandom",
            "write other /dev/zero",
            "run a program of the host");

    /** AF_UNIX is 1, AF_NETLINK 16, AF_PACKET 17. */
    private static final Set<String> OF_NATEXD = Set.of(
            "socket of family 1",
            "socket of family 16",
            "socket of family 17",
            "write directory /run/natexd",
            "add a route",
            "remove a route",
            "add a firewall rule",
            "remove a firewall rule");

    /** It looks for VMware's process, and loads a program for it. */
    private static final Set<String> OF_KEEPALIVE = Set.of(
            "socket of family 1",
            "write directory /run/natexd-keepalive",
            "load a BPF program",
            "see processes of other users");

    @ParameterizedTest
    @MethodSource("io.github.natexd.container.Machine#images")
    @DisplayName("an attacker who takes over natexd gets its two capabilities and its directory, and nothing else")
    void anIntruderGetsTheNetworkAndNothingElse(String image) {
        try (Machine machine = Machine.boot(image)) {
            machine.installPackage(Machine.PACKAGE);
            machine.must("systemctl stop natexd");
            copyIntruder(machine);

            assertEquals(with(OF_NATEXD), possible(attempts(machine, "natexd", "")));
            assertEquals(with(OF_KEEPALIVE), possible(attempts(machine, "natexd-keepalive", WITHOUT_CAP_BPF)));
        }
    }

    private static void copyIntruder(Machine machine) {
        String name = Intruder.class.getName();
        String directory = name.substring(0, name.lastIndexOf('.')).replace('.', '/');
        Path classes = Path.of("target/test-classes", directory);
        machine.must("mkdir -p " + CLASSES + "/" + directory);
        for (String file : List.of("Intruder.class", "Intruder$1.class")) {
            machine.copy(classes.resolve(file), CLASSES + "/" + directory + "/" + file);
        }
    }

    private static Map<String, String> attempts(Machine machine, String unit, String settings) {
        machine.writeFile(
                "/run/systemd/system/" + unit + ".service.d/intruder.conf",
                DROP_IN.formatted(settings, CLASSES, Intruder.class.getName(), ATTEMPTS));
        machine.must("rm -f " + ATTEMPTS + "; systemctl daemon-reload; systemctl start " + unit);
        Map<String, String> attempts = new TreeMap<>();
        machine.must("cat " + ATTEMPTS)
                .lines()
                .map(line -> line.split("\t"))
                .filter(cells -> cells.length == 2)
                .forEach(cells -> attempts.put(cells[0], cells[1]));
        assertEquals("done", attempts.get(Intruder.LAST), () -> "it came to its end: " + attempts);
        return attempts;
    }

    /** What was not refused, except to connect to sockets of the host that every user may connect to. */
    private static Set<String> possible(Map<String, String> attempts) {
        Set<String> possible = new TreeSet<>();
        attempts.forEach((attempt, result) -> {
            if (!result.equals(REFUSED) && !attempt.startsWith("connect to ")) {
                possible.add(attempt);
            }
        });
        return possible;
    }

    private static Set<String> with(Set<String> more) {
        Set<String> all = new TreeSet<>(EVERYBODYS);
        all.addAll(more);
        all.add(Intruder.LAST);
        return all;
    }
}
