package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.LabOptions.Send;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.lab.Traceroute;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.clients.Client;
import io.github.natexd.testkit.clients.NatWays;
import io.github.natexd.testkit.clients.Warmup;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@link ClientMatrixLabTest} leaves out: NATs outside its dimensions, and the state after natexd has stopped. */
class TracerouteLabTest {
    static Stream<LabOptions> ways() {
        LabOptions plain = LabOptions.defaults();
        LabOptions egressFirst = plain.egressFirst(NatWays.EGRESS_FIRST_MILLIS);
        return Stream.of(
                egressFirst,
                egressFirst.rewritingPorts(),
                egressFirst.rewritingPorts().rewritingIds(),
                egressFirst.sendingBy(Send.SOCKET),
                plain.changingPerDestination(),
                plain.decrementingTtl(),
                plain.answeringTtlOne());
    }

    @ParameterizedTest
    @MethodSource("ways")
    void showsEveryHopWhateverTheNatDoes(LabOptions options) {
        try (Lab lab = Lab.up(options);
                LabNatexd natexd = LabNatexd.start(lab)) {
            Warmup.of(lab);
            for (Client client : List.of(Client.TRACEROUTE, Client.TRACEROUTE_ICMP, Client.MTR)) {
                String output = client.run(lab, Node.GUEST1);

                assertEquals(lab.hops(), Traceroute.hops(output), client + ":\n" + output + natexd.log());
            }
        }
    }

    @Test
    @DisplayName("R17: two consecutive traces of the same destination port, with a NAT that rewrites ports and IP IDs")
    void tracesOfOneClassDoNotCrowdEachOther() {
        try (Lab lab = Lab.up(LabOptions.defaults().rewritingPorts().rewritingIds());
                LabNatexd natexd = LabNatexd.start(lab)) {
            String first = Client.TRACEROUTE.run(lab, Node.GUEST1);
            assertEquals(lab.hops(), Traceroute.hops(first), first + natexd.log());
            for (Client client : List.of(Client.TRACEROUTE_U, Client.TRACEROUTE_U_PORT)) {
                String output = client.run(lab, Node.GUEST1);

                assertEquals(lab.hops(), Traceroute.hops(output), client + ":\n" + output + natexd.log());
            }
        }
    }

    @Test
    @DisplayName("R43: once natexd has stopped there are stars again")
    void withoutNatexdAgainThereAreStarsAgain() {
        try (Lab lab = Lab.up(LabOptions.defaults())) {
            LabNatexd natexd = LabNatexd.start(lab);
            String during = Client.TRACEROUTE.run(lab, Node.GUEST2);

            assertEquals(0, natexd.stop(), natexd.log());

            assertEquals(lab.hops(), Traceroute.hops(during), during);
            String after = lab.exec(Node.GUEST2, "traceroute", "-n", "-q1", "-w1", "-m5", Topology.TARGET)
                    .output();
            assertEquals(List.of("*", "*", "*", "*", "*"), Traceroute.hops(after), after);
            String rules = lab.exec(Node.HOST, "nft", "list", "ruleset").output();
            assertEquals("", rules.strip());
        }
    }
}
