package io.github.natexd.relay;

import static io.github.natexd.relay.RelayScene.MILLI;
import static io.github.natexd.relay.RelayScene.error;
import static io.github.natexd.relay.RelayScene.hosts;
import static io.github.natexd.relay.RelayScene.probe;
import static io.github.natexd.testkit.Packets.GUEST;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.natexd.report.Durations;
import io.github.natexd.report.Reason;
import org.junit.jupiter.api.Test;

/** What the two histograms count, at the times that the loop reports. */
class RelayTimesTest {
    private static final int PORT = 40000;

    private final RelayScene scene = RelayScene.byFrames();

    @Test
    void anErrorThatEndedTheWaitTakesFromThereToTheEndOfItsTurn() {
        scene.mapped(PORT);
        scene.pass(500);
        scene.relay.ledger().waited(scene.now() - 500 * MILLI, scene.now());
        scene.errorComes(error(hosts(PORT)));
        turnEndsAfter(MILLI / 4);

        assertEquals(1, relayTimes().count());
        assertEquals(MILLI / 4, relayTimes().sumNanos());
    }

    @Test
    void whatTheLoopDidAfterItsWaitCounts() {
        scene.mapped(PORT);
        scene.relay.ledger().waited(scene.now() - 500 * MILLI, scene.now());
        scene.pass(3);
        scene.errorComes(error(hosts(PORT)));
        turnEndsAfter(MILLI);

        assertEquals(4 * MILLI, relayTimes().sumNanos());
    }

    @Test
    void anErrorThatMayHaveComeDuringTheTurnBeforeTakesFromItsBeginning() {
        scene.mapped(PORT);
        scene.pass(7);
        scene.relay.ledger().waited(scene.now() - 5_000, scene.now());
        scene.errorComes(error(hosts(PORT)));
        turnEndsAfter(MILLI);

        assertEquals(8 * MILLI, relayTimes().sumNanos(), "the wait ended at once: the loop was busy for 7 ms");
    }

    @Test
    void eachErrorOfABatchCounts() {
        scene.mapped(PORT);
        scene.mapped(PORT + 1);
        scene.pass(1);
        scene.queue.enqueue(error(hosts(PORT)));
        scene.errorComes(error(hosts(PORT + 1)));
        turnEndsAfter(MILLI);

        assertEquals(2, relayTimes().count());
        assertEquals(4 * MILLI, relayTimes().sumNanos());
    }

    @Test
    void aKeptCopyTakesFromTheArrivalOfItsError() {
        scene.mapped(PORT + 1);
        scene.log.leave(hosts(PORT), RelayScene.ROOT);
        scene.errorComes(error(hosts(PORT)));
        turnEndsAfter(0);
        assertEquals(0, relayTimes().count(), "not decided yet");
        scene.pass(2);
        scene.guestSends(probe(GUEST, PORT).bytes());
        scene.relay.turn();
        turnEndsAfter(MILLI);

        assertEquals(1, scene.count(Reason.COPIED_LATE));
        assertEquals(1, relayTimes().count());
        assertEquals(2 * MILLI, relayTimes().sumNanos());
    }

    @Test
    void whatTheHostKeepsHasNoTimes() {
        scene.errorComes(error(hosts(PORT)));
        turnEndsAfter(MILLI);

        assertEquals(1, scene.count(Reason.NO_MAPPING));
        assertEquals(0, relayTimes().count());
        assertEquals(0, roundTrips().count());
    }

    @Test
    void theRoundTripIsFromTheProbeToTheError() {
        scene.mapped(PORT);
        scene.pass(30);
        scene.errorComes(error(hosts(PORT)));

        assertEquals(1, roundTrips().count());
        assertEquals(30 * MILLI, roundTrips().sumNanos(), MILLI);
    }

    @Test
    void aProbeSightedAfterItsErrorHasARoundTripOfZero() {
        scene.mapped(PORT + 1);
        scene.log.leave(hosts(PORT), RelayScene.ROOT);
        scene.errorComes(error(hosts(PORT)));
        scene.pass(2);
        scene.guestSends(probe(GUEST, PORT).bytes());
        scene.relay.turn();

        assertEquals(1, roundTrips().upTo(0));
        assertEquals(0, roundTrips().sumNanos());
    }

    private void turnEndsAfter(long nanos) {
        scene.passNanos(nanos);
        scene.relay.ledger().turned(scene.now());
    }

    private Durations relayTimes() {
        return scene.relay.snapshot().relayTimes();
    }

    private Durations roundTrips() {
        return scene.relay.snapshot().roundTrips();
    }
}
