package io.github.natexd.relay;

import static io.github.natexd.relay.RelayScene.MILLI;
import static io.github.natexd.relay.RelayScene.error;
import static io.github.natexd.relay.RelayScene.probe;
import static io.github.natexd.testkit.Packets.GATEWAY;
import static io.github.natexd.testkit.Packets.GATEWAY_MAC;
import static io.github.natexd.testkit.Packets.GUEST;
import static io.github.natexd.testkit.Packets.GUEST_MAC;
import static io.github.natexd.testkit.Packets.HOST;
import static io.github.natexd.testkit.Packets.ROUTER;
import static io.github.natexd.testkit.Packets.TARGET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.report.Counters;
import io.github.natexd.report.NatDelivery;
import io.github.natexd.report.Observed;
import io.github.natexd.report.Observer;
import io.github.natexd.report.Reason;
import io.github.natexd.report.Snapshot;
import io.github.natexd.testkit.Packets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What somebody who watches is told of each error. */
class ObserverTest {
    private static final int PORT = 40000;

    private final RelayScene scene = RelayScene.byFrames();
    private final List<Seen> told = new ArrayList<>();

    @Test
    void aRelayedErrorIsToldWithGuestHopReporterRoundTripAndLabels() {
        scene.relay.observe(seen -> told.add(Seen.of(seen)));
        scene.guestSends(probe(GUEST, PORT).ttl(2).bytes());
        scene.log.leave(probe(HOST, PORT).ttl(2).bytes());
        scene.relay.turn();
        scene.pass(3);
        scene.errorComes(Packets.timeExceeded(ROUTER, HOST)
                .quoting(probe(HOST, PORT).ttl(1).bytes())
                .mpls(24001, 0, 1)
                .bytes());

        assertEquals(1, told.size());
        Seen observation = told.get(0);
        assertEquals(Reason.RELAYED, observation.reason());
        assertEquals(new Seen.Guest(GUEST, PORT, 2, 3 * MILLI - 1), observation.guest(), "the second one sighted");
        assertEquals(new Seen.Quote(17, HOST, PORT, TARGET, 33434), observation.quote());
        assertNotNull(observation.report());
        assertEquals(ROUTER, observation.report().reporter());
        assertEquals(11, observation.report().type());
        assertEquals(List.of(24001), observation.report().labels());
    }

    @Test
    void anErrorOfTheHostIsToldWithItsReasonAndWithoutAGuest() {
        scene.relay.observe(seen -> told.add(Seen.of(seen)));
        scene.errorComes(error(probe(HOST, PORT).bytes()));

        assertEquals(Reason.NO_MAPPING, told.get(0).reason());
        assertNull(told.get(0).guest());
        assertEquals(new Seen.Quote(17, HOST, PORT, TARGET, 33434), told.get(0).quote());
    }

    /** The packet before left its traces in the translator. */
    @Test
    void whatCannotBeReadIsNotTold() {
        scene.relay.observe(seen -> told.add(Seen.of(seen)));
        scene.mapped(PORT);
        byte[] brief = error(probe(HOST, PORT).bytes());
        scene.queue.enqueue(error(probe(HOST, PORT).bytes()));
        scene.queue.enqueue(java.util.Arrays.copyOf(brief, 24));
        scene.relay.turn();

        assertEquals(
                List.of(Reason.RELAYED, Reason.OUTER_MALFORMED),
                told.stream().map(Seen::reason).toList());
        assertNull(told.get(1).report());
        assertNull(told.get(1).quote());
        assertNull(told.get(1).guest());
    }

    @Test
    void aLateCopyHasTheRoundTripUpToItsArrival() {
        scene.mapped(PORT + 1);
        scene.relay.observe(seen -> told.add(Seen.of(seen)));
        scene.log.leave(probe(HOST, PORT).bytes(), RelayScene.ROOT);
        scene.errorComes(error(probe(HOST, PORT).bytes()));
        assertTrue(told.isEmpty(), "not settled yet");
        scene.pass(2);
        scene.guestSends(probe(GUEST, PORT).bytes());
        scene.relay.turn();

        assertEquals(Reason.COPIED_LATE, told.get(0).reason());
        assertEquals(2 * MILLI, told.get(0).ageNanos());
        assertNotNull(told.get(0).guest());
        assertTrue(told.get(0).guest().roundTripNanos() < 0, "the guest was seen after the error");
    }

    @Test
    void theStaticGuestIsToldForItsCopies() {
        RelayScene fallback = RelayScene.withStaticGuest(GUEST);
        fallback.guestSends(Packets.udpProbe(GUEST, ROUTER, PORT, 53).bytes());
        fallback.relay.turn();
        fallback.relay.observe(seen -> told.add(Seen.of(seen)));
        fallback.errorComes(error(probe(HOST, PORT).bytes()));

        assertEquals(Reason.STATIC_GUEST, told.get(0).reason());
        assertEquals(
                new Seen.Guest(GUEST, PORT, 0, Observed.UNKNOWN_NANOS),
                told.get(0).guest());
    }

    @Test
    void nobodyIsToldAnyMore() {
        scene.relay.observe(seen -> told.add(Seen.of(seen)));
        scene.errorComes(error(probe(HOST, PORT).bytes()));
        scene.relay.observe(null);
        scene.errorComes(error(probe(HOST, PORT).bytes()));

        assertEquals(1, told.size());
        assertEquals(2, scene.count(Reason.NO_MAPPING));
    }

    @Test
    @DisplayName("the round trip is that of the kernel's times, which the relay asks for only while somebody watches")
    void theRoundTripIsThatOfTheKernelsTimes() {
        scene.link.epochNanos(5 * MILLI);
        scene.queue.epochNanos(9 * MILLI);
        scene.mapped(PORT);
        scene.relay.observe(seen -> told.add(Seen.of(seen)));
        scene.errorComes(error(probe(HOST, PORT).bytes()));
        scene.mapped(PORT + 1);
        scene.errorComes(error(probe(HOST, PORT + 1).bytes()));

        assertTrue(
                told.get(0).guest().roundTripNanos() <= 0, "the probe came before somebody watched, in the same turn");
        assertEquals(4 * MILLI, told.get(1).guest().roundTripNanos());
        assertEquals(9 * MILLI, told.get(1).epochNanos());
    }

    @ParameterizedTest
    @ValueSource(longs = {-7_200_000, -2000, 2000, 3_600_000})
    @DisplayName("if somebody sets the clock while a probe is on its way, the round trip is that of natexd's own clock")
    void aClockThatIsSetIsNoRoundTrip(long millis) {
        scene.relay.observe(seen -> told.add(Seen.of(seen)));
        scene.link.epochNanos(10_000_000 * MILLI);
        scene.mapped(PORT);
        scene.pass(3);
        scene.queue.epochNanos((10_000_000 + 3 + millis) * MILLI);
        scene.errorComes(error(probe(HOST, PORT).bytes()));

        assertEquals(3 * MILLI, told.get(0).guest().roundTripNanos(), 100);
    }

    /** A probe (type 8, by the guest itself) or a reply, about a probe of the guest to the target. */
    private record Shown(
            Observed.Event event,
            int from,
            int type,
            int protocol,
            int port,
            int targetPort,
            int hop,
            long epochNanos) {
        static Shown probe(int protocol, int port, int targetPort, int hop, long epochNanos) {
            return new Shown(Observed.Event.PROBE, GUEST, 8, protocol, port, targetPort, hop, epochNanos);
        }

        static Shown reply(int from, int type, int protocol, int port, int targetPort, long epochNanos) {
            return new Shown(Observed.Event.REPLY, from, type, protocol, port, targetPort, 0, epochNanos);
        }
    }

    private static final class Onlooker implements Observer {
        final List<Shown> seen = new ArrayList<>();
        boolean wantsProbes = true;

        @Override
        public boolean wantsProbes() {
            return wantsProbes;
        }

        @Override
        public void seen(Observed what) {
            assertTrue(what.quoted && what.guestKnown);
            assertEquals(GUEST, what.guest);
            assertEquals(GUEST_MAC, what.guestMac);
            assertEquals(TARGET, what.target);
            boolean probe = what.event == Observed.Event.PROBE;
            assertEquals(!probe, what.reported);
            seen.add(new Shown(
                    what.event,
                    probe ? GUEST : what.reporter,
                    probe ? 8 : what.type,
                    what.protocol,
                    what.guestPort,
                    what.targetPort,
                    what.hop,
                    what.epochNanos));
        }
    }

    @Test
    void probesAndWhatAnswersThemWithoutNatexdAreShownWhenWanted() {
        Onlooker onlooker = new Onlooker();
        scene.relay.observe(onlooker);
        assertTrue(scene.link.wantsEchoReplies());
        scene.link.epochNanos(7);
        scene.guestSends(probe(GUEST, PORT).ttl(3).bytes());
        natSends(echoReply(21, 4));
        natSends(Packets.timeExceeded(GATEWAY, GUEST)
                .quoting(probe(GUEST, PORT).ttl(1).bytes())
                .bytes());
        natSends(Packets.timeExceeded(ROUTER, GUEST)
                .quoting(probe(GUEST, PORT).ttl(1).bytes())
                .bytes());
        scene.relay.turn();

        assertEquals(
                List.of(
                        Shown.probe(17, PORT, 33434, 3, 7),
                        Shown.reply(TARGET, 0, 1, 21, 4, 7),
                        Shown.reply(GATEWAY, 11, 17, PORT, 33434, 7),
                        Shown.reply(ROUTER, 11, 17, PORT, 33434, 7)),
                onlooker.seen);
        assertEquals(1, scene.count(Counters.Event.NAT_DELIVERIES), "only the router's is a delivery");
    }

    @Test
    void onlyErrorsAreShownToWhoDoesNotWantProbes() {
        Onlooker onlooker = new Onlooker();
        onlooker.wantsProbes = false;
        scene.relay.observe(onlooker);
        scene.guestSends(probe(GUEST, PORT).bytes());
        natSends(echoReply(21, 4));
        scene.relay.turn();

        assertEquals(List.of(), onlooker.seen);
        assertFalse(scene.link.wantsEchoReplies());
    }

    private void natSends(byte[] packet) {
        scene.link.arrive(Packets.frame(GUEST_MAC, GATEWAY_MAC, packet));
    }

    private static byte[] echoReply(int identifier, int sequence) {
        byte[] reply = Packets.echoProbe(TARGET, GUEST, identifier, sequence).bytes();
        reply[20] = 0; // the type; natexd does not check the checksum of replies
        return reply;
    }

    @Test
    void aSnapshotTellsWhoDeliversAndWhenItWasTheLastTime() {
        assertFalse(scene.relay.snapshot().anyRelayed());
        scene.mapped(PORT);
        scene.errorComes(error(probe(HOST, PORT).bytes()));
        scene.pass(7);

        Snapshot snapshot = scene.relay.snapshot();

        assertTrue(snapshot.anyRelayed());
        assertEquals(7 * MILLI, snapshot.sinceRelayedNanos());
        assertEquals(
                new NatDelivery("time-exceeded", 17, false, true),
                snapshot.deliveries().get(1));
        assertEquals(
                new NatDelivery("time-exceeded", 1, false, false),
                snapshot.deliveries().get(0));
        assertEquals(1, snapshot.counters().get(Reason.RELAYED));
        scene.errorComes(error(probe(HOST, PORT).bytes()));
        assertEquals(1, snapshot.counters().get(Reason.RELAYED), "a copy");
    }
}
