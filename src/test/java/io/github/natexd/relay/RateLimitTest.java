package io.github.natexd.relay;

import static io.github.natexd.testkit.Packets.GUEST;
import static io.github.natexd.testkit.Packets.OTHER_GUEST;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimitTest {
    private static final long SECOND = 1_000_000_000;
    private static final int[] RATES = {1, 2, 3, 7, 999, 10_000, 999_999, 1_000_000};

    /** The last one wraps within the first second. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, -SECOND / 2, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - SECOND / 2})
    @DisplayName("R54: a second's worth at once, then the rate and never more, whatever the clock's value is")
    void aBurstThenTheRate(long start) {
        for (int rate : RATES) {
            RateLimit limit = limit(rate, start);
            long taken = taken(limit, start, 2 * rate);
            assertEquals(rate, taken, "the burst");

            int steps = 40;
            for (int step = 1; step <= steps; step++) {
                taken += taken(limit, start + step * SECOND / 4, rate);
                long most = rate + (long) rate * step / 4;
                assertTrue(taken <= most, rate + " in a second: " + taken + " after step " + step);
                // The interval is rounded up to a nanosecond.
                assertTrue(taken >= most - 1 - most / 1000, rate + " in a second: " + taken + " after step " + step);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {SECOND, 3_600 * SECOND, 100L * 365 * 24 * 3_600 * SECOND})
    @DisplayName("R54: a pause of any length saves up no more than one burst")
    void aPauseSavesUpOneBurst(long pause) {
        for (long start : new long[] {0, Long.MIN_VALUE, Long.MAX_VALUE}) {
            RateLimit limit = limit(100, start);
            assertEquals(100, taken(limit, start, 1_000));
            assertEquals(100, taken(limit, start + pause, 1_000));
            assertEquals(0, taken(limit, start + pause, 1_000));
        }
    }

    @Test
    @DisplayName("R54: a clock that jumps back costs no guest more than a second")
    void aClockThatJumpsBackCostsASecondAtMost() {
        for (long back : new long[] {1, SECOND / 2, SECOND, 2 * SECOND, 1L << 50}) {
            RateLimit limit = limit(100, 0);
            assertEquals(100, taken(limit, 0, 1_000));
            long taken = taken(limit, -back, 1_000) + taken(limit, -back + SECOND, 1_000);
            assertTrue(taken >= 100 - 1 && taken <= 200, taken + " after " + back);
        }
    }

    @Test
    @DisplayName("R54: what is refused costs nothing: the next one comes an interval later, however many were refused")
    void whatIsRefusedCostsNothing() {
        RateLimit limit = limit(10, 0);
        assertEquals(10, taken(limit, 0, 1_000_000));

        assertFalse(limit.takes(GUEST, SECOND / 10 - 1));
        assertTrue(limit.takes(GUEST, SECOND / 10));
        assertFalse(limit.takes(GUEST, SECOND / 10));
    }

    @Test
    @DisplayName("R53, R54: no guest uses up what another may get")
    void anotherGuestIsNotAffected() {
        RateLimit limit = limit(5, 0);
        assertEquals(5, taken(limit, 0, 1_000));
        for (int number = 0; number < 256; number++) {
            int other = GUEST & ~0xFF | number;
            assertEquals(other != GUEST, limit.takes(other, 0), "guest " + number);
        }
        assertTrue(limit.takes(OTHER_GUEST, 0));
    }

    @Test
    @DisplayName("R50, R54: there is no limit until one is set; a changed one holds after a second at most")
    void theLimitIsChanged() {
        RateLimit limit = new RateLimit(-SECOND);
        assertEquals(1_000, taken(limit, -SECOND, 1_000));

        limit.perSecond(1_000);
        assertEquals(1_000, taken(limit, 0, 2_000));
        limit.perSecond(1);
        assertEquals(0, taken(limit, SECOND - 1, 2_000));
        assertEquals(1, taken(limit, SECOND, 2_000));
        limit.perSecond(100);
        assertEquals(100, taken(limit, 2 * SECOND, 2_000));
    }

    private static RateLimit limit(int perSecond, long nowNanos) {
        RateLimit limit = new RateLimit(nowNanos);
        limit.perSecond(perSecond);
        return limit;
    }

    /** How many of so many errors the guest gets. */
    private static long taken(RateLimit limit, long nowNanos, int errors) {
        long taken = 0;
        for (int i = 0; i < errors; i++) {
            taken += limit.takes(GUEST, nowNanos) ? 1 : 0;
        }
        return taken;
    }
}
