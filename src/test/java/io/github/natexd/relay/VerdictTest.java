package io.github.natexd.relay;

import static io.github.natexd.relay.RelayScene.ROOT;
import static io.github.natexd.relay.RelayScene.error;
import static io.github.natexd.relay.RelayScene.hosts;
import static io.github.natexd.relay.RelayScene.probe;
import static io.github.natexd.testkit.Packets.GUEST;
import static io.github.natexd.testkit.Packets.HOST;
import static io.github.natexd.testkit.Packets.TARGET;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.report.Counters;
import io.github.natexd.report.Reason;
import io.github.natexd.testkit.FakePacketQueue.Verdict;
import io.github.natexd.testkit.Packets;
import io.github.natexd.testkit.Selected;
import io.github.natexd.translate.ErrorTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** R41: each packet has exactly one verdict in the turn that took it, whatever breaks meanwhile. */
class VerdictTest {
    private static final int PORT = 40000;

    private final RelayScene scene = RelayScene.byFrames();

    /** Something that breaks in the middle of a turn, and what becomes of an error that is a guest's for certain. */
    record Trouble(String what, Consumer<RelayScene> begins, Relay.Reinject reinject, Verdict ofCertain) {
        @Override
        public String toString() {
            return what + ", by " + reinject;
        }
    }

    static Stream<Trouble> troubles() {
        return Stream.of(Relay.Reinject.values()).flatMap(reinject -> {
            boolean frames = reinject == Relay.Reinject.FRAME;
            Verdict moved = frames ? Verdict.DROP : Verdict.ACCEPT_REWRITTEN;
            Verdict ifNoFrame = frames ? Verdict.ACCEPT : Verdict.ACCEPT_REWRITTEN;
            return Stream.of(
                    new Trouble("nothing", fine -> {}, reinject, moved),
                    new Trouble("translator", s -> s.translator.types(noTypes()), reinject, Verdict.ACCEPT),
                    new Trouble("queueing", s -> s.link.breaksWhenQueueing(true), reinject, ifNoFrame),
                    new Trouble("sending", s -> s.link.breaksWhenSending(true), reinject, ifNoFrame),
                    new Trouble("receiving", s -> s.link.breaksWhenReceiving(true), reinject, Verdict.ACCEPT),
                    new Trouble("no room", s -> s.link.room(0), reinject, ifNoFrame),
                    new Trouble("refusing", s -> s.link.refusing(true), reinject, ifNoFrame),
                    new Trouble("network gone", s -> s.link.gone(true), reinject, Verdict.ACCEPT),
                    new Trouble("unreadable sightings", VerdictTest::unreadable, reinject, moved),
                    new Trouble("observer", VerdictTest::observerBreaks, reinject, moved));
        });
    }

    @ParameterizedTest
    @MethodSource("troubles")
    @DisplayName(
            "R41, R52: whatever breaks, each has one verdict in its turn; what no guest has got is the host's, unchanged")
    void whateverBreaksEachHasOneVerdictInItsTurn(Trouble trouble) {
        RelayScene troubled = new RelayScene(trouble.reinject(), 0, Selected.BY_DEFAULT);
        troubled.mapped(PORT);
        keptCopy(troubled);
        trouble.begins().accept(troubled);
        List<byte[]> errors = List.of(
                error(hosts(PORT)),
                error(Packets.udpProbe(HOST, TARGET, PORT, 50_000).bytes()),
                new byte[] {0x45},
                error(hosts(PORT)));
        List<Integer> ids = new ArrayList<>();
        errors.forEach(each -> ids.add(troubled.queue.enqueue(each)));

        troubled.relay.turn();

        troubled.queue.checkAllAnswered();
        assertEquals(trouble.ofCertain(), troubled.queue.verdict(ids.get(0)));
        assertEquals(trouble.ofCertain(), troubled.queue.verdict(ids.get(3)));
        for (int i = 0; i < errors.size(); i++) {
            if (troubled.queue.verdict(ids.get(i)) == Verdict.ACCEPT) {
                assertArrayEquals(errors.get(i), troubled.queue.toHost(ids.get(i)));
            }
        }
        int frames = troubled.link.taken().size();
        troubled.pass(20);
        troubled.relay.turn();
        assertTrue(troubled.link.taken().size() <= frames + 1, "the kept copy goes once at most");
        assertEquals(-1, troubled.relay.idleMillis(), "and nothing is kept any more");
    }

    /** An error whose copy is due in the next turn, because the guest's sighting has come. */
    private static void keptCopy(RelayScene scene) {
        byte[] late = Packets.udpProbe(HOST, TARGET, PORT, 44_000).bytes();
        scene.log.leave(late, ROOT);
        scene.errorComes(error(late));
        scene.guestSends(Packets.udpProbe(GUEST, TARGET, PORT, 44_000).bytes());
        assertEquals(1, scene.count(Counters.Event.COPIES_KEPT));
    }

    /** Whoever asks these gets an exception: that is how a translator breaks. */
    private static ErrorTypes noTypes() {
        return null;
    }

    private static void unreadable(RelayScene scene) {
        scene.log.leaveUnreadable();
        scene.link.arriveUnreadable();
    }

    private static void observerBreaks(RelayScene scene) {
        scene.relay.observe(observation -> {
            throw new IllegalStateException("the observer broke, as the test wants");
        });
    }

    @Test
    @DisplayName("R41: an observer that breaks neither takes a verdict away nor gives a guest an error twice")
    void anObserverThatBreaksCostsNobodyAnything() {
        scene.mapped(PORT);
        keptCopy(scene);
        observerBreaks(scene);
        int first = scene.queue.enqueue(error(hosts(PORT)));
        int second = scene.queue.enqueue(error(hosts(PORT)));
        scene.relay.turn();
        scene.pass(20);
        scene.relay.turn();

        assertEquals(Verdict.DROP, scene.queue.verdict(first));
        assertEquals(Verdict.DROP, scene.queue.verdict(second));
        assertEquals(3, scene.link.taken().size());
        assertEquals(2, scene.count(Reason.RELAYED));
        assertEquals(1, scene.count(Reason.COPIED_LATE));
    }

    @Test
    @DisplayName("R41: sending breaks with an exception: accepted unchanged, though frames were taken before")
    void whatBreaksInSendingIsAccepted() {
        scene.mapped(PORT);
        scene.errorComes(error(hosts(PORT)));
        scene.link.breaksWhenSending(true);
        int id = scene.errorComes(error(hosts(PORT)));

        assertEquals(Verdict.ACCEPT, scene.queue.verdict(id));
        assertArrayEquals(error(hosts(PORT)), scene.queue.toHost(id));
        assertEquals(1, scene.count(Reason.SEND_FAILED));
    }

    @Test
    @DisplayName("R41, R45: the log of leaving probes breaks for good: the batch is accepted, and the loop ends")
    void aBrokenLogLeavesNoPacketWithoutVerdict() {
        scene.mapped(PORT);
        int id = scene.queue.enqueue(error(hosts(PORT)));
        scene.log.breaksWhenReceiving(true);

        assertThrows(IllegalStateException.class, scene.relay::turn);
        assertEquals(Verdict.ACCEPT, scene.queue.verdict(id));
    }

    @Test
    @DisplayName("R41, R45: the guest network's socket breaks with an exception: its link is lost, the loop goes on")
    void aBrokenLinkLeavesNoPacketWithoutVerdict() {
        scene.mapped(PORT);
        int id = scene.queue.enqueue(error(hosts(PORT)));
        scene.link.breaksWhenReceiving(true);

        assertFalse(scene.relay.turn(), "the link is lost");
        assertEquals(Verdict.ACCEPT, scene.queue.verdict(id));
        assertEquals(1, scene.count(Reason.NO_GUEST_NETWORK));

        scene.link.breaksWhenReceiving(false);
        scene.relay.link(scene.link);
        assertEquals(Verdict.DROP, scene.queue.verdict(scene.errorComes(error(hosts(PORT)))));
    }

    @Test
    @DisplayName("R41: an error inside natexd touches one packet of a batch, not its neighbours")
    void anInternalErrorTouchesOnePacket() {
        scene.mapped(PORT);
        scene.link.breaksWhenQueueing(true);
        int broken = scene.queue.enqueue(error(hosts(PORT)));
        int other = scene.queue.enqueue(error(hosts(PORT + 1)));
        scene.relay.turn();

        assertEquals(Verdict.ACCEPT, scene.queue.verdict(broken));
        assertEquals(Verdict.ACCEPT, scene.queue.verdict(other));
        assertEquals(1, scene.count(Reason.INTERNAL_ERROR));
        assertEquals(1, scene.count(Reason.NO_MAPPING));
    }

    @Test
    @DisplayName(
            "R41: no error waits: a thousand whose probes no guest was seen sending yet, each accepted in its turn")
    void noErrorWaits() {
        for (int i = 0; i < 1_000; i++) {
            byte[] leaving = probe(HOST, PORT + i).bytes();
            scene.log.leave(leaving, ROOT);
            int id = scene.errorComes(error(leaving));
            assertEquals(Verdict.ACCEPT, scene.queue.verdict(id));
            assertArrayEquals(error(leaving), scene.queue.toHost(id));
        }
    }
}
