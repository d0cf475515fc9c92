package io.github.natexd.relay;

import static io.github.natexd.relay.RelayScene.error;
import static io.github.natexd.relay.RelayScene.hosts;
import static io.github.natexd.testkit.Packets.HOST;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.testkit.FakePacketQueue.Verdict;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Time that passes in one step, as after a pause of the machine, and a clock that goes back, which no kernel should show. */
class ClockJumpTest {
    private static final int PORT = 40000;
    private static final int HOSTS_PORT = 50000;
    private static final long HOUR_MILLIS = 3_600_000;

    private final RelayScene scene = RelayScene.byFrames();

    @ParameterizedTest
    @ValueSource(longs = {-HOUR_MILLIS, -40_000, -20, 20, 40_000, HOUR_MILLIS, 24 * HOUR_MILLIS})
    @DisplayName(
            "R41: whatever the clock does, every error gets its verdict, the host its own, and new probes are relayed")
    void aJumpOfTheClockCostsNobodyAnything(long millis) {
        scene.mapped(PORT);
        scene.errorComes(error(hosts(PORT + 1))); // a copy of it is kept when the clock jumps
        scene.pass(millis);
        int old = scene.errorComes(error(hosts(PORT)));
        scene.log.leave(RelayScene.probe(HOST, HOSTS_PORT).bytes());
        int own = scene.errorComes(error(hosts(HOSTS_PORT)));
        scene.mapped(PORT + 2);
        int fresh = scene.errorComes(error(hosts(PORT + 2)));

        scene.queue.checkAllAnswered();
        assertTrue(
                scene.queue.verdict(old) == Verdict.ACCEPT || scene.link.taken().size() == 2,
                "only what a guest got is taken from the host");
        assertEquals(Verdict.ACCEPT, scene.queue.verdict(own));
        assertArrayEquals(error(hosts(HOSTS_PORT)), scene.queue.toHost(own));
        assertEquals(Verdict.DROP, scene.queue.verdict(fresh));
    }
}
