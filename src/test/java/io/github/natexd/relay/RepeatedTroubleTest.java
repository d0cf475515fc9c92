package io.github.natexd.relay;

import static io.github.natexd.testkit.Packets.HOST;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.report.Reason;
import io.github.natexd.report.RepeatedTrouble;
import io.github.natexd.testkit.Log;
import io.github.natexd.testkit.Packets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is logged of trouble that comes again and again (R48). */
class RepeatedTroubleTest {
    private static final Logger LOG = LoggerFactory.getLogger("test");
    private static final long BEGIN = Long.MAX_VALUE - 5; // the clock may turn over
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final int PORT = 40000;

    private final RepeatedTrouble trouble = new RepeatedTrouble(LOG, "it broke");

    @Test
    @DisplayName("R48: the first is logged with its stack, the next ones as a count, once a minute at most")
    void theFirstIsLoggedWholeAndTheRestCounted() {
        try (Log log = new Log()) {
            for (int second = 0; second <= 180; second++) {
                trouble.happened(error(), BEGIN + second * SECOND);
            }

            assertEquals(
                    List.of(
                            "WARN test - it broke",
                            "WARN test - it broke: 60 more of these, the last: java.lang.IllegalStateException: again",
                            "WARN test - it broke: 60 more of these, the last: java.lang.IllegalStateException: again",
                            "WARN test - it broke: 60 more of these, the last: java.lang.IllegalStateException: again"),
                    log.lines("WARN"));
            assertTrue(log.text().contains("at io.github.natexd.relay.RepeatedTroubleTest.error("), log.text());
        }
    }

    @Test
    @DisplayName("R48: another kind is logged whole, too; of words, each once")
    void eachKindIsLoggedWhole() {
        try (Log log = new Log()) {
            for (int i = 0; i < 5; i++) {
                trouble.happened("no disk", BEGIN + i);
                trouble.happened("no paper", BEGIN + i);
            }
            trouble.happened(error(), BEGIN + SECOND);
            trouble.logCount();
            trouble.logCount();

            assertEquals(
                    List.of(
                            "WARN test - it broke: no disk",
                            "WARN test - it broke: no paper",
                            "WARN test - it broke",
                            "WARN test - it broke: 8 more of these, the last: no paper"),
                    log.lines("WARN"));
        }
    }

    @Test
    @DisplayName("R48: whoever makes up ever new kinds fills no log")
    void thereIsALimitToKinds() {
        try (Log log = new Log()) {
            for (int i = 0; i < 1000; i++) {
                trouble.happened("kind " + i, BEGIN + i);
            }

            assertEquals(16, log.lines("WARN").size());
        }
    }

    @Test
    @DisplayName("R48: thousands of errors inside natexd are a warning with a stack and a count at the end")
    void thousandsOfErrorsInsideNatexdAreTwoWarnings() {
        RelayScene scene = RelayScene.byFrames();
        scene.mapped(PORT);
        scene.link.breaksWhenQueueing(true);
        try (Log log = new Log()) {
            for (int i = 0; i < 3000; i++) {
                scene.errorComes(RelayScene.error(RelayScene.probe(HOST, PORT).bytes()));
                scene.pass(1);
            }
            scene.relay.logRepeated();

            List<String> warnings = log.lines("WARN");
            assertEquals(2, warnings.size(), warnings::toString);
            assertTrue(warnings.get(1)
                    .contains(": 2999 more of these, the last: java.lang.IllegalStateException: queueing"));
            assertEquals(3000, scene.count(Reason.INTERNAL_ERROR));
        }
    }

    @Test
    @DisplayName("R48: each kind of internal trouble is logged with what really happened")
    void eachWarningReportsWhatHappened() {
        RelayScene scene = RelayScene.byFrames();
        scene.mapped(PORT);
        byte[] error = RelayScene.error(RelayScene.probe(HOST, PORT).bytes());
        try (Log log = new Log()) {
            scene.link.arriveUnreadable();
            scene.log.leaveUnreadable();
            scene.relay.turn();
            scene.link.breaksWhenSending(true);
            scene.errorComes(error);
            scene.link.breaksWhenSending(false);
            scene.relay.observe(observation -> {
                throw error();
            });
            scene.errorComes(error);
            scene.link.breaksWhenQueueing(true);
            scene.errorComes(error);

            assertEquals(
                    List.of(
                            "internal error; a probe or frame was skipped",
                            "internal error; a probe or frame was skipped",
                            "cannot send frames to guests; the host keeps these errors",
                            "internal error; natexctl watch misses an error",
                            "internal error; packet passed unchanged"),
                    log.lines("WARN").stream()
                            .map(line -> line.substring(line.indexOf(" - ") + 3))
                            .toList());
        }
    }

    @Test
    @DisplayName("R48: that the NAT process delivers a class of errors is told once, by name")
    void whatTheNatProcessDeliversIsNamed() {
        RelayScene scene = RelayScene.byFrames();
        scene.mapped(PORT);
        byte[] delivery = Packets.timeExceeded(Packets.ROUTER, Packets.GUEST)
                .quoting(RelayScene.probe(Packets.GUEST, PORT).bytes())
                .bytes();
        try (Log log = new Log()) {
            for (int i = 0; i < 12; i++) {
                if (i % 6 == 0) {
                    scene.link.arrive(Packets.frame(Packets.GUEST_MAC, Packets.GATEWAY_MAC, delivery));
                }
                scene.errorComes(RelayScene.error(RelayScene.probe(HOST, PORT).bytes()));
                scene.pass(1001);
                scene.relay.turn();
            }

            assertTrue(scene.count(Reason.RELAYED) > 0, "it ceased, and natexd resumed");
            assertEquals(
                    List.of("the NAT process delivers time-exceeded (udp) errors itself; natexd leaves them to it"),
                    log.lines("INFO").stream()
                            .map(line -> line.substring(line.indexOf(" - ") + 3))
                            .toList());
        }
    }

    private static IllegalStateException error() {
        return new IllegalStateException("again");
    }
}
