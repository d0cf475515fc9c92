package io.github.natexd.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.Consumer;

/**
 * One way to break or hide something on a healthy system.
 *
 * @param why what the finding has to contain
 * @param fix what its fix has to contain
 */
record CheckCase(String story, Check check, Consumer<HealthyFacts> change, State state, String why, String fix) {
    static final String ROOT_ONLY = "only root sees it";

    static CheckCase wrong(String story, Check check, Consumer<HealthyFacts> change, String why, String fix) {
        return new CheckCase(story, check, change, State.WRONG, why, fix);
    }

    static CheckCase unknown(String story, Check check, Consumer<HealthyFacts> change, String why, String fix) {
        return new CheckCase(story, check, change, State.UNKNOWN, why, fix);
    }

    static CheckCase well(String story, Check check, Consumer<HealthyFacts> change, String why) {
        return new CheckCase(story, check, change, State.OK, why, "");
    }

    void assertFinding() {
        HealthyFacts facts = new HealthyFacts();
        change.accept(facts);

        DoctorFinding finding = facts.finding(check);

        assertEquals(state, finding.state(), finding::toString);
        assertTrue(finding.why().contains(why), finding::toString);
        assertTrue(finding.fix().contains(fix), finding::toString);
        assertEquals(state == State.OK, finding.fix().isEmpty(), finding::toString);
    }

    @Override
    public String toString() {
        return check.word() + ": " + story;
    }
}
