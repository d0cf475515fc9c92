package io.github.natexd.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class DurationsTest {
    private final Durations durations = new Durations();

    @Test
    void aDurationThatEqualsABoundBelongsBelowIt() {
        durations.add(50_000, 1);
        durations.add(50_001, 1);

        assertEquals(50_000, Durations.boundNanos(0));
        assertEquals(1, durations.upTo(0));
        assertEquals(2, durations.upTo(1));
    }

    @Test
    void theBoundsGrowInStepsOfOneTwoAndFive() {
        assertEquals(17, Durations.bounds());
        for (int i = 3; i < Durations.bounds(); i++) {
            assertEquals(10 * Durations.boundNanos(i - 3), Durations.boundNanos(i));
        }
        assertEquals(10_000_000_000L, Durations.boundNanos(Durations.bounds() - 1));
    }

    @Test
    void whatIsLongerThanTheLastBoundOnlyCountsInTheWhole() {
        durations.add(10_000_000_001L, 3);

        assertEquals(0, durations.upTo(Durations.bounds() - 1));
        assertEquals(3, durations.count());
        assertEquals(30_000_000_003L, durations.sumNanos());
    }

    @Test
    void whatIsBelowZeroIsZero() {
        durations.add(-5, 2);

        assertEquals(2, durations.upTo(0));
        assertEquals(0, durations.sumNanos());
    }

    @Test
    void aCopyDoesNotChange() {
        durations.add(1, 1);
        Durations copy = durations.copy();
        durations.add(1, 1);

        assertEquals(1, copy.count());
        assertEquals(1, copy.sumNanos());
        assertEquals(2, durations.count());
    }
}
