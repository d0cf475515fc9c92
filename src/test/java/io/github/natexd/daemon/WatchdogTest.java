package io.github.natexd.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When the loop gives a sign of life (R42). */
class WatchdogTest {
    private static final long SELF = 42;
    private static final long BEGIN = -7_000_000_000L; // nanoTime may be anything
    private static final long INTERVAL = TimeUnit.MILLISECONDS.toNanos(2_500);

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "5000000, -, 2500000000",
                "5000000, 42, 2500000000",
                "5000000, 43, 0",
                "5000000, '', 2500000000",
                "5000000, self, 0",
                "-, 42, 0",
                "'', 42, 0",
                "often, 42, 0",
                "-5, 42, 0",
            })
    @DisplayName("R42: half of WATCHDOG_USEC, if WATCHDOG_PID is absent or names this process; else nobody asks")
    void readsTheEnvironment(String micros, String pid, long nanos) {
        Map<String, String> environment = new java.util.HashMap<>();
        if (micros != null) {
            environment.put("WATCHDOG_USEC", micros);
        }
        if (pid != null) {
            environment.put("WATCHDOG_PID", pid);
        }

        assertEquals(nanos, Watchdog.intervalNanos(environment, named -> named == SELF));
    }

    @Test
    void theFirstTurnIsASignAndTheNextOnesOnlyAfterTheInterval() {
        Watchdog watchdog = new Watchdog(Notify.to(null), INTERVAL);

        assertEquals(0, watchdog.idleMillis(BEGIN));
        assertTrue(watchdog.turned(BEGIN));
        assertFalse(watchdog.turned(BEGIN + 1));
        assertFalse(watchdog.turned(BEGIN + INTERVAL - 1));
        assertTrue(watchdog.turned(BEGIN + INTERVAL));
        assertFalse(watchdog.turned(BEGIN + 2 * INTERVAL - 1));
    }

    @Test
    @DisplayName("a wait that is over is never too short by a fraction: one wake-up for each sign")
    void theWaitIsNeverTooShort() {
        Watchdog watchdog = new Watchdog(Notify.to(null), INTERVAL);
        watchdog.turned(BEGIN);

        for (long since : new long[] {0, 1, 999_999, 1_000_001, INTERVAL - 1}) {
            long wait = watchdog.idleMillis(BEGIN + since);
            assertTrue(since + TimeUnit.MILLISECONDS.toNanos(wait) >= INTERVAL, since + " then " + wait);
            assertTrue(since + TimeUnit.MILLISECONDS.toNanos(wait) < INTERVAL + 1_000_000, since + " then " + wait);
        }
        assertEquals(0, watchdog.idleMillis(BEGIN + 3 * INTERVAL));
    }

    @Test
    void whereNobodyAsksThereIsNoSignAndNoWakeUp() {
        Watchdog watchdog = new Watchdog(Notify.to(null), 0);

        assertFalse(watchdog.turned(BEGIN));
        assertEquals(-1, watchdog.idleMillis(BEGIN));
    }
}
