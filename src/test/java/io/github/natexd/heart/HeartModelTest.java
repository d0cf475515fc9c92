package io.github.natexd.heart;

import static org.junit.jupiter.api.Assertions.fail;

import org.junit.jupiter.api.Test;

/**
 * The program does what the page "How natexd decides who gets an error" says; {@code ./dev fuzz heart} tests longer.
 */
class HeartModelTest {
    private static final int SCHEDULES = 40_000;

    @Test
    void theProgramDoesWhatThePageSays() {
        HeartFuzz fuzz = new HeartFuzz();
        for (long seed = 0; seed < SCHEDULES; seed++) {
            if (fuzz.run(Schedule.of(seed)) != null) {
                fail(fuzz.explained(seed));
            }
        }
    }
}
