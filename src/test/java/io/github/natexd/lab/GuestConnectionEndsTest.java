package io.github.natexd.lab;

import static io.github.natexd.lab.GuestScene.fromGuest;
import static io.github.natexd.wire.TcpHeader.ACK;
import static io.github.natexd.wire.TcpHeader.FIN;
import static io.github.natexd.wire.TcpHeader.RST;
import static io.github.natexd.wire.TcpHeader.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** How a guest's connection ends; numbers count from both sides' SYN. */
class GuestConnectionEndsTest {
    private GuestScene scene = new GuestScene(1460);

    @Test
    void aTargetThatRefusesIsAResetForTheGuest() {
        scene.nat().reset();
        scene.flush();

        scene.assertSent("RST ACK seq abs 0 ack 1");
        assertTrue(scene.nat().isReset());
    }

    @Test
    void theGuestsEndComesToTheHostBehindItsOctetsAndTheTargetMayGoOn() {
        scene.open();

        scene.take(fromGuest(ACK | FIN, 1, 1, "bye"));
        scene.flush();
        assertFalse(scene.nat().hasEnded());
        scene.targetTakes();
        assertTrue(scene.nat().hasEnded());
        scene.targetSends("answer");
        scene.flush();

        scene.assertSent("ACK seq 1 ack 5 window 65532", "ACK PSH seq 1 ack 5 answer");
        assertFalse(scene.nat().isDone());
    }

    @Test
    void aRepeatedEndIsAcknowledgedAgain() {
        scene.open();
        scene.take(fromGuest(ACK | FIN, 1, 1, ""));
        scene.flush();

        scene.take(fromGuest(ACK | FIN, 1, 1, ""));
        scene.flush();

        scene.assertSent("ACK seq 1 ack 2 window 65535", "ACK seq 1 ack 2 window 65535");
    }

    @Test
    void theTargetsEndComesToTheGuestBehindItsOctetsAndTheGuestMayGoOn() {
        scene.open();
        scene.targetSends("bye");
        scene.targetEnds();
        scene.flush();
        scene.assertSent("ACK PSH seq 1 ack 1 bye", "FIN ACK seq 4 ack 1 window 65535");
        scene.forget();

        scene.take(fromGuest(ACK, 1, 5, "still here"));
        scene.flush();
        scene.targetTakes();

        scene.assertSent("ACK seq 5 ack 11 window 65525");
        assertEquals("still here", scene.taken());
        assertEquals(GuestConnection.NEVER, scene.nat().deadline());
    }

    @Test
    void anEndThatTheGuestDoesNotAcknowledgeIsSentAgain() {
        scene.open();
        scene.targetEnds();
        scene.flush();
        scene.forget();

        scene.expire();

        scene.assertSent("FIN ACK seq 1 ack 1 window 65535");
    }

    @Test
    void isDoneWhenBothSidesHaveEndedAndKnowIt() {
        scene.open();
        scene.take(fromGuest(ACK | FIN, 1, 1, ""));
        scene.targetEnds();
        scene.flush();
        scene.assertSent("FIN ACK seq 1 ack 2 window 65535");
        assertFalse(scene.nat().isDone());

        scene.take(fromGuest(ACK, 2, 2, ""));
        scene.flush();

        assertTrue(scene.nat().isDone());
        assertFalse(scene.nat().isReset());
    }

    @Test
    void aResetOfTheGuestEndsEverything() {
        scene.open();

        scene.take(fromGuest(RST, 1, 0, ""));
        scene.flush();

        assertTrue(scene.nat().isReset());
        scene.assertSent();
    }

    @Test
    void aResetOutsideTheWindowIsIgnored() {
        scene.open();

        scene.take(fromGuest(RST, 0, 0, ""));
        scene.take(fromGuest(RST, 2 + GuestConnection.BUFFER, 0, ""));

        assertFalse(scene.nat().isReset());
    }

    @Test
    void aResetOfTheTargetHasTheNumberThatTheGuestExpects() {
        scene.open();
        scene.targetSends("hello");
        scene.flush();
        scene.forget();

        scene.nat().reset();
        scene.nat().reset();

        scene.assertSent("RST ACK seq 6 ack 1");
    }

    @Test
    void aGuestThatKnowsNothingOfTheConnectionIsAskedToResetIt() {
        scene.open();

        scene.take(fromGuest(SYN, 77, 0, ""));
        scene.flush();

        scene.assertSent("ACK seq 1 ack 1 window 65535");
        assertFalse(scene.nat().isReset());
    }

    @Test
    void aSegmentOfNoConnectionIsRefusedWithTheNumbersThatItsSenderExpects() {
        assertEquals(
                "RST seq 5 ack abs 0",
                GuestScene.text(fromGuest(ACK, 9, 5, "data").refusal()));
        assertEquals(
                "RST ACK seq abs 0 ack 11",
                GuestScene.text(fromGuest(FIN, 9, 0, "x").refusal()));
    }
}
