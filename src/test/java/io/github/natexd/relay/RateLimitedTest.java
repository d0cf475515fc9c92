package io.github.natexd.relay;

import static io.github.natexd.relay.RelayScene.ROOT;
import static io.github.natexd.relay.RelayScene.error;
import static io.github.natexd.relay.RelayScene.hosts;
import static io.github.natexd.relay.RelayScene.probe;
import static io.github.natexd.testkit.Packets.GATEWAY_MAC;
import static io.github.natexd.testkit.Packets.GUEST;
import static io.github.natexd.testkit.Packets.GUEST_MAC;
import static io.github.natexd.testkit.Packets.HOST;
import static io.github.natexd.testkit.Packets.OTHER_GUEST;
import static io.github.natexd.testkit.Packets.OTHER_GUEST_MAC;
import static io.github.natexd.testkit.Packets.ROUTER;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.github.natexd.report.Reason;
import io.github.natexd.testkit.FakePacketQueue.Verdict;
import io.github.natexd.testkit.Packets;
import io.github.natexd.testkit.Selected;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A guest gets at most so many errors in a second; the others stay with the host, as if natexd were not there. */
class RateLimitedTest {
    private static final int PORT = 40000;
    private static final int OTHER_PORT = 41000;
    private static final int PER_SECOND = 5;
    private static final long INTERVAL_MILLIS = 1_000 / PER_SECOND;

    private RelayScene scene = RelayScene.byFrames();

    @BeforeEach
    void bothGuestsHaveSentAProbe() {
        begin(RelayScene.byFrames());
    }

    private void begin(RelayScene begun) {
        scene = begun;
        scene.relay.maxErrorsPerSecond(PER_SECOND);
        scene.mapped(PORT);
        scene.guestSends(OTHER_GUEST_MAC, probe(OTHER_GUEST, OTHER_PORT).id(9).bytes());
        scene.log.leave(probe(HOST, OTHER_PORT).id(9).bytes(), ROOT);
        scene.relay.turn();
    }

    @ParameterizedTest
    @EnumSource(Relay.Reinject.class)
    @DisplayName("R53, R54: what is above the rate is the host's, unchanged; the other guest gets its own")
    void whatIsAboveTheRateIsTheHosts(Relay.Reinject reinject) {
        begin(new RelayScene(reinject, 0, Selected.BY_DEFAULT));
        Verdict moved = reinject == Relay.Reinject.FRAME ? Verdict.DROP : Verdict.ACCEPT_REWRITTEN;
        for (int i = 0; i < PER_SECOND; i++) {
            assertEquals(moved, verdictOfAnError());
        }

        int id = scene.errorComes(error(hosts(PORT)));
        assertEquals(Verdict.ACCEPT, scene.queue.verdict(id));
        assertArrayEquals(error(hosts(PORT)), scene.queue.toHost(id));
        assertEquals(1, scene.count(Reason.RATE_LIMITED));
        int others = scene.errorComes(error(probe(HOST, OTHER_PORT).id(9).bytes()));
        assertEquals(moved, scene.queue.verdict(others));

        scene.pass(INTERVAL_MILLIS);
        assertEquals(moved, verdictOfAnError());
        assertEquals(Verdict.ACCEPT, verdictOfAnError());
        assertEquals(PER_SECOND + 2, scene.count(Reason.RELAYED));
    }

    @Test
    @DisplayName("R54: of a batch, the first are the guest's and the others the host's")
    void aBatchIsDivided() {
        for (int i = 0; i < 100; i++) {
            scene.queue.enqueue(error(hosts(PORT)));
        }
        scene.relay.turn();

        for (int id = 0; id < 100; id++) {
            assertEquals(id < PER_SECOND ? Verdict.DROP : Verdict.ACCEPT, scene.queue.verdict(id));
        }
        assertEquals(PER_SECOND, scene.link.taken().size());
        assertEquals(100 - PER_SECOND, scene.count(Reason.RATE_LIMITED));
    }

    @Test
    @DisplayName("R54: errors that cannot be sent, or that the NAT process delivers, do not use up the rate")
    void whatIsNotDeliveredDoesNotUseUpTheRate() {
        scene.link.mtu(30);
        errorsComeAbout(10);
        assertEquals(10, scene.count(Reason.TOO_LONG));
        scene.link.mtu(1500);
        scene.relay.link(null);
        errorsComeAbout(10);
        assertEquals(10, scene.count(Reason.NO_GUEST_NETWORK));
        scene.relay.link(scene.link);
        natDelivers();
        errorsComeAbout(10);
        assertEquals(10, scene.count(Reason.NAT_DELIVERS));

        scene.relay.link(scene.link); // another NAT process
        errorsComeAbout(10);
        assertEquals(PER_SECOND, scene.count(Reason.RELAYED));
        assertEquals(10 - PER_SECOND, scene.count(Reason.RATE_LIMITED));
    }

    /** A NAT process that reads a socket gets what the host keeps, and nothing that natexd moves. */
    @Test
    @DisplayName("R36, R54: a NAT process that delivers what the rate left to the host does not get the moved ones")
    void aDeliveryOfWhatWasLeftToTheHostIsNoDeliveryOfMovedOnes() {
        errorsComeAbout(PER_SECOND);
        scene.pass(1_001); // the NAT process has delivered none of these
        scene.relay.maxErrorsPerSecond(1);
        assertEquals(Verdict.DROP, verdictOfAnError());
        scene.pass(999);
        assertEquals(Verdict.ACCEPT, verdictOfAnError());
        assertEquals(1, scene.count(Reason.RATE_LIMITED));
        scene.pass(2); // the moved one is more than a second old
        natDelivers();

        scene.pass(1_001);
        assertEquals(Verdict.DROP, verdictOfAnError());
    }

    @Test
    @DisplayName("R52, R54: copies count, too: late ones and likely ones")
    void copiesAreLimited() {
        scene.relay.maxErrorsPerSecond(1);
        for (int i = 1; i <= 2; i++) {
            scene.log.leave(hosts(PORT + i), ROOT);
            int id = scene.errorComes(error(hosts(PORT + i)));
            assertArrayEquals(error(hosts(PORT + i)), scene.queue.toHost(id));
            scene.guestSends(probe(GUEST, PORT + i).bytes());
            scene.relay.turn();
            assertEquals(1, scene.count(Reason.COPIED_LATE));
            assertEquals(i - 1, scene.count(Reason.RATE_LIMITED));
        }
        assertEquals(1, scene.link.taken().size());

        begin(RelayScene.byFrames());
        scene.relay.maxErrorsPerSecond(1);
        likelyErrorComes(42_001, 11, 11);
        assertEquals(1, scene.count(Reason.COPIED_LIKELY));
        likelyErrorComes(42_002, 12, 13);
        assertEquals(1, scene.count(Reason.COPIED_LIKELY));
        assertEquals(1, scene.count(Reason.RATE_LIMITED));
        assertEquals(-1, scene.relay.idleMillis(), "nothing is kept any more");
    }

    /** Port and IP ID were kept so far. This probe leaves from another port, and maybe with another IP ID. */
    private void likelyErrorComes(int guestPort, int id, int leavingId) {
        byte[] leaving = probe(HOST, guestPort + 20_000).id(leavingId).bytes();
        scene.guestSends(probe(GUEST, guestPort).id(id).bytes());
        scene.log.leave(leaving);
        scene.errorComes(error(leaving));
        scene.pass(11);
        scene.relay.turn();
    }

    @Test
    @DisplayName("R54: the static guest's copies count as its own")
    void theStaticGuestsCopiesAreLimited() {
        begin(RelayScene.withStaticGuest(OTHER_GUEST));
        for (int i = 0; i < 10; i++) {
            scene.errorComes(error(hosts(PORT + 100)));
        }

        assertEquals(PER_SECOND, scene.count(Reason.STATIC_GUEST));
        assertEquals(10 - PER_SECOND, scene.count(Reason.RATE_LIMITED));
        assertEquals(Verdict.DROP, verdictOfAnError(), "the other guest's");
    }

    @Test
    @DisplayName("R48, R54: a refused error is observed with the guest that would have got it")
    void aRefusedErrorIsObserved() {
        List<Seen> told = new ArrayList<>();
        scene.relay.observe(seen -> told.add(Seen.of(seen)));
        errorsComeAbout(PER_SECOND + 1);

        Seen refused = told.get(PER_SECOND);
        assertEquals(Reason.RATE_LIMITED, refused.reason());
        assertNotNull(refused.guest());
        assertEquals(GUEST, refused.guest().address());
    }

    private void errorsComeAbout(int count) {
        for (int i = 0; i < count; i++) {
            verdictOfAnError();
        }
    }

    private Verdict verdictOfAnError() {
        return scene.queue.verdict(scene.errorComes(error(hosts(PORT))));
    }

    private void natDelivers() {
        byte[] delivered = Packets.timeExceeded(ROUTER, GUEST)
                .quoting(probe(GUEST, PORT).bytes())
                .bytes();
        scene.link.arrive(Packets.frame(GUEST_MAC, GATEWAY_MAC, delivered));
        scene.relay.turn();
    }
}
