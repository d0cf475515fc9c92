package io.github.natexd.cli.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.natexd.cli.profile.Finding.State;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What examples for and against a trait come to. */
class FindingTest {
    @ParameterizedTest
    @CsvSource({
        "0,0,UNKNOWN",
        "1,0,YES",
        "0,1,NO",
        "1,1,MIXED",
        "9,1,YES",
        "8,1,MIXED",
        "1,9,NO",
        "1,21,NO",
        "1,8,MIXED"
    })
    void nineInTenDecide(long yes, long no, State state) {
        assertEquals(state, State.of(yes, no));
    }
}
