package io.github.natexd.endtoend;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.ShiftedClock;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The wall clock of natexd and natexctl jumps; the machine's clock, which others use, does not. */
class ClockFaultsLabTest {
    private static final int RATE = 1000;

    @Test
    @DisplayName(
            "R20, R41: natexd's wall clock jumps an hour ahead, two back and one ahead: guest and host get all their errors")
    void theWallClockOfNatexdJumps() throws Exception {
        try (Lab lab = Lab.up(LabOptions.defaults())) {
            ShiftedClock clock = new ShiftedClock(lab);
            try (LabNatexd natexd = LabNatexd.start(lab, clock.environment())) {
                new ClockJumps(lab, natexd, clock).happen(RATE);
            }
        }
    }
}
