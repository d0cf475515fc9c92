package io.github.natexd.lab;

import static io.github.natexd.lab.GuestScene.data;
import static io.github.natexd.lab.GuestScene.fromGuest;
import static io.github.natexd.lab.GuestScene.syn;
import static io.github.natexd.lab.GuestScene.window;
import static io.github.natexd.wire.TcpHeader.ACK;
import static io.github.natexd.wire.TcpHeader.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** How a guest's connection begins and what becomes of its octets; numbers count from both sides' SYN. */
class GuestConnectionTest {
    private GuestScene scene = new GuestScene(1460);

    @Test
    void theSynIsAnsweredOnlyWhenTheTargetHasAnsweredTheHost() {
        scene.flush();
        scene.take(syn(1460));
        scene.flush();
        scene.assertSent();

        scene.nat().hostConnected();
        scene.flush();

        scene.assertSent("SYN ACK seq 0 ack 1 window 65535 mss 1460");
    }

    @Test
    void aRepeatedSynGetsTheAnswerAgain() {
        scene.nat().hostConnected();
        scene.flush();
        scene.take(syn(1460));
        scene.flush();

        scene.assertSent("SYN ACK seq 0 ack 1 window 65535 mss 1460", "SYN ACK seq 0 ack 1 window 65535 mss 1460");
    }

    @Test
    void anAnswerThatTheGuestDoesNotAcknowledgeIsSentAgainAndAtLastResetOnBothSides() {
        scene.nat().hostConnected();
        scene.flush();
        for (int attempt = 0; attempt < GuestConnection.ATTEMPTS; attempt++) {
            assertEquals(
                    scene.now() + (GuestConnection.RETRANSMIT_MILLIS << attempt),
                    scene.nat().deadline());
            scene.expire();
        }
        assertEquals(1 + GuestConnection.ATTEMPTS, scene.sent().size());
        assertTrue(scene.sent().stream().allMatch(segment -> segment.has(SYN)));
        assertFalse(scene.nat().isReset());
        scene.forget();

        scene.expire();

        scene.assertSent("RST ACK seq 1 ack 1");
        assertTrue(scene.nat().isReset());
    }

    @Test
    void octetsOfTheGuestComeToTheHostAndAreAcknowledged() {
        scene.open();

        scene.take(data(1, "hello"));
        scene.flush();
        scene.targetTakes();

        scene.assertSent("ACK seq 1 ack 6 window 65530");
        assertEquals("hello", scene.taken());
    }

    @Test
    void bareAcknowledgmentsAreNotForTheTargetAndGetNoAnswer() {
        scene.open();

        scene.take(fromGuest(ACK, 1, 1, ""));
        scene.flush();
        scene.targetTakes();

        scene.assertSent();
        assertEquals(0, scene.taken().length());
    }

    @Test
    void keepalivesAreAnsweredAndNotForTheTarget() {
        scene.open();

        scene.take(fromGuest(ACK, 0, 1, ""));
        scene.flush();
        scene.take(fromGuest(ACK, 0, 1, "x"));
        scene.flush();
        scene.targetTakes();

        scene.assertSent("ACK seq 1 ack 1 window 65535", "ACK seq 1 ack 1 window 65535");
        assertEquals(0, scene.taken().length());
    }

    @Test
    void repeatedOctetsAreAcknowledgedAndCountOnce() {
        scene.open();

        scene.take(data(1, "hello"));
        scene.take(data(1, "hello"));
        scene.take(data(4, "lo, world"));
        scene.flush();
        scene.targetTakes();

        scene.assertSent("ACK seq 1 ack 13 window 65523");
        assertEquals("hello, world", scene.taken());
    }

    @Test
    void octetsBeyondAGapAreDropped() {
        scene.open();

        scene.take(data(2, "ello"));
        scene.flush();
        scene.targetTakes();

        scene.assertSent("ACK seq 1 ack 1 window 65535");
        assertEquals(0, scene.taken().length());
    }

    @Test
    void theGuestMaySendNoMoreThanIsKept() {
        scene.open();
        String thousand = "x".repeat(1000);

        for (int i = 0; i < 66; i++) {
            scene.take(data(1 + i * 1000, thousand));
        }
        scene.flush();

        scene.assertSent("ACK seq 1 ack 65536 window 0");
        scene.targetTakes();
        assertEquals(GuestConnection.BUFFER, scene.taken().length());
    }

    @Test
    void aWindowThatOpensAgainIsAnnounced() {
        scene.open();
        for (int i = 0; i < 65; i++) {
            scene.take(data(1 + i * 1000, "x".repeat(1000)));
        }
        scene.flush();
        scene.forget();

        scene.targetTakes(1000);
        scene.flush();
        scene.assertSent();
        scene.targetTakes(40_000);
        scene.flush();

        scene.assertSent("ACK seq 1 ack 65001 window 41535");
    }

    @Test
    void octetsOfTheTargetAreCutIntoSegmentsThatTheGuestTakes() {
        scene = new GuestScene(10);
        scene.open();

        scene.targetSends("0123456789abcdefghijklm");
        scene.flush();

        scene.assertSent("ACK seq 1 ack 1 0123456789", "ACK seq 11 ack 1 abcdefghij", "ACK PSH seq 21 ack 1 klm");
    }

    @Test
    void aGuestThatOffersNoMaximumSegmentGetsTheSmallestEverybodyTakes() {
        scene = new GuestScene(0);
        scene.open();

        scene.targetSends("x".repeat(600));
        scene.flush();

        assertEquals(List.of(536, 64), scene.dataLengths());
    }

    @Test
    void aLargeMaximumSegmentOfTheGuestIsCappedAtTheLinks() {
        scene = new GuestScene(8960);
        scene.open();

        scene.targetSends("x".repeat(1500));
        scene.flush();

        assertEquals(List.of(1460, 40), scene.dataLengths());
    }

    @Test
    void noMoreIsSentThanTheGuestsWindowTakes() {
        scene.open();
        scene.take(window(1, 3000));

        scene.targetSends("x".repeat(5000));
        scene.flush();
        assertEquals(List.of(1460, 1460), scene.dataLengths());
        scene.forget();

        scene.take(window(2921, 3000));
        scene.flush();

        assertEquals(List.of(1460, 620), scene.dataLengths());
    }

    @Test
    void noMoreIsReadFromTheTargetThanIsKept() {
        scene.open();
        scene.take(window(1, 0));
        scene.targetSends("x".repeat(100_000));
        assertFalse(scene.nat().hasRoomForGuest());
        scene.read();
        scene.flush();

        scene.assertSent();
        scene.take(window(1, GuestScene.WINDOW));
        scene.flush();
        assertEquals(
                65_535, scene.dataLengths().stream().mapToInt(Integer::intValue).sum());
        scene.take(window(65_536, GuestScene.WINDOW));
        assertTrue(scene.nat().hasRoomForGuest());
    }

    @Test
    void whatTheGuestDoesNotAcknowledgeIsSentAgainFromTheFirstOctetMissing() {
        scene = new GuestScene(10);
        scene.open();
        scene.targetSends("0123456789abcdefghijklm");
        scene.flush();
        scene.take(window(11, GuestScene.WINDOW));
        scene.flush();
        scene.forget();

        scene.expire();
        scene.assertSent("ACK seq 11 ack 1 abcdefghij", "ACK PSH seq 21 ack 1 klm");

        scene.take(window(24, GuestScene.WINDOW));
        scene.flush();
        assertEquals(GuestConnection.NEVER, scene.nat().deadline());
    }

    @Test
    void anAcknowledgmentThatComesAfterTheFallBackIsTaken() {
        scene = new GuestScene(10);
        scene.open();
        scene.targetSends("0123456789abcdefghijklm");
        scene.flush();
        scene.take(window(1, 10));
        scene.expire();
        scene.forget();

        scene.take(window(24, GuestScene.WINDOW));
        scene.targetSends("next");
        scene.flush();

        scene.assertSent("ACK PSH seq 24 ack 1 next");
    }

    @Test
    void aClosedWindowIsAskedForAndTheGuestMayKeepItClosedForEver() {
        scene.open();
        scene.take(window(1, 0));
        scene.targetSends("x");
        scene.flush();

        for (int i = 0; i < 3 * GuestConnection.ATTEMPTS; i++) {
            scene.expire();
            scene.assertSent("ACK seq 0 ack 1 window 65535");
            scene.forget();
            scene.take(window(1, 0));
        }
        scene.take(window(1, 1));
        scene.flush();

        scene.assertSent("ACK PSH seq 1 ack 1 x");
    }

    @Test
    void anAcknowledgmentOfWhatWasNeverSentChangesNothing() {
        scene.open();

        scene.take(fromGuest(ACK, 1, 2, "hello"));
        scene.flush();
        scene.targetTakes();

        scene.assertSent("ACK seq 1 ack 1 window 65535");
        assertEquals(0, scene.taken().length());
    }
}
