package io.github.natexd.relay;

import static io.github.natexd.relay.RelayScene.MILLI;
import static io.github.natexd.relay.RelayScene.ROOT;
import static io.github.natexd.relay.RelayScene.error;
import static io.github.natexd.relay.RelayScene.guestsError;
import static io.github.natexd.relay.RelayScene.hosts;
import static io.github.natexd.relay.RelayScene.probe;
import static io.github.natexd.testkit.Packets.GATEWAY_MAC;
import static io.github.natexd.testkit.Packets.GUEST;
import static io.github.natexd.testkit.Packets.GUEST_MAC;
import static io.github.natexd.testkit.Packets.HOST;
import static io.github.natexd.testkit.Packets.OTHER_GUEST;
import static io.github.natexd.testkit.Packets.OTHER_GUEST_MAC;
import static io.github.natexd.testkit.Packets.ROUTER;
import static io.github.natexd.testkit.Packets.TARGET;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.report.Counters;
import io.github.natexd.report.Reason;
import io.github.natexd.testkit.FakePacketQueue.Verdict;
import io.github.natexd.testkit.Packets;
import io.github.natexd.translate.Judgement;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Errors of which nothing is certain yet: the host has them at once, and natexd keeps a copy for some milliseconds. */
class KeptCopiesTest {
    private static final int PORT = 40000;

    private RelayScene scene = RelayScene.byFrames();

    @AfterEach
    void nothingIsKeptForLong() {
        scene.queue.checkAllAnswered();
        scene.pass(20);
        scene.relay.turn();
        int frames = scene.link.taken().size();
        scene.pass(20);
        scene.relay.turn();
        assertEquals(frames, scene.link.taken().size(), "a copy goes once");
        assertEquals(-1, scene.relay.idleMillis(), "and nothing is kept");
    }

    @Test
    @DisplayName("R41, R52: the host has the error in the turn that took it; a guest sighted later gets a copy at once")
    void aGuestSightedLateGetsItsCopy() {
        int id = openError();
        assertEquals(Verdict.ACCEPT, scene.queue.verdict(id));
        assertArrayEquals(error(hosts(PORT)), scene.queue.toHost(id));
        assertTrue(scene.link.taken().isEmpty());
        assertEquals(11, scene.relay.idleMillis());

        scene.pass(3);
        scene.guestSends(probe(GUEST, PORT).bytes());
        scene.relay.turn();

        assertArrayEquals(
                Packets.frame(GUEST_MAC, GATEWAY_MAC, guestsError(PORT)),
                scene.link.taken().get(0));
        assertEquals(1, scene.count(Reason.COPIED_LATE));
        assertEquals(-1, scene.relay.idleMillis());
    }

    @Test
    @DisplayName("R52: what is only likely is copied when the copy's time is up, not before")
    void aLikelyGuestGetsItsCopyInTheEnd() {
        scene.guestSends(probe(GUEST, PORT).id(7).bytes());
        scene.relay.turn();
        scene.pass(1);
        scene.log.leave(probe(HOST, 61000).id(9).bytes(), ROOT);
        scene.relay.turn();
        scene.pass(3);
        scene.errorComes(error(probe(HOST, 61000).id(9).bytes()));
        scene.passNanos(7 * MILLI - 1);
        scene.relay.turn();
        assertTrue(scene.link.taken().isEmpty(), "10 ms after its probe left the time is up");

        scene.passNanos(1);
        scene.relay.turn();

        assertEquals(1, scene.link.taken().size());
        assertEquals(1, scene.count(Reason.COPIED_LIKELY));
    }

    @Test
    @DisplayName("R16: a copy of the host's own error goes nowhere, even if a guest sends the like a moment too late")
    void aCopyOfTheHostsOwnErrorGoesNowhere() {
        int id = openError();
        scene.pass(10);
        scene.relay.turn();
        scene.guestSends(probe(GUEST, PORT).bytes());
        scene.relay.turn();

        assertArrayEquals(error(hosts(PORT)), scene.queue.toHost(id));
        assertTrue(scene.link.taken().isEmpty());
        assertEquals(1, scene.count(Reason.HOST_PROBE));
        assertEquals(-1, scene.relay.idleMillis());
    }

    @Test
    @DisplayName("R16: a guest whose probe is sighted just before the deadline has 10 ms, too, until that probe leaves")
    void aGuestSightedJustBeforeTheDeadlineGetsNoErrorOfTheHost() {
        int id = openError();
        scene.passNanos(10 * MILLI);
        scene.guestSends(probe(GUEST, 36000).id(7).bytes());
        scene.relay.turn();
        assertTrue(scene.link.taken().isEmpty(), "the guest's probe has not left yet");

        scene.passNanos(MILLI / 2);
        scene.log.leave(probe(HOST, 36000).id(7).bytes(), ROOT);
        scene.relay.turn();

        assertEquals(Verdict.ACCEPT, scene.queue.verdict(id));
        assertTrue(scene.link.taken().isEmpty());
        assertEquals(1, scene.count(Reason.HOST_PROBE));
    }

    @Test
    @DisplayName("R36: another guest's probe that is sighted just before the deadline costs the first guest no copy")
    void anotherGuestSightedJustBeforeTheDeadlineCostsNoCopy() {
        scene.guestSends(probe(GUEST, PORT).id(7).bytes());
        byte[] leaving = probe(HOST, 61000).id(9).bytes();
        scene.log.leave(leaving, ROOT);
        scene.errorComes(error(leaving));
        scene.passNanos(10 * MILLI - 1);
        scene.guestSends(OTHER_GUEST_MAC, probe(OTHER_GUEST, PORT + 1).id(8).bytes());
        scene.relay.turn();
        scene.pass(1);
        scene.relay.turn();
        scene.log.leave(probe(HOST, 61001).id(10).bytes(), ROOT);
        scene.relay.turn();
        scene.pass(10);
        scene.relay.turn();

        assertEquals(1, scene.count(Reason.COPIED_LIKELY));
        assertEquals(1, scene.link.taken().size());
        assertEquals(0, scene.count(Reason.AMBIGUOUS));
    }

    @Test
    @DisplayName("R21: no flow of probes, of the host and of guests, keeps a copy for more than 30 ms")
    void noFlowKeepsACopyForLong() {
        openError();
        for (int millis = 0; millis < 30; millis += 5) {
            assertEquals(0, scene.count(Reason.AMBIGUOUS));
            scene.pass(5);
            scene.guestSends(probe(GUEST, 36000).id(7).bytes());
            scene.guestSends(probe(GUEST, 37000).id(8).bytes());
            scene.log.leave(hosts(PORT), ROOT);
            scene.relay.turn();
        }

        assertEquals(1, scene.count(Reason.AMBIGUOUS));
        assertEquals(-1, scene.relay.idleMillis());
    }

    @Test
    @DisplayName(
            "R36: behind a NAT that is not seen leaving, a guest's frame that is heard after the error gets a copy")
    void aLateFrameOfAnUnseenProbeGetsACopy() {
        scene.guestSends(probe(GUEST, PORT).bytes());
        scene.errorComes(error(hosts(PORT)));
        assertEquals(1, scene.count(Reason.RELAYED), "that is how the profile learns it");

        int id = scene.errorComes(
                error(Packets.udpProbe(HOST, TARGET, PORT, 34001).bytes()));
        int nobodys = scene.errorComes(
                error(Packets.udpProbe(HOST, TARGET, PORT, 34002).bytes()));
        assertEquals(Verdict.ACCEPT, scene.queue.verdict(id));
        scene.pass(2);
        scene.guestSends(Packets.udpProbe(GUEST, TARGET, PORT, 34001).bytes());
        scene.relay.turn();
        assertEquals(1, scene.count(Reason.COPIED_LATE));

        scene.pass(10);
        scene.relay.turn();
        assertEquals(Verdict.ACCEPT, scene.queue.verdict(nobodys));
        assertEquals(1, scene.count(Reason.NO_MAPPING));
    }

    @Test
    @DisplayName("R21: at most 64 copies are kept; the 65th is judged at once and counted; the host has every error")
    void atMostSixtyFourCopiesAreKept() {
        for (int i = 0; i < 70; i++) {
            byte[] leaving = Packets.udpProbe(HOST, TARGET, PORT, 34000 + i).bytes();
            scene.log.leave(leaving, ROOT);
            scene.queue.enqueue(error(leaving));
        }
        scene.relay.turn();

        assertEquals(64, scene.count(Counters.Event.COPIES_KEPT));
        assertEquals(6, scene.count(Counters.Event.COPIES_FULL));
        assertEquals(6, scene.count(Reason.HOST_PROBE), "judged for the last time at once");
        for (int i = 0; i < 70; i++) {
            assertEquals(Verdict.ACCEPT, scene.queue.verdict(i));
        }
        scene.pass(11);
        scene.relay.turn();
        assertEquals(70, scene.count(Reason.HOST_PROBE));
        openError();
        assertEquals(65, scene.count(Counters.Event.COPIES_KEPT), "there is room again");
    }

    @Test
    @DisplayName("R52: the 65th gets a likely copy at once, as there is nothing to wait for")
    void withoutRoomALikelyCopyGoesAtOnce() {
        scene.guestSends(probe(GUEST, PORT).id(7).bytes());
        scene.log.leave(probe(HOST, 61000).id(9).bytes(), ROOT);
        scene.relay.turn();
        for (int i = 0; i < 65; i++) {
            scene.queue.enqueue(error(probe(HOST, 61000).id(9).bytes()));
        }
        scene.relay.turn();

        assertEquals(1, scene.link.taken().size());
        assertEquals(1, scene.count(Reason.COPIED_LIKELY));
        scene.pass(11);
        scene.relay.turn();
        assertEquals(65, scene.count(Reason.COPIED_LIKELY));
    }

    @Test
    @DisplayName("R52: an error too long to be kept is judged at once")
    void anErrorTooLongToBeKeptIsJudgedAtOnce() {
        scene.log.leave(probe(HOST, PORT).dataOctets(3000).bytes(), ROOT);
        scene.errorComes(Packets.timeExceeded(ROUTER, HOST)
                .quoting(probe(HOST, PORT).dataOctets(3000).bytes())
                .bytes());

        assertEquals(1, scene.count(Counters.Event.COPIES_FULL));
        assertEquals(1, scene.count(Reason.HOST_PROBE));
    }

    @Test
    @DisplayName("R36: of many copies those that are sighted go, each to its guest, and the others are kept")
    void someOfManyCopiesGo() {
        for (int i = 0; i < 10; i++) {
            byte[] leaving = probe(HOST, PORT + i).id(100 + i).bytes();
            scene.log.leave(leaving, ROOT);
            scene.queue.enqueue(error(leaving));
        }
        scene.relay.turn();
        scene.pass(1);
        for (int i = 1; i < 10; i += 2) {
            scene.guestSends(probe(GUEST, PORT + i).id(100 + i).bytes());
        }
        scene.relay.turn();
        assertEquals(5, scene.count(Reason.COPIED_LATE));
        assertEquals(5, scene.link.taken().size());

        scene.pass(10);
        scene.relay.turn();
        assertEquals(5, scene.count(Reason.HOST_PROBE));
        assertEquals(-1, scene.relay.idleMillis());
    }

    @Test
    @DisplayName("R21: a copy is judged again only after a sighting of its class, and when its time is up")
    void aCopyIsJudgedAgainOnlyForACause() {
        KeptCopies copies = new KeptCopies();
        Judgement first = open(34001);
        assertTrue(copies.add(first));
        assertTrue(copies.add(open(34002)));
        long now = first.arrivedNanos;
        assertEquals(0, copies.findDue(now), "nothing has come");
        copies.removeSettled();

        copies.sighted(first.quoted.classKey() + 9);
        assertEquals(0, copies.findDue(now), "of another class");
        copies.removeSettled();

        copies.sighted(first.quoted.classKey());
        assertEquals(1, copies.findDue(now));
        assertTrue(copies.due[0].open);
        copies.due[0].openUntilNanos = first.openUntilNanos; // as judging it again says
        copies.removeSettled();
        assertEquals(0, copies.findDue(now + 10 * MILLI - 1), "it has been judged since");
        copies.removeSettled();

        assertEquals(2, copies.findDue(now + 11 * MILLI));
        copies.due[0].open = false;
        copies.due[1].open = false;
        copies.removeSettled();
        assertEquals(Long.MAX_VALUE, copies.nextNanos(), "nothing is kept");
    }

    @Test
    @DisplayName("R36: verdict mode: a copy goes as a frame, since the verdict has been given")
    void inVerdictModeACopyGoesAsAFrame() {
        scene = RelayScene.byVerdicts();
        int id = openError();
        scene.guestSends(probe(GUEST, PORT).bytes());
        scene.relay.turn();

        assertEquals(Verdict.ACCEPT, scene.queue.verdict(id));
        assertArrayEquals(error(hosts(PORT)), scene.queue.toHost(id));
        assertArrayEquals(guestsError(PORT), scene.link.takenPackets().get(0));
        assertEquals(1, scene.count(Reason.COPIED_LATE));
    }

    @Test
    @DisplayName("R36: verdict mode: what is likely from the beginning goes as a frame, too; the host keeps its error")
    void inVerdictModeALikelyCopyGoesAsAFrame() {
        scene = RelayScene.byVerdicts();
        scene.guestSends(probe(GUEST, PORT).id(7).bytes());
        scene.log.leave(probe(HOST, 61000).id(9).bytes(), ROOT);
        scene.relay.turn();
        scene.pass(15);
        int id = scene.errorComes(error(probe(HOST, 61000).id(9).bytes()));

        assertEquals(Verdict.ACCEPT, scene.queue.verdict(id));
        assertEquals(1, scene.link.taken().size());
    }

    @Test
    @DisplayName("R41: shutdown leaves nothing: whenever the relay is left, every error has its verdict already")
    void shutdownLeavesNothing() {
        int id = openError();
        scene.relay.logRepeated();

        scene.queue.checkAllAnswered();
        assertArrayEquals(error(hosts(PORT)), scene.queue.toHost(id));
    }

    @Test
    @DisplayName("R45: the guest network goes while copies are kept: they are counted, and nothing is left")
    void theGuestNetworkGoesWhileCopiesAreKept() {
        openError();
        scene.guestSends(probe(GUEST, PORT).bytes());
        scene.link.gone(true);
        assertFalse(scene.relay.turn());
        scene.pass(10);
        scene.relay.turn();

        assertEquals(1, scene.count(Reason.HOST_PROBE));
        assertEquals(-1, scene.relay.idleMillis());
        scene.link.gone(false);
        scene.relay.link(scene.link);
    }

    @Test
    @DisplayName("R16: an error about another user's probe than the NAT's is decided at once")
    void anotherUsersErrorIsDecidedAtOnce() {
        scene.log.leave(hosts(PORT), 1000);
        scene.errorComes(error(hosts(PORT)));

        assertEquals(1, scene.count(Reason.HOST_PROBE));
        assertEquals(0, scene.count(Counters.Event.COPIES_KEPT));
    }

    @Test
    @DisplayName("R53: the static guest gets its copy of what turns out to be without a mapping, once")
    void theStaticGuestGetsItsCopyInTheEnd() {
        scene = RelayScene.withStaticGuest(OTHER_GUEST);
        scene.guestSends(
                Packets.OTHER_GUEST_MAC,
                Packets.udpProbe(OTHER_GUEST, ROUTER, PORT, 53).bytes());
        openError();
        assertTrue(scene.link.taken().isEmpty());
        scene.pass(10);
        scene.relay.turn();

        assertEquals(1, scene.link.taken().size());
        assertEquals(1, scene.count(Reason.STATIC_GUEST));
    }

    /** An error whose probe was seen leaving and, so far, not on the guest network. */
    private int openError() {
        scene.log.leave(hosts(PORT), ROOT);
        return scene.errorComes(error(hosts(PORT)));
    }

    /** The judgement of such an error, at a time of its own. */
    private Judgement open(int destinationPort) {
        byte[] leaving = Packets.udpProbe(HOST, TARGET, PORT, destinationPort).bytes();
        scene.log.leave(leaving, ROOT);
        scene.relay.turn();
        ByteBuffer packet = Packets.direct(error(leaving));
        Judgement judgement = new Judgement();
        judgement.begin(packet, 0, packet.capacity(), scene.now());
        scene.translator.read(judgement);
        scene.translator.find(judgement, scene.now());
        assertTrue(judgement.open);
        return judgement;
    }
}
