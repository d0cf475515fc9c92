package io.github.natexd.relay;

import static io.github.natexd.relay.RelayScene.error;
import static io.github.natexd.relay.RelayScene.probe;
import static io.github.natexd.testkit.Packets.GATEWAY;
import static io.github.natexd.testkit.Packets.GATEWAY_MAC;
import static io.github.natexd.testkit.Packets.GUEST;
import static io.github.natexd.testkit.Packets.GUEST_MAC;
import static io.github.natexd.testkit.Packets.HOST;
import static io.github.natexd.testkit.Packets.OTHER_GUEST_MAC;
import static io.github.natexd.testkit.Packets.ROUTER;
import static io.github.natexd.testkit.Packets.TARGET;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.natexd.testkit.FakePacketQueue.Verdict;
import io.github.natexd.testkit.Packets;
import io.github.natexd.translate.Reason;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Stepping back where the NAT process hands errors to guests itself (R36), and coming back where it stops. */
class YieldingTest {
    private static final int PORT = 40000;

    private final RelayScene scene = RelayScene.byFrames();

    @Test
    @DisplayName("R36: once the NAT is seen delivering, natexd leaves that class to it: no duplicate")
    void yieldsToANatThatDelivers() {
        scene.mapped(PORT);
        natDelivers(GATEWAY_MAC, ROUTER, PORT);

        assertEquals(Verdict.ACCEPT, verdictOfAnError());
        assertEquals(1, scene.count(Reason.NAT_DELIVERS));
        assertEquals(1, scene.count(Counters.Event.NAT_DELIVERIES));
    }

    @Test
    void yieldsPerClassOfErrors() {
        scene.mapped(PORT);
        natDelivers(GATEWAY_MAC, ROUTER, PORT);
        byte[] unreachable = Packets.portUnreachable(ROUTER, HOST)
                .quoting(probe(HOST, PORT).bytes(), 28)
                .bytes();

        assertEquals(Verdict.DROP, scene.queue.verdict(scene.errorComes(unreachable)));
    }

    @Test
    @DisplayName("R40: what the gateway reports itself is no sign of delivering")
    void theGatewaysOwnErrorsAreNoDelivery() {
        scene.mapped(PORT);
        natDelivers(GATEWAY_MAC, GATEWAY, PORT);

        assertEquals(Verdict.DROP, verdictOfAnError());
    }

    @Test
    void anotherMachinesErrorsAreNoDelivery() {
        scene.mapped(PORT);
        natDelivers(OTHER_GUEST_MAC, ROUTER, PORT);

        assertEquals(Verdict.DROP, verdictOfAnError());
    }

    @Test
    @DisplayName("R39: our own frame, seen again, is no delivery")
    void ourOwnFrameIsNoDelivery() {
        scene.mapped(PORT);
        scene.link.arriveOutgoing(delivery(GATEWAY_MAC, ROUTER, PORT));

        assertEquals(Verdict.DROP, verdictOfAnError());
    }

    @Test
    void resumesAfterThreeErrorsInARowThatTheNatDidNotDeliver() {
        scene.mapped(PORT);
        natDelivers(GATEWAY_MAC, ROUTER, PORT + 9);
        for (int i = 0; i < 3; i++) {
            assertEquals(Verdict.ACCEPT, verdictOfAnError(), "yielding still, after " + i + " misses");
            scene.pass(1001);
            scene.relay.turn();
        }
        assertEquals(Verdict.DROP, verdictOfAnError());
    }

    @Test
    void aDeliveryInBetweenBeginsTheCountAnew() {
        scene.mapped(PORT);
        natDelivers(GATEWAY_MAC, ROUTER, PORT + 9);
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
    @DisplayName("R36: a NAT that captures packets delivers before the queue is read: that is delivered, too")
    void aDeliverySeenBeforeTheErrorCounts() {
        int hops = 8;
        for (int hop = 0; hop < hops; hop++) {
            scene.guestSends(probeTo(hop, GUEST));
            scene.log.leave(probeTo(hop, HOST));
        }
        for (int hop = 0; hop < hops; hop++) {
            byte[] toGuest = Packets.timeExceeded(ROUTER, GUEST)
                    .quoting(probeTo(hop, GUEST))
                    .bytes();
            scene.link.arrive(Packets.frame(GUEST_MAC, GATEWAY_MAC, toGuest));
            scene.queue.enqueue(error(probeTo(hop, HOST)));
        }
        scene.relay.turn();
        scene.pass(1001);
        scene.relay.turn();

        assertEquals(hops, scene.count(Reason.NAT_DELIVERS));
        scene.queue.enqueue(error(probeTo(0, HOST)));
        scene.relay.turn();
        assertEquals(hops + 1, scene.count(Reason.NAT_DELIVERS), "still yielding");
    }

    @Test
    void resumesWhenTheGuestNetworkIsCreatedAgain() {
        scene.mapped(PORT);
        natDelivers(GATEWAY_MAC, ROUTER, PORT);
        assertEquals(Verdict.ACCEPT, verdictOfAnError());

        scene.relay.unlink();
        scene.relay.link(scene.link);
        assertEquals(Verdict.DROP, verdictOfAnError());
    }

    @Test
    void theLoopIsWokenToCountWhatWasNotDelivered() {
        scene.mapped(PORT);
        natDelivers(GATEWAY_MAC, ROUTER, PORT + 9);
        assertEquals(-1, scene.relay.idleMillis());
        verdictOfAnError();

        long idle = scene.relay.idleMillis();
        assertEquals(1001, idle);
        scene.pass(idle);
        scene.relay.turn();
        assertEquals(-1, scene.relay.idleMillis());
    }

    private Verdict verdictOfAnError() {
        return scene.queue.verdict(scene.errorComes(error(probe(HOST, PORT).bytes())));
    }

    private void natDelivers(long fromMac, int reporter, int port) {
        scene.link.arrive(delivery(fromMac, reporter, port));
        scene.relay.turn();
    }

    private static byte[] delivery(long fromMac, int reporter, int port) {
        byte[] error = Packets.timeExceeded(reporter, GUEST)
                .quoting(probe(GUEST, port).bytes())
                .bytes();
        return Packets.frame(GUEST_MAC, fromMac, error);
    }

    private static byte[] probeTo(int hop, int source) {
        return Packets.udpProbe(source, TARGET, PORT, 33434 + hop)
                .ttl(hop + 1)
                .id(hop + 1)
                .bytes();
    }
}
