package io.github.natexd.relay;

import static io.github.natexd.relay.RelayScene.HOST_MAC;
import static io.github.natexd.relay.RelayScene.HOST_ON_GUEST_NETWORK;
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
import static io.github.natexd.testkit.Packets.TARGET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.report.Counters;
import io.github.natexd.report.Reason;
import io.github.natexd.testkit.FakePacketQueue.Verdict;
import io.github.natexd.testkit.Packets;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What natexd takes for a sighting, and how much of it is read in one turn. */
class FeedsTest {
    private static final int PORT = 40000;
    /** Octets of a frame that are received: a probe's may be far longer. */
    private static final int RECEIVED = 128;

    private static final int BATCH = 32;
    private static final int BATCHES_LIMIT = 16;

    private final RelayScene scene = RelayScene.byFrames();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, BATCH - 1})
    @DisplayName("R21: a feed that does not fill its batch is not asked again")
    void aFeedThatDoesNotFillItsBatchIsNotAskedAgain(int probes) {
        arrive(probes);
        scene.relay.turn();

        assertEquals(1, scene.link.receives());
        assertEquals(1, scene.log.receives());
        assertEquals(probes, scene.count(Counters.Event.GUEST_SIGHTINGS));
        assertEquals(probes, scene.count(Counters.Event.EGRESS_SIGHTINGS));
    }

    @Test
    @DisplayName("R21: a feed is asked again as long as it fills its batch")
    void aFeedIsAskedAgainAsLongAsItFillsItsBatch() {
        arrive(2 * BATCH + 1);
        scene.relay.turn();

        assertEquals(3, scene.link.receives());
        assertEquals(3, scene.log.receives());
        assertEquals(2 * BATCH + 1, scene.count(Counters.Event.GUEST_SIGHTINGS));
        assertEquals(2 * BATCH + 1, scene.count(Counters.Event.EGRESS_SIGHTINGS));
    }

    @Test
    @DisplayName("R21: however many probes are to be read, a turn reads a bounded number and gives its verdicts")
    void aFloodOfProbesDoesNotKeepAnErrorFromItsVerdict() {
        scene.mapped(PORT);
        arrive(20_000);
        int id = scene.errorComes(error(hosts(PORT)));

        assertEquals(Verdict.DROP, scene.queue.verdict(id));
        assertEquals(1 + BATCHES_LIMIT * BATCH, scene.count(Counters.Event.GUEST_SIGHTINGS));
        assertEquals(1 + BATCHES_LIMIT * BATCH, scene.count(Counters.Event.EGRESS_SIGHTINGS));
    }

    @Test
    @DisplayName("R21: defect 13: a probe longer than what is received of its frame is a sighting, UDP or echo")
    void aProbeLongerThanTheReceiveBufferIsASighting() {
        scene.link.arrive(received(probe(GUEST, PORT).dataOctets(1400).bytes()));
        scene.link.arrive(received(echo(GUEST)));
        scene.log.leave(probe(HOST, PORT).dataOctets(1400).bytes());
        scene.log.leave(echo(HOST));
        scene.relay.turn();
        assertEquals(2, scene.count(Counters.Event.GUEST_SIGHTINGS));
        assertEquals(2, scene.count(Counters.Event.EGRESS_SIGHTINGS));

        scene.errorComes(error(probe(HOST, PORT).dataOctets(1400).bytes()));
        scene.errorComes(error(echo(HOST)));
        assertEquals(2, scene.count(Reason.RELAYED));
    }

    @Test
    @DisplayName("R36: defect 13: a delivery longer than what is received of its frame is one all the same")
    void aDeliveryLongerThanTheReceiveBufferIsOne() {
        scene.mapped(PORT);
        byte[] delivery = Packets.timeExceeded(ROUTER, GUEST)
                .quoting(probe(GUEST, PORT).dataOctets(500).bytes())
                .bytes();
        scene.link.arrive(Arrays.copyOf(Packets.frame(GUEST_MAC, GATEWAY_MAC, delivery), RECEIVED));
        scene.errorComes(error(hosts(PORT)));

        assertEquals(1, scene.count(Reason.NAT_DELIVERS));
    }

    @Test
    @DisplayName("R7: what is received of a frame must have the probe's transport head")
    void aFrameCutInItsTransportHeadIsNoSighting() {
        byte[] frame = Packets.frame(GATEWAY_MAC, GUEST_MAC, probe(GUEST, PORT).bytes());
        for (int length = 0; length < 14 + 20 + 8; length++) {
            scene.link.arrive(Arrays.copyOf(frame, length));
        }
        scene.link.arrive(Arrays.copyOf(frame, 14 + 20 + 8));
        scene.relay.turn();
        scene.relay.turn();

        assertEquals(1, scene.count(Counters.Event.GUEST_SIGHTINGS));
        assertEquals(42, scene.count(Counters.Event.FRAMES_IGNORED));
    }

    @Test
    @DisplayName("R22: what the host itself sends on the guest network is no sighting, nor what is no probe")
    void theHostsOwnFramesAreNoSightings() {
        scene.link.arriveOutgoing(
                Packets.frame(GATEWAY_MAC, GUEST_MAC, probe(GUEST, PORT).bytes()));
        scene.link.arrive(
                Packets.frame(GATEWAY_MAC, HOST_MAC, probe(GUEST, PORT).bytes()));
        scene.link.arrive(Packets.frame(
                GATEWAY_MAC, GUEST_MAC, probe(HOST_ON_GUEST_NETWORK, PORT).bytes()));
        scene.link.arrive(
                Packets.frame(GATEWAY_MAC, GUEST_MAC, probe(ROUTER, PORT).bytes()));
        byte[] toNeighbour = Packets.udpProbe(GUEST, OTHER_GUEST, PORT, 53).bytes();
        scene.link.arrive(Packets.frame(OTHER_GUEST_MAC, GUEST_MAC, toNeighbour));
        byte[] reply = Packets.echoProbe(GUEST, TARGET, 1, 1).icmpType(0).bytes();
        scene.link.arrive(Packets.frame(GATEWAY_MAC, GUEST_MAC, reply));
        scene.link.arrive(Packets.frame(GATEWAY_MAC, GUEST_MAC, new byte[] {0x45, 0}));
        scene.relay.turn();

        assertEquals(0, scene.count(Counters.Event.GUEST_SIGHTINGS));
        assertEquals(7, scene.count(Counters.Event.FRAMES_IGNORED));
    }

    @Test
    @DisplayName("R40, R51: an error that the gateway, the host or another guest reports is no delivery of the NAT's")
    void anErrorFromInsideIsNoDelivery() {
        for (int reporter : new int[] {Packets.GATEWAY, HOST, HOST_ON_GUEST_NETWORK, OTHER_GUEST, 0x7f000001}) {
            byte[] error = Packets.timeExceeded(reporter, GUEST)
                    .quoting(probe(GUEST, PORT).bytes())
                    .bytes();
            scene.link.arrive(Packets.frame(GUEST_MAC, GATEWAY_MAC, error));
        }
        byte[] aboutAnError =
                Packets.timeExceeded(ROUTER, GUEST).quoting(error(hosts(PORT))).bytes();
        scene.link.arrive(Packets.frame(GUEST_MAC, GATEWAY_MAC, aboutAnError));
        scene.relay.turn();

        assertEquals(0, scene.count(Counters.Event.NAT_DELIVERIES));
        assertEquals(6, scene.count(Counters.Event.FRAMES_IGNORED));
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
    @DisplayName("R16, R52: after copies of leaving probes were lost, \"not seen leaving\" is no certainty any more")
    void lostCopiesAreHeardOf() {
        scene.guestSends(probe(GUEST, PORT).bytes());
        scene.log.overflows(1);
        scene.relay.turn();
        int id = scene.errorComes(error(hosts(PORT)));
        assertEquals(Verdict.ACCEPT, scene.queue.verdict(id));
        assertEquals(1, scene.count(Reason.COPIED_LIKELY));

        scene.pass(31_000);
        scene.guestSends(probe(GUEST, PORT).bytes());
        assertEquals(Verdict.DROP, scene.queue.verdict(scene.errorComes(error(hosts(PORT)))), "a lifetime later");
    }

    @Test
    @DisplayName("R16, R52: nor for a second after the rules have changed")
    void changedRulesAreHeardOf() {
        scene.guestSends(probe(GUEST, PORT).bytes());
        scene.mapper.egressUnseen(scene.now());
        scene.errorComes(error(hosts(PORT)));
        assertEquals(1, scene.count(Reason.COPIED_LIKELY));

        scene.pass(1_000);
        scene.errorComes(error(hosts(PORT)));
        assertEquals(1, scene.count(Reason.RELAYED));
    }

    @Test
    @DisplayName("R12: what left the host is read before guests' frames: a frame's leaving copy is there by then")
    void theLeavingProbesAreReadFirst() {
        scene.guestSends(probe(GUEST, PORT).id(7).bytes());
        scene.log.leave(probe(HOST, PORT).id(7).bytes(), ROOT);
        int id = scene.errorComes(error(probe(HOST, PORT).id(7).bytes()));

        assertEquals(Verdict.DROP, scene.queue.verdict(id));
        assertTrue(scene.count(Reason.RELAYED) == 1);
    }

    /** So many probes, each sighted on both sides. */
    private void arrive(int probes) {
        for (int i = 0; i < probes; i++) {
            scene.guestSends(Packets.udpProbe(GUEST, TARGET, PORT, 1 + i).bytes());
            scene.log.leave(Packets.udpProbe(HOST, TARGET, PORT, 1 + i).bytes());
        }
    }

    private static byte[] received(byte[] packet) {
        return Arrays.copyOf(Packets.frame(GATEWAY_MAC, GUEST_MAC, packet), RECEIVED);
    }

    private static byte[] echo(int source) {
        return Packets.echoProbe(source, TARGET, 7, 1).dataOctets(1400).bytes();
    }
}
