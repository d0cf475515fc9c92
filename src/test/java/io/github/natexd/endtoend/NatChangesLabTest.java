package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.LabOptions.Send;
import io.github.natexd.lab.Node;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.LabShell;
import io.github.natexd.testkit.clients.Client;
import io.github.natexd.testkit.clients.Readings;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** While natexd runs, a NAT process of another kind replaces the NAT process. */
class NatChangesLabTest {
    private static final LabOptions PLAIN = LabOptions.defaults();
    private static final LabOptions HOP = PLAIN.decrementingTtl().answeringTtlOne();

    /** Each NAT differs from the previous one in some trait; natexd knows the previous one well. */
    private static final List<LabOptions> WAYS = List.of(
            PLAIN.rewritingPorts(),
            PLAIN.rewritingIds(),
            HOP,
            PLAIN.rewritingPorts(),
            HOP.rewritingPorts(),
            PLAIN,
            PLAIN.rewritingPorts().rewritingIds(),
            PLAIN,
            PLAIN.sendingBy(Send.SOCKET).rewritingIds(),
            HOP.rewritingPorts().rewritingIds(),
            PLAIN);

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("defect 15, shows 2: whichever trait of the NAT changes, the guest's second traceroute is complete")
    void theSecondTracerouteIsComplete(boolean recreated) {
        try (Lab lab = Lab.up(PLAIN);
                LabNatexd natexd = LabNatexd.start(lab)) {
            traceTwice(lab, natexd, "at first");
            for (LabOptions way : WAYS) {
                String story = lab.options() + " became " + way;
                if (recreated) {
                    lab.restartNetwork(way);
                    // natexd logs nothing if the interface was back before natexd checked.
                    LabShell.must(lab, Node.HOST, """
                            timeout 10 sh -c 'until ip -d link show vmnet8 | grep -q "promiscuity 1"; do sleep 0.05; done'
                            """);
                } else {
                    lab.nat(way);
                }
                traceTwice(lab, natexd, story);
            }
        }
    }

    private static void traceTwice(Lab lab, LabNatexd natexd, String story) {
        for (Client client : List.of(Client.TRACEROUTE, Client.TRACEROUTE_ICMP)) {
            String first = client.run(lab, Node.GUEST1);
            String second = client.run(lab, Node.GUEST1);
            assertEquals(
                    lab.hops(),
                    Readings.hops(second),
                    () -> story + ", " + client + "\nfirst\n" + first + "second\n" + second + natexd.log());
        }
    }
}
