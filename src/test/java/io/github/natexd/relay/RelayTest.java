package io.github.natexd.relay;

import static io.github.natexd.relay.RelayScene.error;
import static io.github.natexd.relay.RelayScene.guestsError;
import static io.github.natexd.relay.RelayScene.hosts;
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
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.testkit.FakePacketQueue.Verdict;
import io.github.natexd.testkit.Packets;
import io.github.natexd.translate.ErrorTypes;
import io.github.natexd.translate.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The way of a packet through the relay, with fakes of queue, guest network and egress log that check contracts. */
class RelayTest {
    private static final int PORT = 40000;

    private RelayScene scene = RelayScene.byFrames();

    @AfterEach
    @DisplayName("R41: whatever happened, every packet has exactly one verdict in the end")
    void everyPacketHasItsVerdict() {
        scene.relay.releaseWaiting();
        scene.queue.checkAllAnswered();
    }

    @Test
    @DisplayName("R36, R37: the guest gets one copy from its gateway's MAC, and the host none")
    void theGuestGetsOneCopy() {
        scene.mapped(PORT);
        int id = scene.errorComes(error(hosts(PORT)));

        assertEquals(Verdict.DROP, scene.queue.verdict(id));
        assertEquals(1, scene.link.taken().size());
        assertArrayEquals(
                Packets.frame(GUEST_MAC, GATEWAY_MAC, guestsError(PORT)),
                scene.link.taken().get(0));
    }

    @Test
    @DisplayName(
            "R36: among thousands of mappings, which are fetched before the batch is judged, each error finds its own")
    void amongManyMappingsEachErrorFindsItsOwn() {
        int mappings = 3000;
        IntStream.range(PORT, PORT + mappings).forEach(scene::mapped);
        List<byte[]> expected = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            scene.queue.enqueue(error(hosts(PORT + 149 * i)));
            expected.add(guestsError(PORT + 149 * i));
        }
        int cut = scene.queue.enqueue(Arrays.copyOf(error(hosts(PORT)), 30));
        int foreign = scene.queue.enqueue(error(hosts(PORT - 1)));
        scene.relay.turn();

        List<byte[]> taken = scene.link.takenPackets();
        assertEquals(expected.size(), taken.size());
        for (int i = 0; i < taken.size(); i++) {
            assertArrayEquals(expected.get(i), taken.get(i));
        }
        assertEquals(Verdict.ACCEPT, scene.queue.verdict(cut));
        scene.pass(1_000);
        scene.relay.turn();
        assertEquals(Verdict.ACCEPT, scene.queue.verdict(foreign));
    }

    @Test
    @DisplayName("R19: several errors about one probe all arrive")
    void severalErrorsArrive() {
        scene.mapped(PORT);
        for (int i = 0; i < 3; i++) {
            assertEquals(Verdict.DROP, scene.queue.verdict(scene.errorComes(error(hosts(PORT)))));
        }
        assertEquals(3, scene.link.taken().size());
    }

    @Test
    @DisplayName("R17: two guests with the same ports, told apart by IP ID, get their own errors in one batch")
    void twoGuestsGetTheirOwnErrors() {
        byte[] first = probe(HOST, PORT).id(1).bytes();
        byte[] second = probe(HOST, PORT).id(2).bytes();
        scene.guestSends(probe(GUEST, PORT).id(1).bytes());
        scene.guestSends(OTHER_GUEST_MAC, probe(OTHER_GUEST, PORT).id(2).bytes());
        scene.log.leave(first);
        scene.log.leave(second);
        scene.queue.enqueue(error(second));
        scene.queue.enqueue(error(first));
        scene.relay.turn();

        assertArrayEquals(
                Packets.frame(OTHER_GUEST_MAC, GATEWAY_MAC, rewritten(OTHER_GUEST, 2)),
                scene.link.taken().get(0));
        assertArrayEquals(
                Packets.frame(GUEST_MAC, GATEWAY_MAC, rewritten(GUEST, 1)),
                scene.link.taken().get(1));
    }

    @Test
    void sightingsOfTheSameTurnAreReadBeforeTheErrorIsJudged() {
        int id = scene.queue.enqueue(error(hosts(PORT)));
        scene.mapped(PORT);

        assertEquals(Verdict.DROP, scene.queue.verdict(id));
    }

    @Test
    @DisplayName("verdict mode: the kernel forwards the rewritten packet, and no frame is sent")
    void inVerdictModeTheKernelForwards() {
        scene = RelayScene.byVerdicts();
        scene.mapped(PORT);
        int id = scene.errorComes(error(hosts(PORT)));

        assertEquals(Verdict.ACCEPT_REWRITTEN, scene.queue.verdict(id));
        assertArrayEquals(guestsError(PORT), scene.queue.toHost(id));
        assertTrue(scene.link.taken().isEmpty());
    }

    @Test
    void theStaticGuestGetsACopyAndTheHostTheOriginal() {
        scene = RelayScene.withStaticGuest(GUEST);
        scene.mapped(PORT);
        byte[] error = error(hosts(PORT + 1));
        int id = scene.errorComes(error);

        assertEquals(Verdict.ACCEPT, scene.queue.verdict(id));
        assertArrayEquals(error, scene.queue.toHost(id));
        assertArrayEquals(
                Packets.frame(GUEST_MAC, GATEWAY_MAC, guestsError(PORT + 1)),
                scene.link.taken().get(0));
    }

    @Test
    @DisplayName("R36: what is mapped goes to its own guest alone, whoever is the static one")
    void theStaticGuestGetsNothingThatIsMapped() {
        scene = RelayScene.withStaticGuest(OTHER_GUEST);
        scene.guestSends(OTHER_GUEST_MAC, probe(OTHER_GUEST, PORT + 9).bytes());
        scene.mapped(PORT);
        int id = scene.errorComes(error(hosts(PORT)));

        assertEquals(Verdict.DROP, scene.queue.verdict(id));
        assertEquals(1, scene.link.taken().size());
        assertArrayEquals(guestsError(PORT), scene.link.takenPackets().get(0));
    }

    @Test
    @DisplayName("a full batch of frames: who has no room is accepted")
    void whatFindsNoRoomIsAccepted() {
        scene.mapped(PORT);
        scene.link.room(1);
        int first = scene.queue.enqueue(error(hosts(PORT)));
        int second = scene.queue.enqueue(error(hosts(PORT)));
        scene.relay.turn();

        assertEquals(Verdict.DROP, scene.queue.verdict(first));
        assertEquals(Verdict.ACCEPT, scene.queue.verdict(second));
        assertArrayEquals(error(hosts(PORT)), scene.queue.toHost(second));
        assertEquals(1, scene.count(Reason.SEND_FAILED));
    }

    @Test
    @DisplayName("R45: the guest network goes: said once, accepted, counted; when it is back, relayed again")
    void theGuestNetworkGoesAndComesBack() {
        scene.mapped(PORT);
        scene.link.gone(true);
        int id = scene.queue.enqueue(error(hosts(PORT)));
        assertFalse(scene.relay.turn());
        assertTrue(scene.relay.turn(), "there is no link to lose any more");

        assertEquals(Verdict.ACCEPT, scene.queue.verdict(id));
        assertEquals(1, scene.count(Reason.NO_GUEST_NETWORK));

        scene.link.gone(false);
        scene.relay.link(scene.link);
        assertEquals(Verdict.DROP, scene.queue.verdict(scene.errorComes(error(hosts(PORT)))));
    }

    @Test
    @DisplayName("R41: sending breaks with an exception: accepted unchanged")
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
    @DisplayName("R41, R45: the log of leaving probes breaks for good: the batch is accepted, and the loop ends")
    void aBrokenLogLeavesNoPacketWithoutVerdict() {
        scene.mapped(PORT);
        int id = scene.queue.enqueue(error(hosts(PORT)));
        scene.log.breaksWhenReceiving(true);

        assertThrows(IllegalStateException.class, scene.relay::turn);
        assertEquals(Verdict.ACCEPT, scene.queue.verdict(id));
    }

    @Test
    @DisplayName("R45, R48: a sighting that natexd cannot read is counted, and the next one is read")
    void aSightingThatTripsNatexdIsCounted() {
        scene.link.arriveUnreadable();
        scene.log.leaveUnreadable();
        scene.mapped(PORT);

        assertEquals(2, scene.count(Counters.Event.NOT_READ));
        assertEquals(Verdict.DROP, scene.queue.verdict(scene.errorComes(error(hosts(PORT)))));
    }

    @Test
    @DisplayName("R50: errors are selected anew, and a mapping from before serves them")
    void errorsAreSelectedAnew() {
        scene.mapped(PORT);
        scene.translator.types(new ErrorTypes(false, true, false, false));
        assertEquals(Verdict.ACCEPT, scene.queue.verdict(scene.errorComes(error(hosts(PORT)))));

        scene.translator.types(ErrorTypes.defaults());
        assertEquals(Verdict.DROP, scene.queue.verdict(scene.errorComes(error(hosts(PORT)))));
    }

    @Test
    @DisplayName("R50: another static guest gets copies once it has been sighted, the former one no more")
    void theStaticGuestIsChanged() {
        scene = RelayScene.withStaticGuest(GUEST);
        scene.mapped(PORT);
        scene.relay.staticGuest(OTHER_GUEST);
        scene.errorComes(error(hosts(PORT + 1)));
        assertEquals(1, scene.count(Reason.STATIC_GUEST_UNSEEN));

        scene.guestSends(
                OTHER_GUEST_MAC,
                Packets.udpProbe(OTHER_GUEST, Packets.TARGET, PORT, 33499).bytes());
        scene.errorComes(error(hosts(PORT + 1)));
        assertEquals(1, scene.count(Reason.STATIC_GUEST));
        scene.relay.staticGuest(0);
        scene.errorComes(error(hosts(PORT + 1)));
        assertEquals(1, scene.link.taken().size());
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
    @DisplayName("R21: however many probes are to be read, a turn reads a bounded number and gives its verdicts")
    void aFloodOfProbesDoesNotKeepAnErrorFromItsVerdict() {
        scene.mapped(PORT);
        for (int i = 0; i < 20_000; i++) {
            scene.guestSends(Packets.udpProbe(GUEST, TARGET, 1 + i, 33500).bytes());
            scene.log.leave(Packets.udpProbe(HOST, TARGET, 1 + i, 33500).bytes());
        }
        int id = scene.errorComes(error(hosts(PORT)));

        assertEquals(Verdict.DROP, scene.queue.verdict(id));
        long read = scene.count(Counters.Event.GUEST_SIGHTINGS) + scene.count(Counters.Event.EGRESS_SIGHTINGS);
        assertTrue(read <= 2 + 2 * 16 * 32, "probes read in two turns: " + read);
    }

    @Test
    @DisplayName("R22: what the host itself sends on the guest network is no sighting")
    void theHostsOwnFramesAreNoSightings() {
        scene.link.arriveOutgoing(
                Packets.frame(GATEWAY_MAC, GUEST_MAC, probe(GUEST, PORT).bytes()));
        scene.link.arrive(new byte[13]);
        scene.link.arrive(Packets.frame(GATEWAY_MAC, GUEST_MAC, new byte[] {0x45, 0}));
        scene.relay.turn();

        assertEquals(0, scene.count(Counters.Event.GUEST_SIGHTINGS));
        assertEquals(3, scene.count(Counters.Event.FRAMES_IGNORED));
    }

    @Test
    @DisplayName(
            "R22: whoever forwarded a probe whose error was relayed is the gateway, whatever its address, and no guest")
    void theGatewayIsNoGuest() {
        scene.mapped(PORT);
        scene.errorComes(error(hosts(PORT)));
        scene.link.arrive(
                Packets.frame(OTHER_GUEST_MAC, GATEWAY_MAC, probe(GATEWAY, PORT).bytes()));
        scene.relay.turn();

        assertEquals(1, scene.count(Counters.Event.GUEST_SIGHTINGS));
    }

    @Test
    @DisplayName("R16: lost copies of leaving probes are heard of")
    void lostCopiesAreHeardOf() {
        scene.guestSends(probe(GUEST, PORT).bytes());
        scene.log.overflows(1);
        scene.relay.turn();

        int id = scene.errorComes(error(hosts(PORT + 1))); // a rewritten port whose checksum agrees
        assertEquals(Verdict.ACCEPT, scene.queue.verdict(id));
        assertEquals(1, scene.count(Reason.NO_MAPPING));
    }

    @Test
    @DisplayName("R48: the counters' line names what is not zero")
    void theCountersLineNamesWhatIsNotZero() {
        assertEquals("nothing yet", scene.relay.counters().toString());
        scene.mapped(PORT);
        scene.errorComes(error(hosts(PORT)));
        assertEquals(
                "relayed 1, guest-sightings 1, egress-sightings 1",
                scene.relay.counters().toString());
    }

    private static byte[] rewritten(int guest, int identification) {
        return Packets.timeExceeded(ROUTER, guest)
                .quoting(probe(guest, PORT).id(identification).bytes(), 28)
                .bytes();
    }
}
