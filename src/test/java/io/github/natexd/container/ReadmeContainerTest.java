package io.github.natexd.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.Topology;
import io.github.natexd.lab.Traceroute;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.Readme;
import io.github.natexd.testkit.Readme.Command;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The commands of the README and of the pages that it turns to, in the reader's order, in a Debian that has never seen natexd, by root in a
 * checkout that is built, while guests trace. What a container cannot run, others run: {@link Readme#RUN_ELSEWHERE}.
 */
class ReadmeContainerTest {
    private static final String CHECKOUT = "/root/natexd";
    /** Root needs no sudo, and these images have none. */
    private static final String SHELL = "cd " + CHECKOUT
            + "; export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8; sudo() { \"$@\"; }; in_guest() { nsenter"
            + " --net=/run/netns/natexd-lab-container-guest1 \"$@\"; }; foreground() { timeout --preserve-status"
            + " --signal=INT 10 \"$@\"; }; ";

    /** The README's example of an address that all know; here it is the target's, too. */
    private static final String OUTSIDE = "9.9.9.9";

    private static final String FOREGROUND = "sudo target/natexd/bin/natexd run";
    private static final String PURGE = "sudo apt-get purge natexd";
    private static final String LAB_DOWN = "sudo target/natexd/bin/natexctl lab down";
    private static final String DOCTOR = "sudo natexctl doctor";

    /** What else than 0 a command may end with. */
    private static final Map<String, Integer> OTHER_EXIT_CODES = Map.of(
            // Something could not be seen; nothing is wrong.
            DOCTOR, 3,
            // A program that Ctrl-C has ended.
            FOREGROUND, 130);

    /** Where an exit code says little: what stands in the output. */
    private static final Map<String, String> EXPECTED = Map.of(
            "traceroute -n 9.9.9.9",
            Topology.HOPS.get(2),
            "systemctl status natexd",
            "active (running)",
            "sudo natexctl status",
            "is working",
            "sudo natexctl watch --count 5",
            Topology.GUEST1,
            "sudo nft list table ip natexd",
            "ip ttl <= 60",
            DOCTOR,
            "✔",
            "journalctl -u natexd",
            "ready",
            "natexctl replay trace.pcapng",
            "RELAYED",
            FOREGROUND,
            "ready",
            "./dev",
            "Usage: ./dev VERB");

    @ParameterizedTest
    @MethodSource("io.github.natexd.container.Machine#images")
    void everyCommandDoesWhatTheReadmeSays(String image) {
        List<Command> commands =
                Readme.commands().stream().filter(Command::isForContainer).toList();
        Set<String> unseen = new HashSet<>(EXPECTED.keySet());
        try (Machine machine = Machine.boot(image)) {
            checkOut(machine);
            boolean lab = false;
            for (Command command : commands) {
                if (!lab && machine.run("systemctl is-active natexd").exitCode() == 0) {
                    labUp(machine);
                    lab = true;
                }

                if (command.text().equals(LAB_DOWN)) {
                    // One to clear away: the other went with the package.
                    machine.must(CHECKOUT + "/target/natexd/bin/natexctl lab up");
                }

                Machine.Result result = machine.run(SHELL + line(command));

                String said = command.text() + " ended with " + result.exitCode() + ":\n" + result.output();
                assertTrue(
                        result.exitCode() == 0 || result.exitCode() == OTHER_EXIT_CODES.getOrDefault(command.text(), 0),
                        said);
                assertTrue(result.output().contains(EXPECTED.getOrDefault(command.text(), "")), said);
                unseen.remove(command.text());
                if (command.text().equals(PURGE)) {
                    assertEquals(
                            "", machine.must("nft list ruleset; pgrep -a jsvc || ls /run | grep natexd-lab || true"));
                }
            }
        }
        assertEquals(Set.of(), unseen, "no longer in the README");
    }

    private static String line(Command command) {
        if (command.guest()) {
            return "in_guest " + command.text();
        }
        return command.text().equals(FOREGROUND) ? command.text().replace("sudo", "foreground") : command.text();
    }

    private static void checkOut(Machine machine) {
        machine.copy(Path.of("dev"), CHECKOUT + "/dev");
        machine.copy(LabNatexd.tree(), CHECKOUT + "/target/natexd");
        machine.must("cd " + CHECKOUT + " && chmod -R +x dev target/natexd/bin target/natexd/libexec && mv "
                + Machine.PACKAGE + " target/natexd_1_all.deb");
        // Somebody who says yes.
        machine.writeFile("/etc/apt/apt.conf.d/99yes", "APT::Get::Assume-Yes \"true\";");
    }

    private static void labUp(Machine machine) {
        machine.labUp();
        machine.must("ip route add default via " + Topology.HOPS.get(0)
                + " && ip -n natexd-lab-container-target address add " + OUTSIDE + "/32 dev lo");
        machine.awaitHops();
        machine.must(SHELL + "while in_guest traceroute -n -q 1 -w 1 -m " + Traceroute.HOPS_MAX + " " + Topology.TARGET
                + "; do sleep 1; done >/dev/null 2>&1 &");
    }
}
