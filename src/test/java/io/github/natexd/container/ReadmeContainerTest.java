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
 * Runs the commands of the README and of the pages that it links, in the reader's order, as root in a built checkout,
 * in a Debian without natexd, while guests run traceroute. Other tests run what a container cannot: {@link
 * Readme#RUN_ELSEWHERE}.
 */
class ReadmeContainerTest {
    private static final String CHECKOUT = "/root/natexd";
    /** Replaces sudo, which root does not need and these images do not have. */
    private static final String SHELL = "cd " + CHECKOUT
            + "; export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8; sudo() { \"$@\"; }; in_guest() { nsenter"
            + " --net=/run/netns/natexd-lab-container-guest1 \"$@\"; }; foreground() { timeout --preserve-status"
            + " --signal=INT 10 \"$@\"; }; ";

    /** The README's example of a well-known address; here the target has it, too. */
    private static final String OUTSIDE = "9.9.9.9";

    private static final String FOREGROUND = "sudo target/natexd/bin/natexd run";
    private static final String PURGE = "sudo apt-get purge natexd";
    private static final String LAB_DOWN = "sudo target/natexd/bin/natexctl lab down";
    private static final String DOCTOR = "sudo natexctl doctor";

    /** The exit codes other than 0 that a command may have. */
    private static final Map<String, Integer> OTHER_EXIT_CODES = Map.of(
            // A check could not be made; nothing is wrong.
            DOCTOR, 3,
            // Ctrl-C has ended the program.
            FOREGROUND, 130);

    /** What the output must contain if the exit code proves little. */
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
                    // A lab to remove: the other one was removed with the package.
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
        // Answers yes to questions.
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
