package io.github.natexd.relay;

import static io.github.natexd.testkit.Packets.GATEWAY_MAC;
import static io.github.natexd.testkit.Packets.GUEST;
import static io.github.natexd.testkit.Packets.GUEST_MAC;
import static io.github.natexd.testkit.Packets.HOST;
import static io.github.natexd.testkit.Packets.OTHER_GUEST;
import static io.github.natexd.testkit.Packets.OTHER_GUEST_MAC;
import static io.github.natexd.testkit.Packets.ROUTER;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.report.Reason;
import io.github.natexd.testkit.FakePacketQueue.Verdict;
import io.github.natexd.testkit.PacketFile;
import io.github.natexd.testkit.Packets;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every {@link Reason}, each from a packet in a file: what it is counted as, and what becomes of it. */
class ReasonTest {
    private static final int PORT = 40000;

    /** One row: before the packet of the file comes in, {@code before} happens in the scene. */
    record Row(
            Reason reason,
            String file,
            Supplier<RelayScene> scene,
            Consumer<RelayScene> before,
            Verdict verdict,
            Consumer<RelayScene> after) {
        Row(Reason reason, String file, Supplier<RelayScene> scene, Consumer<RelayScene> before, Verdict verdict) {
            this(reason, file, scene, before, verdict, nothingMore -> {});
        }

        @Override
        public String toString() {
            return reason + ": " + file;
        }
    }

    static Stream<Row> rows() {
        return Stream.of(
                dropped(Reason.RELAYED, "time-exceeded-quoting-28-octets"),
                dropped(Reason.RELAYED, "time-exceeded-with-mpls-and-length-17-words"),
                dropped(Reason.RELAYED, "embedded-first-fragment"),
                accepted(Reason.HOST_PROBE, "probe-of-the-hosts-own", ReasonTest::hostTraces),
                accepted(Reason.NO_MAPPING, "probe-nobody-was-seen-sending", scene -> scene.mapped(PORT)),
                accepted(Reason.AMBIGUOUS, "tuple-that-two-guests-share", ReasonTest::twoGuestsShareATuple),
                accepted(
                        Reason.COPIED_LIKELY,
                        "router-faster-than-the-guests-sighting",
                        ReasonTest::onlyTheContentAgrees),
                new Row(
                        Reason.COPIED_LATE,
                        "router-faster-than-the-guests-sighting",
                        RelayScene::byFrames,
                        scene ->
                                scene.log.leave(RelayScene.probe(HOST, PORT + 1).bytes()),
                        Verdict.ACCEPT,
                        scene -> {
                            scene.guestSends(RelayScene.probe(GUEST, PORT + 1).bytes());
                            scene.pass(5);
                            scene.relay.turn();
                        }),
                accepted(Reason.TRUNCATED, "time-exceeded-quoting-28-octets", scene -> scene.mapped(PORT)),
                mapped(Reason.OUTER_MALFORMED, "outer-total-length-beyond-the-packet"),
                mapped(Reason.OUTER_FRAGMENT, "outer-header-of-first-fragment"),
                mapped(Reason.NOT_SELECTED, "reassembly-time-exceeded-not-configured"),
                mapped(Reason.OUTER_CHECKSUM, "outer-checksum-wrong"),
                mapped(Reason.IMPOSSIBLE_REPORTER, "reporter-on-the-guest-network"),
                mapped(Reason.NOT_ADDRESSED_TO_SENDER, "quote-of-somebody-elses-packet"),
                mapped(Reason.EMBEDDED_MALFORMED, "quote-ends-after-seven-octets-of-udp"),
                mapped(Reason.EMBEDDED_MALFORMED, "embedded-header-of-four-words"),
                mapped(Reason.EMBEDDED_FRAGMENT, "embedded-later-fragment"),
                mapped(Reason.EMBEDDED_NOT_A_PROBE, "error-about-an-error"),
                mapped(Reason.EMBEDDED_NOT_A_PROBE, "embedded-tcp-segment"),
                new Row(
                        Reason.STATIC_GUEST,
                        "probe-nobody-was-seen-sending",
                        () -> RelayScene.withStaticGuest(GUEST),
                        scene -> scene.mapped(PORT),
                        Verdict.ACCEPT),
                new Row(
                        Reason.STATIC_GUEST_UNSEEN,
                        "probe-nobody-was-seen-sending",
                        () -> RelayScene.withStaticGuest(OTHER_GUEST),
                        scene -> scene.mapped(PORT),
                        Verdict.ACCEPT),
                accepted(Reason.NAT_DELIVERS, "time-exceeded-quoting-28-octets", ReasonTest::natDelivers),
                accepted(
                        Reason.TOO_LONG,
                        "time-exceeded-with-mpls-and-length-17-words",
                        mappedThen(s -> s.link.mtu(167))),
                accepted(Reason.SEND_FAILED, "time-exceeded-quoting-28-octets", mappedThen(s -> s.link.refusing(true))),
                accepted(
                        Reason.NO_GUEST_NETWORK,
                        "time-exceeded-quoting-28-octets",
                        mappedThen(s -> s.relay.link(null))),
                accepted(Reason.RATE_LIMITED, "time-exceeded-quoting-28-octets", mappedThen(ReasonTest::rateIsUsedUp)),
                accepted(
                        Reason.INTERNAL_ERROR,
                        "time-exceeded-quoting-28-octets",
                        mappedThen(s -> s.link.breaksWhenQueueing(true))));
    }

    @ParameterizedTest
    @MethodSource("rows")
    @DisplayName(
            "R1-R8, R13, R15, R30, R37, R48, R49, R51, R52, R54: a packet's branch is counted; what is accepted is the host's, bit-identical")
    void thePacketOfTheFileHasItsReasonAndVerdict(Row row) {
        RelayScene scene = row.scene().get();
        row.before().accept(scene);
        byte[] packet = PacketFile.read(row.file());
        long before = scene.count(row.reason());
        int frames = scene.link.taken().size();

        int id = row.reason() == Reason.TRUNCATED ? scene.queue.enqueueTruncated(packet) : scene.queue.enqueue(packet);
        scene.relay.turn();
        row.after().accept(scene);

        assertEquals(row.verdict(), scene.queue.verdict(id));
        assertEquals(
                before + 1,
                scene.count(row.reason()),
                scene.relay.ledger().counters.toString());
        assertArrayEquals(row.verdict() == Verdict.ACCEPT ? packet : new byte[0], scene.queue.toHost(id));
        boolean toGuest = EnumSet.of(Reason.RELAYED, Reason.COPIED_LIKELY, Reason.COPIED_LATE, Reason.STATIC_GUEST)
                .contains(row.reason());
        assertEquals(frames + (toGuest ? 1 : 0), scene.link.taken().size(), "frames that the guest got");
    }

    @Test
    void noReasonIsLeftOut() {
        Set<Reason> shown =
                rows().map(Row::reason).collect(Collectors.toCollection(() -> EnumSet.noneOf(Reason.class)));
        assertEquals(EnumSet.allOf(Reason.class), shown);
    }

    @Test
    void everyReasonHasWordsOfItsOwn() {
        Set<String> texts = Stream.of(Reason.values()).map(Reason::text).collect(Collectors.toSet());
        assertEquals(Reason.values().length, texts.size());
        assertTrue(texts.stream().noneMatch(String::isBlank));
    }

    private static Row accepted(Reason reason, String file, Consumer<RelayScene> before) {
        return new Row(reason, file, RelayScene::byFrames, before, Verdict.ACCEPT);
    }

    /** Were it not for the one thing that the file shows, the guest would get it: its probe is mapped. */
    private static Row mapped(Reason reason, String file) {
        return accepted(reason, file, scene -> scene.mapped(PORT));
    }

    private static Row dropped(Reason reason, String file) {
        return new Row(reason, file, RelayScene::byFrames, scene -> scene.mapped(PORT), Verdict.DROP);
    }

    private static Consumer<RelayScene> mappedThen(Consumer<RelayScene> trouble) {
        return scene -> {
            scene.mapped(PORT);
            trouble.accept(scene);
        };
    }

    private static void hostTraces(RelayScene scene) {
        scene.mapped(PORT);
        scene.log.leave(RelayScene.probe(HOST, 50000).bytes());
        scene.relay.turn();
        scene.pass(20);
    }

    private static void twoGuestsShareATuple(RelayScene scene) {
        byte[] egress = RelayScene.probe(HOST, PORT).id(0).checksum(0).bytes();
        scene.guestSends(RelayScene.probe(GUEST, PORT).id(0).checksum(0).bytes());
        scene.guestSends(
                OTHER_GUEST_MAC,
                RelayScene.probe(OTHER_GUEST, PORT).id(0).checksum(0).bytes());
        scene.log.leave(egress);
        scene.relay.turn();
        scene.pass(20);
    }

    /** The NAT process rewrites port and IP ID. */
    private static void onlyTheContentAgrees(RelayScene scene) {
        scene.guestSends(RelayScene.probe(GUEST, 30000).id(7).bytes());
        scene.log.leave(RelayScene.probe(HOST, PORT + 1).bytes());
        scene.relay.turn();
        scene.pass(20);
    }

    private static void rateIsUsedUp(RelayScene scene) {
        scene.relay.maxErrorsPerSecond(1);
        scene.errorComes(RelayScene.error(RelayScene.hosts(PORT)));
    }

    /** The NAT process hands the guest this error itself. */
    private static void natDelivers(RelayScene scene) {
        scene.mapped(PORT);
        byte[] error = Packets.timeExceeded(ROUTER, GUEST)
                .quoting(RelayScene.probe(GUEST, PORT).bytes())
                .bytes();
        scene.link.arrive(Packets.frame(GUEST_MAC, GATEWAY_MAC, error));
    }
}
