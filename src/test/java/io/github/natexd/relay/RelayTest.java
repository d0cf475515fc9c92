package io.github.natexd.relay;

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
import io.github.natexd.report.NatDelivery;
import io.github.natexd.report.Reason;
import io.github.natexd.testkit.FakePacketQueue.Verdict;
import io.github.natexd.testkit.Packets;
import io.github.natexd.testkit.Selected;
import io.github.natexd.translate.ErrorTypes;
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
    void everyPacketHasItsVerdict() {
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
    @DisplayName("R52: on little evidence the guest gets a copy and the host keeps its error, bit-identical")
    void aLikelyGuestGetsACopyAndTheHostKeepsTheError() {
        byte[] error = error(probe(HOST, 61000).id(9).bytes());
        scene.guestSends(probe(GUEST, PORT).id(7).bytes());
        scene.log.leave(probe(HOST, 61000).id(9).bytes(), ROOT);
        scene.relay.turn();
        scene.pass(15);
        int id = scene.errorComes(error);

        assertEquals(Verdict.ACCEPT, scene.queue.verdict(id));
        assertArrayEquals(error, scene.queue.toHost(id));
        assertArrayEquals(
                Packets.frame(GUEST_MAC, GATEWAY_MAC, rewritten(GUEST, 7)),
                scene.link.taken().get(0));
        assertEquals(1, scene.count(Reason.COPIED_LIKELY));
    }

    @Test
    @DisplayName("R16, R52: behind a NAT that rewrites ports and IDs, a host that traces the same way loses nothing")
    void aHostThatTracesTheSameWayLosesNothing() {
        scene.guestSends(probe(GUEST, PORT).id(7).bytes());
        scene.log.leave(probe(HOST, 61000).id(9).bytes(), ROOT);
        scene.log.leave(probe(HOST, 52000).id(8).bytes(), ROOT);
        scene.relay.turn();
        scene.pass(15);
        int natsId = scene.errorComes(error(probe(HOST, 61000).id(9).bytes()));
        int hostsId = scene.errorComes(error(probe(HOST, 52000).id(8).bytes()));

        assertEquals(Verdict.ACCEPT, scene.queue.verdict(natsId));
        assertEquals(Verdict.ACCEPT, scene.queue.verdict(hostsId));
        assertEquals(2, scene.count(Reason.AMBIGUOUS));
        assertTrue(scene.link.taken().isEmpty());
    }

    @Test
    @DisplayName("R16, R52: a host's probe of another user than the NAT's is the host's, whatever a guest sends")
    void anotherUsersProbeIsTheHosts() {
        scene.guestSends(probe(GUEST, PORT).id(7).bytes());
        scene.log.leave(probe(HOST, 61000).id(9).bytes(), 1000);
        scene.relay.turn();

        int id = scene.errorComes(error(probe(HOST, 61000).id(9).bytes()));
        assertEquals(Verdict.ACCEPT, scene.queue.verdict(id));
        assertEquals(1, scene.count(Reason.HOST_PROBE));
        assertEquals(0, scene.count(Counters.Event.COPIES_KEPT));
    }

    @Test
    @DisplayName("R53: a guest that floods takes no other guest's mapping away, nor the host's probes")
    void aFloodingGuestTakesNothingFromOthers() {
        scene.mapped(PORT);
        scene.log.leave(hosts(52000), 1000);
        for (int i = 0; i < 20_000; i++) {
            byte[] flood = Packets.udpProbe(OTHER_GUEST, TARGET, PORT, 1 + i).bytes();
            scene.guestSends(OTHER_GUEST_MAC, flood);
            scene.log.leave(Packets.udpProbe(HOST, TARGET, PORT, 1 + i).bytes(), ROOT);
            if (i % 100 == 0) {
                scene.relay.turn();
            }
        }
        scene.relay.turn();

        int id = scene.errorComes(error(hosts(PORT)));
        assertEquals(
                Verdict.DROP,
                scene.queue.verdict(id),
                scene.relay.ledger().counters.toString());
        assertArrayEquals(guestsError(PORT), scene.link.takenPackets().get(0));
        assertEquals(Verdict.ACCEPT, scene.queue.verdict(scene.errorComes(error(hosts(52000)))));
        assertEquals(1, scene.count(Reason.HOST_PROBE));
    }

    @Test
    @DisplayName("R15: defect 14: errors about probes that nobody sent count as no mapping and keep no copy")
    void errorsAboutProbesNobodySentKeepNoCopy() {
        scene.mapped(PORT);
        for (int i = 0; i < 100; i++) {
            byte[] error = error(Packets.udpProbe(HOST, TARGET, PORT, 40000 + i).bytes());
            assertEquals(Verdict.ACCEPT, scene.queue.verdict(scene.errorComes(error)));
        }

        assertEquals(100, scene.count(Reason.NO_MAPPING));
        assertEquals(0, scene.count(Counters.Event.COPIES_KEPT) + scene.count(Counters.Event.COPIES_FULL));
        assertEquals(-1, scene.relay.idleMillis());
    }

    @Test
    @DisplayName("R49: defect 10: by verdict, an error about a container's echo is not taken for an unpaired guest's")
    void byVerdictAContainersEchoIsNoGuests() {
        byte[] containers = Packets.echoProbe(HOST, TARGET, 7, 1).id(5).bytes();
        byte[] guests = Packets.echoProbe(GUEST, TARGET, 7, 1).id(5).bytes();
        scene.guestSends(guests);
        int byFrame = scene.errorComes(error(containers));
        assertEquals(Verdict.DROP, scene.queue.verdict(byFrame), "by frames, the host's own NAT comes before natexd");

        scene = RelayScene.byVerdicts();
        scene.guestSends(guests);
        int byVerdict = scene.errorComes(error(containers));
        scene.pass(20);
        scene.relay.turn();

        assertEquals(Verdict.ACCEPT, scene.queue.verdict(byVerdict));
        assertArrayEquals(error(containers), scene.queue.toHost(byVerdict));
        assertEquals(1, scene.count(Reason.NO_MAPPING));
        assertTrue(scene.link.taken().isEmpty());
    }

    @Test
    @DisplayName("R50: the way to reinject is changed between two errors, and each goes its way")
    void theWayToReinjectIsChanged() {
        scene.mapped(PORT);
        scene.relay.reinject(Relay.Reinject.VERDICT);
        assertEquals(Verdict.ACCEPT_REWRITTEN, scene.queue.verdict(scene.errorComes(error(hosts(PORT)))));
        assertTrue(scene.link.taken().isEmpty());

        scene.relay.reinject(Relay.Reinject.FRAME);
        assertEquals(Verdict.DROP, scene.queue.verdict(scene.errorComes(error(hosts(PORT)))));
        assertEquals(1, scene.link.taken().size());
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
        scene.guestSends(OTHER_GUEST_MAC, probe(OTHER_GUEST, PORT + 9).id(9).bytes());
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
    @DisplayName("an error that the kernel does not take is not one that natexd relays")
    void whatIsNotTakenIsNotRelayed() {
        scene.mapped(PORT);
        scene.link.refusing(true);
        scene.errorComes(error(hosts(PORT)));
        assertFalse(scene.relay.snapshot().deliveries().stream().anyMatch(NatDelivery::byNatexd));

        scene.link.refusing(false);
        scene.errorComes(error(hosts(PORT)));
        assertTrue(scene.relay.snapshot().deliveries().contains(new NatDelivery("time-exceeded", 17, false, true)));
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
    @DisplayName("R45: without a guest network, the kernel forwards nothing either: the host keeps its errors")
    void inVerdictModeTheGuestNetworkGoes() {
        scene = RelayScene.byVerdicts();
        scene.mapped(PORT);
        scene.relay.link(null);

        assertEquals(Verdict.ACCEPT, scene.queue.verdict(scene.errorComes(error(hosts(PORT)))));
        assertEquals(1, scene.count(Reason.NO_GUEST_NETWORK));
    }

    @Test
    @DisplayName("R50: errors are selected anew, and a mapping from before serves them")
    void errorsAreSelectedAnew() {
        scene.mapped(PORT);
        scene.translator.types(new ErrorTypes(false, true, false, false));
        assertEquals(Verdict.ACCEPT, scene.queue.verdict(scene.errorComes(error(hosts(PORT)))));

        scene.translator.types(Selected.BY_DEFAULT);
        assertEquals(Verdict.DROP, scene.queue.verdict(scene.errorComes(error(hosts(PORT)))));
    }

    @Test
    @DisplayName("R50, R41: a copy of an error that is not selected any more is settled, and not kept for ever")
    void aCopyThatIsNotSelectedAnyMoreIsSettled() {
        scene.log.leave(hosts(PORT), ROOT);
        scene.errorComes(error(hosts(PORT)));
        scene.translator.types(new ErrorTypes(false, true, false, false));
        scene.guestSends(probe(GUEST, PORT).bytes());
        scene.relay.turn();

        assertEquals(1, scene.count(Reason.NOT_SELECTED));
        assertTrue(scene.link.taken().isEmpty());
        assertEquals(-1, scene.relay.idleMillis());
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
    @DisplayName("R48: the counters' line names what is not zero")
    void theCountersLineNamesWhatIsNotZero() {
        assertEquals("nothing yet", scene.relay.ledger().counters.toString());
        scene.mapped(PORT);
        scene.errorComes(error(hosts(PORT)));
        assertEquals(
                "relayed 1, guest-sightings 1, egress-sightings 1",
                scene.relay.ledger().counters.toString());
    }

    private static byte[] rewritten(int guest, int identification) {
        return Packets.timeExceeded(ROUTER, guest)
                .quoting(probe(guest, PORT).id(identification).bytes(), 28)
                .bytes();
    }
}
