package io.github.natexd.relay;

import static io.github.natexd.relay.RelayScene.error;
import static io.github.natexd.relay.RelayScene.probe;
import static io.github.natexd.testkit.Packets.GATEWAY;
import static io.github.natexd.testkit.Packets.GATEWAY_MAC;
import static io.github.natexd.testkit.Packets.GUEST;
import static io.github.natexd.testkit.Packets.GUEST_MAC;
import static io.github.natexd.testkit.Packets.HOST;
import static io.github.natexd.testkit.Packets.OTHER_GUEST;
import static io.github.natexd.testkit.Packets.OTHER_GUEST_MAC;
import static io.github.natexd.testkit.Packets.ROUTER;
import static io.github.natexd.testkit.Packets.TARGET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.report.Counters;
import io.github.natexd.report.NatDelivery;
import io.github.natexd.report.Reason;
import io.github.natexd.testkit.FakePacketQueue.Verdict;
import io.github.natexd.testkit.IcmpErrorBuilder;
import io.github.natexd.testkit.Log;
import io.github.natexd.testkit.Packets;
import io.github.natexd.translate.Judgement;
import io.github.natexd.wire.Ipv4Address;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Stepping back where the NAT process hands errors to guests itself (R36), and coming back where it stops. */
class YieldingTest {
    private static final int PORT = 40000;
    private static final int OTHER_PORT = 41000;

    private final RelayScene scene = RelayScene.byFrames();

    @BeforeEach
    void bothGuestsHaveSentAProbe() {
        scene.mapped(PORT);
        scene.guestSends(OTHER_GUEST_MAC, probe(OTHER_GUEST, OTHER_PORT).id(9).bytes());
        scene.log.leave(probe(HOST, OTHER_PORT).id(9).bytes(), RelayScene.ROOT);
        scene.relay.turn();
    }

    @Test
    @DisplayName(
            "R36: once the NAT is seen delivering what natexd relayed, it is left to the NAT: no duplicate any more")
    void yieldsToANatThatDelivers() {
        assertEquals(Verdict.DROP, verdictOfAnError());
        natDelivers(GATEWAY_MAC, ROUTER, PORT);

        assertEquals(Verdict.ACCEPT, verdictOfAnError());
        assertEquals(1, scene.count(Reason.NAT_DELIVERS));
        assertEquals(1, scene.count(Counters.Event.NAT_DELIVERIES));
        assertEquals(1, scene.link.taken().size());
    }

    @Test
    @DisplayName("R36: a NAT that captures packets delivers before the queue is read: that is delivered, too")
    void aDeliverySeenBeforeTheErrorCounts() {
        natDelivers(GATEWAY_MAC, ROUTER, PORT);

        assertEquals(Verdict.ACCEPT, verdictOfAnError());
        assertTrue(scene.link.taken().isEmpty(), "the guest has it already");
        assertEquals(Verdict.ACCEPT, verdictOfAnError(), "still yielding");
    }

    @Test
    @DisplayName("R36: a whole trace that the NAT delivers at once is left to it, hop by hop")
    void aTraceDeliveredAtOnceIsLeftToTheNat() {
        int hops = 30;
        for (int hop = 0; hop < hops; hop++) {
            scene.guestSends(probeTo(hop, GUEST));
            scene.log.leave(probeTo(hop, HOST));
            byte[] toGuest = Packets.timeExceeded(ROUTER, GUEST)
                    .quoting(probeTo(hop, GUEST))
                    .bytes();
            scene.link.arrive(Packets.frame(GUEST_MAC, GATEWAY_MAC, toGuest));
            scene.queue.enqueue(error(probeTo(hop, HOST)));
        }
        scene.relay.turn();

        assertEquals(hops, scene.count(Reason.NAT_DELIVERS));
        scene.pass(1001);
        scene.relay.turn();
        assertEquals(Verdict.ACCEPT, verdictOfAnError(), "still yielding: nothing of it was missing");
    }

    @Test
    @DisplayName("R36: what was delivered more than a second away from its error proves nothing")
    void aDeliveryASecondAwayProvesNothing() {
        natDelivers(GATEWAY_MAC, ROUTER, PORT);
        scene.passNanos(1_000_000_001);
        assertEquals(Verdict.DROP, verdictOfAnError());

        scene.passNanos(1_000_000_001);
        natDelivers(GATEWAY_MAC, ROUTER, PORT);
        scene.passNanos(1_000_000_001);
        assertEquals(Verdict.DROP, verdictOfAnError());
    }

    @Test
    @DisplayName(
            "R53: defect 2: frames about probes that never were, every 0.9 s, cost another guest none of its errors")
    void forgedFramesAboutNoProbeCostNothing() {
        try (Log log = new Log()) {
            for (int i = 0; i < 55; i++) {
                for (IcmpErrorBuilder forged : everyClass(GUEST)) {
                    byte[] frame = forged.quoting(probe(GUEST, 999).bytes()).bytes();
                    scene.link.arrive(Packets.frame(GUEST_MAC, GATEWAY_MAC, frame));
                }
                scene.mapped(PORT);
                assertEquals(Verdict.DROP, verdictOfAnError(), "error " + i);
                scene.pass(900);
            }
            assertEquals("", log.text());
        }
        assertEquals(55, scene.link.taken().size());
    }

    @Test
    @DisplayName("R53: a guest that forges deliveries of its own errors silences itself, nobody else")
    void whoForgesDeliveriesSilencesItself() {
        for (int i = 0; i < 5; i++) {
            byte[] forged = Packets.timeExceeded(ROUTER, OTHER_GUEST)
                    .quoting(probe(OTHER_GUEST, OTHER_PORT).bytes())
                    .bytes();
            scene.link.arrive(Packets.frame(OTHER_GUEST_MAC, GATEWAY_MAC, forged));
            int its = scene.errorComes(error(probe(HOST, OTHER_PORT).id(9).bytes()));
            assertEquals(Verdict.ACCEPT, scene.queue.verdict(its));

            assertEquals(Verdict.DROP, verdictOfAnError());
        }
        assertEquals(5, scene.count(Reason.NAT_DELIVERS));
        assertEquals(5, scene.link.taken().size());
    }

    @Test
    @DisplayName("R53: one guest's flood of errors left to the NAT does not keep another's misses from being counted")
    void aFloodOfOneGuestDoesNotKeepAnotherSilent() {
        natDelivers(GATEWAY_MAC, ROUTER, PORT);
        verdictOfAnError();
        byte[] forged = Packets.timeExceeded(ROUTER, OTHER_GUEST)
                .quoting(probe(OTHER_GUEST, OTHER_PORT).bytes())
                .bytes();
        scene.link.arrive(Packets.frame(OTHER_GUEST_MAC, GATEWAY_MAC, forged));
        for (int i = 0; i < 4; i++) {
            verdictOfAnError();
            for (int flood = 0; flood < 100; flood++) {
                scene.errorComes(error(probe(HOST, OTHER_PORT).id(9).bytes()));
                scene.pass(11);
            }
        }

        assertEquals(Verdict.DROP, verdictOfAnError(), "the NAT has not delivered any more");
    }

    @Test
    @DisplayName("R36: natexd resumes also when more errors come in a second than it remembers")
    void resumesInAFlood() {
        natDelivers(GATEWAY_MAC, ROUTER, PORT);
        verdictOfAnError();
        for (int i = 0; i < 400; i++) {
            verdictOfAnError();
            scene.pass(5);
        }

        assertEquals(Verdict.DROP, verdictOfAnError(), "for two seconds the NAT has delivered nothing");
    }

    @Test
    @DisplayName("R36: defect 8: a NAT that hands over port-unreachable alone does not cost fragmentation-needed")
    void portUnreachableAloneDoesNotCostFragmentationNeeded() {
        byte[] probe = probe(HOST, PORT).bytes();
        byte[] unreachable =
                Packets.portUnreachable(TARGET, HOST).quoting(probe, 28).bytes();
        byte[] delivered = Packets.portUnreachable(TARGET, GUEST)
                .quoting(probe(GUEST, PORT).bytes())
                .bytes();
        scene.link.arrive(Packets.frame(GUEST_MAC, GATEWAY_MAC, delivered));
        assertEquals(Verdict.ACCEPT, scene.queue.verdict(scene.errorComes(unreachable)));

        byte[] needed = Packets.fragmentationNeeded(ROUTER, HOST, 1400)
                .quoting(probe, 28)
                .bytes();
        assertEquals(Verdict.DROP, scene.queue.verdict(scene.errorComes(needed)));
        assertEquals(Verdict.DROP, verdictOfAnError(), "nor time exceeded");
        byte[] hostUnreachable =
                Packets.icmpError(3, 1, ROUTER, HOST).quoting(probe, 28).bytes();
        assertEquals(Verdict.DROP, scene.queue.verdict(scene.errorComes(hostUnreachable)));
        assertEquals(Verdict.ACCEPT, scene.queue.verdict(scene.errorComes(unreachable)), "still left to the NAT");
    }

    @Test
    @DisplayName("R36: a NAT that delivers what the host keeps is left the copies; what natexd moves it never gets")
    void aDeliveredCopyDoesNotCostWhatIsMoved() {
        likelyErrorComes(41_001, 11, 11);
        assertEquals(1, scene.count(Reason.COPIED_LIKELY));
        natDelivers(GATEWAY_MAC, ROUTER, 41_001);

        assertEquals(Verdict.DROP, verdictOfAnError(), "certain, so it is moved");
        likelyErrorComes(41_002, 12, 13);
        assertEquals(1, scene.count(Reason.COPIED_LIKELY));
        assertEquals(1, scene.count(Reason.NAT_DELIVERS), "the copy was left to the NAT");
    }

    @Test
    @DisplayName("R36: a NAT that delivers what natexd moved gets everything, so it is left the copies, too")
    void aDeliveredMoveCostsCopiesToo() {
        assertEquals(Verdict.DROP, verdictOfAnError());
        natDelivers(GATEWAY_MAC, ROUTER, PORT);

        likelyErrorComes(41_001, 11, 11);
        assertEquals(0, scene.count(Reason.COPIED_LIKELY));
        assertEquals(1, scene.count(Reason.NAT_DELIVERS));
    }

    /** Port and IP ID were kept so far. This probe leaves from another port, and maybe with another IP ID. */
    private void likelyErrorComes(int guestPort, int id, int leavingId) {
        byte[] leaving = probe(HOST, guestPort + 20_000).id(leavingId).bytes();
        scene.guestSends(probe(GUEST, guestPort).id(id).bytes());
        scene.log.leave(leaving);
        assertEquals(Verdict.ACCEPT, scene.queue.verdict(scene.errorComes(error(leaving))));
        scene.pass(11);
        scene.relay.turn();
    }

    @Test
    @DisplayName("R36: yields per protocol: a NAT that delivers errors about UDP does not cost those about echoes")
    void yieldsPerProtocol() {
        byte[] guests = Packets.echoProbe(GUEST, TARGET, 7, 1).bytes();
        byte[] leaving = Packets.echoProbe(HOST, TARGET, 7, 1).bytes();
        scene.guestSends(guests);
        scene.log.leave(leaving);
        natDelivers(GATEWAY_MAC, ROUTER, PORT);

        assertEquals(Verdict.ACCEPT, verdictOfAnError());
        assertEquals(Verdict.DROP, scene.queue.verdict(scene.errorComes(error(leaving))));
    }

    @Test
    @DisplayName("R40: what the gateway reports itself is no sign of delivering")
    void theGatewaysOwnErrorsAreNoDelivery() {
        natDelivers(GATEWAY_MAC, GATEWAY, PORT);

        assertEquals(0, scene.count(Counters.Event.NAT_DELIVERIES));
        assertEquals(Verdict.DROP, verdictOfAnError());
    }

    @Test
    @DisplayName("R53: an error that another machine sends the guest is no delivery of the NAT's")
    void anotherMachinesErrorsAreNoDelivery() {
        natDelivers(OTHER_GUEST_MAC, ROUTER, PORT);
        assertEquals(Verdict.DROP, verdictOfAnError());

        natDelivers(OTHER_GUEST_MAC, ROUTER, PORT);
        assertEquals(Verdict.DROP, verdictOfAnError());
    }

    @Test
    @DisplayName("R36: another reporter's error, or one about other ports, is another error")
    void anotherErrorIsNoDelivery() {
        natDelivers(GATEWAY_MAC, Ipv4Address.parse("198.51.100.2"), PORT);
        natDelivers(GATEWAY_MAC, ROUTER, PORT + 1);

        assertEquals(Verdict.DROP, verdictOfAnError());
    }

    @Test
    @DisplayName("R39: our own frame, seen again, is no delivery")
    void ourOwnFrameIsNoDelivery() {
        verdictOfAnError();
        scene.link.arriveOutgoing(scene.link.taken().get(0));

        assertEquals(Verdict.DROP, verdictOfAnError());
    }

    @Test
    @DisplayName("R36: natexd resumes after three errors in a row that the NAT did not deliver within a second")
    void resumesAfterThreeErrorsInARowThatTheNatDidNotDeliver() {
        natDelivers(GATEWAY_MAC, ROUTER, PORT);
        verdictOfAnError();
        for (int i = 0; i < 3; i++) {
            assertEquals(Verdict.ACCEPT, verdictOfAnError(), "yielding still, after " + i + " misses");
            scene.pass(1001);
            scene.relay.turn();
        }

        assertEquals(Verdict.DROP, verdictOfAnError());
    }

    @Test
    @DisplayName("R36: a delivery in between begins the count of misses anew")
    void aDeliveryInBetweenBeginsTheCountAnew() {
        natDelivers(GATEWAY_MAC, ROUTER, PORT);
        verdictOfAnError();
        for (int i = 0; i < 6; i++) {
            assertEquals(Verdict.ACCEPT, verdictOfAnError());
            if (i % 2 == 1) {
                natDelivers(GATEWAY_MAC, ROUTER, PORT);
            }
            scene.pass(1001);
            scene.relay.turn();
        }
    }

    @Test
    @DisplayName("R36, R45: a guest network that is created again has a NAT process of its own")
    void resumesWhenTheGuestNetworkIsCreatedAgain() {
        natDelivers(GATEWAY_MAC, ROUTER, PORT);
        assertEquals(Verdict.ACCEPT, verdictOfAnError());

        scene.relay.link(null);
        scene.relay.link(scene.link);
        assertEquals(Verdict.DROP, verdictOfAnError());
    }

    @Test
    void theLoopIsNotWokenToCountWhatWasNotDelivered() {
        natDelivers(GATEWAY_MAC, ROUTER, PORT);
        verdictOfAnError();
        verdictOfAnError();

        assertEquals(-1, scene.relay.idleMillis());
    }

    @Test
    void aReportCountsWhatWasNotDelivered() {
        Yielding yielding = new Yielding();
        Judgement copied = new Judgement();
        copied.type = 11;
        copied.guest = GUEST;
        copied.gatewayMac = GATEWAY_MAC;
        copied.reason = Reason.COPIED_LIKELY;
        yielding.relays(copied, 0);
        yielding.seen(copied, 1);
        for (int i = 0; i < 3; i++) {
            assertTrue(yielding.leavesToNat(copied, 2));
        }

        assertTrue(yielding.deliveries(1_000_000_002).stream().anyMatch(NatDelivery::byNat));
        assertFalse(yielding.deliveries(1_000_000_003).stream().anyMatch(NatDelivery::byNat));
    }

    @Test
    void whoDeliversIsReported() {
        assertFalse(scene.relay.snapshot().deliveries().stream().anyMatch(NatDelivery::byNat));
        natDelivers(GATEWAY_MAC, ROUTER, PORT);
        verdictOfAnError();

        assertTrue(scene.relay.snapshot().deliveries().contains(new NatDelivery("time-exceeded", 17, true, false)));
    }

    private Verdict verdictOfAnError() {
        return scene.queue.verdict(scene.errorComes(error(probe(HOST, PORT).bytes())));
    }

    private void natDelivers(long fromMac, int reporter, int port) {
        byte[] error = Packets.timeExceeded(reporter, GUEST)
                .quoting(probe(GUEST, port).bytes())
                .bytes();
        scene.link.arrive(Packets.frame(GUEST_MAC, fromMac, error));
        scene.relay.turn();
    }

    private static IcmpErrorBuilder[] everyClass(int guest) {
        return new IcmpErrorBuilder[] {
            Packets.timeExceeded(ROUTER, guest),
            Packets.fragmentationNeeded(ROUTER, guest, 1400),
            Packets.portUnreachable(ROUTER, guest),
            Packets.icmpError(3, 1, ROUTER, guest),
            Packets.icmpError(12, 0, ROUTER, guest)
        };
    }

    private static byte[] probeTo(int hop, int source) {
        return Packets.udpProbe(source, TARGET, PORT, 33500 + hop)
                .ttl(hop + 1)
                .id(hop + 1)
                .bytes();
    }
}
