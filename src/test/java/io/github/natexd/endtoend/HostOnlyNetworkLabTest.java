package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.lab.Traceroute;
import io.github.natexd.testkit.Readme;
import io.github.natexd.testkit.Readme.Command;
import io.github.natexd.testkit.clients.Client;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The alternative to natexd in host-only.md: a host-only network whose guests the kernel masquerades. */
class HostOnlyNetworkLabTest {
    /** Makes the lab's guest network a host-only network; the lab's NAT process is no longer used. */
    private static final String HOSTS_SIDE = """
            ip link set vmnet8 down
            ip link set vmnet8 name vmnet1
            ip address flush dev vmnet1
            ip address add 192.168.56.1/24 dev vmnet1
            ip link set vmnet1 up
            """;

    private static final String GUESTS_SIDE = """
            ip address flush dev eth0
            ip address add 192.168.56.100/24 dev eth0
            """;

    /** Runs a command in a plain root shell. */
    private static final String SUDO = "set -e; sudo() { \"$@\"; }\n";

    private static final String TRY_GUEST = "ping -c 1 -W 1 192.168.56.100";

    @Test
    void guestsTraceAndAreReachedByNobodyWithTheRulesOfThePage() {
        List<Command> commands = Readme.hostOnlyCommands();
        assertFalse(commands.isEmpty());
        try (Lab lab = Lab.up(LabOptions.defaults())) {
            must(lab, Node.HOST, HOSTS_SIDE);
            must(lab, Node.GUEST1, GUESTS_SIDE);
            must(lab, Node.R1, "ip route add 192.168.56.0/24 via " + Topology.HOST);

            for (Command command : commands) {
                must(lab, command.guest() ? Node.GUEST1 : Node.HOST, command.text());
            }

            List<String> expected = new ArrayList<>(List.of("192.168.56.1"));
            expected.addAll(Topology.HOPS);
            for (Client client : List.of(Client.TRACEROUTE, Client.TRACEROUTE_ICMP)) {
                String output = client.run(lab, Node.GUEST1);
                assertEquals(expected, Traceroute.hops(output), output);
            }
            must(lab, Node.HOST, TRY_GUEST);
            assertNotEquals(0, shell(lab, Node.R1, TRY_GUEST).exitCode());
        }
    }

    private static void must(Lab lab, Node node, String script) {
        Lab.Result result = shell(lab, node, script);
        assertEquals(0, result.exitCode(), () -> script + ":\n" + result.output());
    }

    private static Lab.Result shell(Lab lab, Node node, String script) {
        return lab.exec(node, "sh", "-c", SUDO + script);
    }
}
