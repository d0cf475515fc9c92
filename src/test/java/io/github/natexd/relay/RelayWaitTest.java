package io.github.natexd.relay;

import static io.github.natexd.relay.RelayScene.ROOT;
import static io.github.natexd.relay.RelayScene.error;
import static io.github.natexd.relay.RelayScene.guestsError;
import static io.github.natexd.relay.RelayScene.hosts;
import static io.github.natexd.relay.RelayScene.probe;
import static io.github.natexd.testkit.Packets.GUEST;
import static io.github.natexd.testkit.Packets.HOST;
import static io.github.natexd.testkit.Packets.TARGET;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.testkit.FakePacketQueue.Verdict;
import io.github.natexd.testkit.Packets;
import io.github.natexd.translate.Reason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Errors whose sender is not known yet: held for a guest's sighting, or given to the host with a copy kept. */
class RelayWaitTest {
    private static final int PORT = 40000;

    private RelayScene scene = RelayScene.byFrames();

    @AfterEach
    void everyPacketHasItsVerdict() {
        scene.relay.releaseWaiting();
        scene.queue.checkAllAnswered();
    }

    @Test
    @DisplayName("R36: a waiting error goes to the guest as soon as its probe is sighted, and is dropped for the host")
    void aWaitingErrorIsReleasedAfterItsSighting() {
        int id = waitingError();
        assertEquals(Verdict.HELD, scene.queue.verdict(id));
        assertEquals(1, scene.relay.idleMillis());

        scene.pass(3);
        scene.guestSends(probe(GUEST, PORT).bytes());
        scene.relay.turn();

        assertEquals(Verdict.DROP, scene.queue.verdict(id));
        assertArrayEquals(guestsError(PORT), scene.link.takenPackets().get(0));
        assertEquals(-1, scene.relay.idleMillis());
    }

    @Test
    @DisplayName("R15: a waiting error whose probe no guest sent is the host's again after 10 ms, bit-identical")
    void aWaitingErrorIsAcceptedAfterTenMillis() {
        int id = waitingError();
        scene.passNanos(10 * RelayScene.MILLI - 1);
        scene.relay.turn();
        assertEquals(Verdict.HELD, scene.queue.verdict(id));

        scene.passNanos(1);
        scene.relay.turn();
        assertEquals(Verdict.ACCEPT, scene.queue.verdict(id));
        assertArrayEquals(error(hosts(PORT)), scene.queue.toHost(id));
        assertEquals(1, scene.count(Reason.HOST_PROBE));
    }

    @Test
    @DisplayName(
            "R36: behind a NAT that passes no hook, a guest's frame that is heard after the error still gets a copy")
    void aLateFrameOfAnUnseenProbeGetsACopy() {
        scene.guestSends(probe(GUEST, PORT).id(1).bytes());
        scene.errorComes(error(probe(HOST, PORT).id(1).bytes()));
        assertEquals(1, scene.count(Reason.RELAYED));

        int id = scene.errorComes(
                error(Packets.udpProbe(HOST, TARGET, PORT, 34001).bytes()));
        int others = scene.errorComes(
                error(Packets.udpProbe(HOST, TARGET, PORT, 34002).bytes()));
        assertEquals(Verdict.ACCEPT, scene.queue.verdict(id));
        scene.pass(2);
        scene.guestSends(Packets.udpProbe(GUEST, TARGET, PORT, 34001).bytes());
        scene.relay.turn();
        assertEquals(1, scene.count(Reason.RELAYED_LATE));

        scene.pass(10);
        scene.relay.turn();
        assertEquals(Verdict.ACCEPT, scene.queue.verdict(others));
        assertEquals(1, scene.count(Reason.NO_MAPPING));
        assertEquals(-1, scene.relay.idleMillis());
    }

    @Test
    @DisplayName("R21: at most 64 errors wait; the 65th is accepted at once, counted, and kept as a copy")
    void atMostSixtyFourErrorsWait() {
        scene.natIsAhead(8);
        for (int i = 0; i < 70; i++) {
            byte[] egress = Packets.udpProbe(HOST, TARGET, PORT, 34000 + i).bytes();
            scene.log.leave(egress, ROOT);
            scene.queue.enqueue(error(egress));
        }
        scene.relay.turn();

        assertEquals(64, scene.queue.held());
        assertEquals(Verdict.ACCEPT, scene.queue.verdict(64));
        assertEquals(6, scene.count(Counters.Event.WAITING_FULL));
        assertEquals(64, scene.count(Counters.Event.WAITED));
        assertEquals(6, scene.count(Counters.Event.COPIES_KEPT));
    }

    @Test
    @DisplayName("R36: of many waiting errors those that are sighted go, and the others keep waiting")
    void someOfManyWaitingErrorsGo() {
        scene.natIsAhead(8);
        for (int i = 0; i < 10; i++) {
            byte[] egress = probe(HOST, PORT + i).id(100 + i).bytes();
            scene.log.leave(egress, ROOT);
            scene.queue.enqueue(error(egress));
        }
        scene.relay.turn();
        scene.pass(1);
        for (int i = 1; i < 10; i += 2) {
            scene.guestSends(probe(GUEST, PORT + i).id(100 + i).bytes());
        }
        scene.relay.turn();
        for (int i = 0; i < 10; i++) {
            assertEquals(i % 2 == 0 ? Verdict.HELD : Verdict.DROP, scene.queue.verdict(i));
        }
        scene.pass(10);
        scene.relay.turn();
        assertEquals(0, scene.queue.held());
    }

    @Test
    @DisplayName("R41: shutdown accepts what waits, once")
    void shutdownReleasesWhatWaits() {
        int id = waitingError();
        scene.relay.releaseWaiting();
        scene.relay.releaseWaiting();

        assertEquals(Verdict.ACCEPT, scene.queue.verdict(id));
        assertArrayEquals(error(hosts(PORT)), scene.queue.toHost(id));
    }

    @Test
    @DisplayName("R16: an error about another user's probe than the NAT's does not wait at all")
    void anotherUsersErrorDoesNotWait() {
        scene.natIsAhead(8);
        scene.log.leave(hosts(PORT + 1), 1000);
        assertEquals(Verdict.ACCEPT, scene.queue.verdict(scene.errorComes(error(hosts(PORT + 1)))));
    }

    @Test
    @DisplayName("R16, R36: where nothing says that the NAT is ahead, the host gets it at once, a late guest a copy")
    void aGuestSightedLateGetsItsCopy() {
        int id = undecidedError();
        assertEquals(Verdict.ACCEPT, scene.queue.verdict(id));
        assertArrayEquals(error(hosts(PORT)), scene.queue.toHost(id));

        scene.pass(3);
        scene.guestSends(probe(GUEST, PORT).bytes());
        scene.relay.turn();
        scene.pass(20);
        scene.relay.turn();
        assertArrayEquals(guestsError(PORT), scene.link.takenPackets().get(0));
        assertEquals(1, scene.link.taken().size(), "one copy");
        assertEquals(1, scene.count(Reason.RELAYED_LATE));
    }

    @Test
    @DisplayName("R16: a copy of the host's own error goes nowhere")
    void aCopyOfTheHostsOwnErrorGoesNowhere() {
        undecidedError();
        scene.pass(10);
        scene.relay.turn();
        scene.guestSends(probe(GUEST, PORT).bytes());
        scene.relay.turn();

        assertTrue(scene.link.taken().isEmpty());
        assertEquals(1, scene.count(Reason.HOST_PROBE));
        assertEquals(0, scene.count(Reason.RELAYED_LATE));
    }

    @Test
    @DisplayName("R21: at most 64 copies are kept; every error is the host's all the same")
    void atMostSixtyFourCopiesAreKept() {
        for (int i = 0; i < 70; i++) {
            byte[] egress = Packets.udpProbe(HOST, TARGET, PORT, 34000 + i).bytes();
            scene.log.leave(egress, ROOT);
            scene.queue.enqueue(error(egress));
        }
        scene.relay.turn();

        assertEquals(64, scene.count(Counters.Event.COPIES_KEPT));
        for (int i = 0; i < 70; i++) {
            assertEquals(Verdict.ACCEPT, scene.queue.verdict(i));
        }
    }

    @Test
    @DisplayName("R36: verdict mode: what is late goes as a frame, since the verdict has been given")
    void inVerdictModeALateGuestGetsAFrame() {
        scene = RelayScene.byVerdicts();
        int id = undecidedError();
        scene.guestSends(probe(GUEST, PORT).bytes());
        scene.relay.turn();

        assertEquals(Verdict.ACCEPT, scene.queue.verdict(id));
        assertArrayEquals(guestsError(PORT), scene.link.takenPackets().get(0));
        assertEquals(1, scene.count(Reason.RELAYED_LATE));
    }

    @Test
    @DisplayName("R16: when the NAT's lead has passed twice, the host has its error, and a guest later still its copy")
    void whatHasWaitedLongEnoughIsKeptAsACopy() {
        scene.natIsAhead(2);
        int id = undecidedError();
        assertEquals(Verdict.HELD, scene.queue.verdict(id));
        scene.pass(4);
        scene.relay.turn();
        assertEquals(Verdict.ACCEPT, scene.queue.verdict(id));

        scene.pass(3);
        scene.guestSends(probe(GUEST, PORT).bytes());
        scene.relay.turn();
        assertArrayEquals(guestsError(PORT), scene.link.takenPackets().get(0));
        assertEquals(1, scene.count(Reason.RELAYED_LATE));
    }

    @Test
    @DisplayName("R36: verdict mode: a waiting error is released rewritten")
    void inVerdictModeAWaitingErrorIsReleasedRewritten() {
        scene = RelayScene.byVerdicts();
        int id = waitingError();
        scene.guestSends(probe(GUEST, PORT).bytes());
        scene.relay.turn();

        assertEquals(Verdict.ACCEPT_REWRITTEN, scene.queue.verdict(id));
        assertArrayEquals(guestsError(PORT), scene.queue.toHost(id));
    }

    @Test
    @DisplayName("R41, R50: another way to reinject: what waits is released first")
    void theWayToReinjectIsChanged() {
        int waiting = waitingError();
        scene.relay.reinject(Relay.Reinject.VERDICT);
        assertEquals(Verdict.ACCEPT, scene.queue.verdict(waiting));

        int frames = scene.link.taken().size();
        scene.mapped(PORT + 1);
        assertEquals(Verdict.ACCEPT_REWRITTEN, scene.queue.verdict(scene.errorComes(error(hosts(PORT + 1)))));
        assertEquals(frames, scene.link.taken().size());
        scene.relay.reinject(Relay.Reinject.FRAME);
        assertEquals(Verdict.DROP, scene.queue.verdict(scene.errorComes(error(hosts(PORT + 1)))));
    }

    /** An error whose probe was seen leaving and, so far, not on the guest network, where the NAT is ahead. */
    private int waitingError() {
        scene.natIsAhead(8);
        return undecidedError();
    }

    /** The same, where nothing says so. */
    private int undecidedError() {
        scene.log.leave(hosts(PORT), ROOT);
        return scene.errorComes(error(hosts(PORT)));
    }
}
