package io.github.natexd.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.LabOptions.Send;
import io.github.natexd.testkit.LabNatexd;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The main job: with natexd on the host, every client in a guest shows every hop, whatever the NAT does. */
class TracerouteLabTest {
    private static final int EGRESS_FIRST_MILLIS = 5;
    private static final int PATH_MTU = 1300;

    /** The NAT as VMware has it, one lab for all clients. */
    @Nested
    @TestInstance(Lifecycle.PER_CLASS)
    class EveryClient {
        private Lab lab;
        private LabNatexd natexd;

        @BeforeAll
        void start() {
            lab = Lab.up(LabOptions.defaults());
            natexd = LabNatexd.start(lab);
        }

        @AfterAll
        void stop() {
            natexd.close();
            lab.close();
        }

        @ParameterizedTest
        @EnumSource
        void showsEveryHopInTheGuest(Client client) {
            String output = client.run(lab, Node.GUEST1);

            assertEquals(lab.hops(), Traceroute.hops(output), output);
        }

        @ParameterizedTest
        @EnumSource
        void showsEveryHopOnTheHost(Client client) {
            String output = client.run(lab, Node.HOST);

            assertEquals(lab.hops(), Traceroute.hops(output), output);
        }
    }

    /** Every way of the NAT that the issue names, with a UDP and an ICMP client. */
    static Stream<LabOptions> ways() {
        LabOptions plain = LabOptions.defaults();
        return Stream.of(
                plain.rewritingPorts(),
                plain.rewritingIds(),
                plain.rewritingPorts().rewritingIds(),
                plain.sendingBy(Send.SOCKET),
                plain.sendingBy(Send.SOCKET).rewritingPorts(),
                plain.sendingBy(Send.PACKET),
                plain.sendingBy(Send.PACKET).rewritingIds(),
                plain.sendingBy(Send.PACKET).rewritingPorts(),
                plain.egressFirst(EGRESS_FIRST_MILLIS),
                plain.egressFirst(EGRESS_FIRST_MILLIS).rewritingPorts(),
                plain.egressFirst(EGRESS_FIRST_MILLIS).rewritingPorts().rewritingIds(),
                plain.egressFirst(EGRESS_FIRST_MILLIS).sendingBy(Send.SOCKET),
                plain.decrementingTtl().answeringTtlOne(),
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
    void tracepathLearnsTheMtuOfThePath() {
        try (Lab lab = Lab.up(LabOptions.defaults().pathMtu(PATH_MTU));
                LabNatexd natexd = LabNatexd.start(lab)) {
            String output = Client.TRACEPATH.run(lab, Node.GUEST1);

            assertEquals(lab.hops(), Traceroute.hops(output), output + natexd.log());
            assertTrue(output.contains("pmtu " + PATH_MTU), output);
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
