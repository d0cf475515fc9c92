package io.github.natexd.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.cli.doctor.Facts.Caller;
import io.github.natexd.cli.doctor.Facts.Kernel;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** All checks together. */
class CheckTest {
    @Test
    void aHealthySystemHasNothingToMend() {
        for (DoctorFinding finding : Check.all(new HealthyFacts().facts())) {
            assertEquals(State.OK, finding.state(), finding::toString);
            assertEquals("", finding.fix(), finding::toString);
            assertFalse(finding.why().isBlank(), finding::toString);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void reportsWhatIsBrokenOrHiddenAndItsFix(CheckCase broken) {
        broken.assertFinding();
    }

    /** A check that no case breaks, or of which no case says that it is unknown where it can be, would be decoration. */
    @Test
    void everyCheckHasACaseThatIsNotWell() {
        for (Check check : Check.values()) {
            assertTrue(cases().anyMatch(each -> each.check() == check && each.state() != State.OK), check::word);
        }
    }

    /** Neither process nor permission: nothing of what only these show may be called wrong. */
    @Test
    void whatNobodyCouldSeeIsUnknownNotWrong() {
        HealthyFacts facts = new HealthyFacts();
        facts.caller = new Caller(1000, 0);
        facts.process = Fact.unknown(CheckCase.ROOT_ONLY);
        facts.control = HealthyFacts.silent(true);
        facts.rules = Fact.known(new Program.Result(77, "no permission"));
        facts.passed = Fact.unknown(CheckCase.ROOT_ONLY);
        facts.queue = Fact.unknown(CheckCase.ROOT_ONLY);
        facts.logGroup = Fact.unknown(CheckCase.ROOT_ONLY);
        facts.ruleset = Fact.unknown(CheckCase.ROOT_ONLY);
        facts.legacyTables = Fact.unknown(CheckCase.ROOT_ONLY);
        facts.service = Fact.unknown(CheckCase.ROOT_ONLY);
        facts.kernel = new Kernel(HealthyFacts.UNSEEN, HealthyFacts.UNSEEN, HealthyFacts.UNSEEN, HealthyFacts.UNSEEN);

        List<DoctorFinding> findings = Check.all(facts.facts());

        assertEquals(
                List.of(),
                findings.stream()
                        .filter(finding -> finding.state() == State.WRONG)
                        .toList());
        assertEquals(
                List.of("configuration", "library", "vmware", "interface", "forwarding", "keepalive"),
                findings.stream()
                        .filter(finding -> finding.state() == State.OK)
                        .map(DoctorFinding::check)
                        .toList());
    }

    /** Names are in scripts: they stay. */
    @Test
    void checksKeepTheirNamesAndOrder() {
        assertEquals(
                "configuration library kernel-queue kernel-log kernel-rule caller vmware interface daemon control"
                        + " service capabilities promiscuous rules counters queue log-group firewall forwarding health"
                        + " keepalive guests max-ttl nat-ttl nat-identification nat-ports nat-leaving nat-errors",
                String.join(" ", Arrays.stream(Check.values()).map(Check::word).toList()));
    }

    private static Stream<CheckCase> cases() {
        return Stream.of(
                        SystemCases.cases(),
                        DaemonChecksTest.cases(),
                        NetworkChecksTest.cases(),
                        RulesCases.cases(),
                        NatCases.cases(),
                        KeepaliveCases.cases())
                .flatMap(List::stream);
    }
}
