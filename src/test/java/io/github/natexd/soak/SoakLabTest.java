package io.github.natexd.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code ./dev soak} runs for an hour; in this half minute, each fault comes once. */
class SoakLabTest {
    private static final int PERIODS = 1;
    private static final long PERIOD_SECONDS = 25;

    @Test
    void aShortSoakFindsNothing() throws Exception {
        ByteArrayOutputStream table = new ByteArrayOutputStream();

        List<String> findings = new Soak(PERIODS, PERIOD_SECONDS, new PrintStream(table, true)).run();

        assertEquals(List.of(), findings, table::toString);
    }
}
