package io.github.natexd.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.soak.Sample.Decisions;
import io.github.natexd.soak.Sample.Kernel;
import io.github.natexd.soak.Sample.Usage;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FindingsTest {
    private static final int SECONDS = 60;
    private static final Usage USAGE = new Usage(50_000, 37, 18, 0);
    private static final Kernel QUIET = new Kernel(0, 0, 0, 0, 0);
    /** 105 errors; 5 passed the full queue by, 3 did not fit into natexd's socket, 40 were moved to guests. */
    private static final Kernel BUSY = new Kernel(100, 0, 0, 105, 65);

    private static final Sample BEGIN = new Sample(USAGE, QUIET, new Decisions(0, 0, 0, 0, 0, 0), true);
    private static final Decisions DECISIONS = new Decisions(97, 40, 0, 3, 9, 0);

    @Test
    void aHealthyNatexdHasNoFindings() {
        assertEquals(List.of(), findings(USAGE, BUSY, DECISIONS));
    }

    @Test
    void anErrorWithoutADecisionIsFound() {
        found("queued 101 errors, but natexd has decided about 97 and missed 3", USAGE, new Kernel(101, 0, 0, 105, 65));
    }

    @Test
    void anErrorThatNobodyGotIsFound() {
        found("41 of 105 errors have not come out of the queue", USAGE, new Kernel(100, 0, 0, 105, 64));
    }

    @Test
    void anErrorThatGuestAndHostGotIsFound() {
        found("39 of 105 errors have not come out of the queue", USAGE, new Kernel(100, 0, 0, 105, 66));
    }

    @Test
    void anErrorWithoutAVerdictIsFound() {
        found("1 errors have no verdict", USAGE, new Kernel(100, 1, 0, 105, 65));
    }

    @Test
    void anErrorThatTheQueueHasDroppedIsFound() {
        found("the queue has dropped 2 errors", USAGE, new Kernel(100, 0, 2, 105, 65));
    }

    @Test
    void leakedDescriptorsThreadsChildrenAreFound() {
        found("leaked descriptors: 37 before, 38 after", new Usage(50_000, 38, 18, 0), BUSY);
        found("leaked threads: 18 before, 19 after", new Usage(50_000, 37, 19, 0), BUSY);
        found("leaked child processes: 0 before, 1 after", new Usage(50_000, 37, 18, 1), BUSY);
    }

    @Test
    void leakedMappingsInternalErrorsAndStarsAreFound() {
        Sample last = new Sample(USAGE, BUSY, new Decisions(97, 40, 1, 3, 9, 2), false);

        String findings = String.join("\n", Findings.of(List.of(BEGIN, last), SECONDS));

        assertTrue(findings.contains("leaked mappings: 0 before, 2 after"), findings);
        assertTrue(findings.contains("natexd counts 1 internal errors"), findings);
        assertTrue(findings.contains("traceroute is not complete"), findings);
    }

    @Test
    void memoryThatLeaksIsFound() {
        List<Sample> samples = IntStream.range(0, 60)
                .mapToObj(i -> withResident(50_000 + i * 60))
                .toList();

        assertEquals(
                List.of("the memory may leak: it grows by +1.00 ± 0.00 KiB/s after the first half"),
                Findings.of(samples, SECONDS));
    }

    private static Sample withResident(long kib) {
        return new Sample(
                new Usage(kib, USAGE.descriptors(), USAGE.threads(), 0), QUIET, new Decisions(0, 0, 0, 0, 0, 0), true);
    }

    private static List<String> findings(Usage usage, Kernel kernel, Decisions decisions) {
        return Findings.of(List.of(BEGIN, new Sample(usage, kernel, decisions, true)), SECONDS);
    }

    private static void found(String finding, Usage usage, Kernel kernel) {
        List<String> findings = findings(usage, kernel, DECISIONS);
        assertEquals(1, findings.size(), findings::toString);
        assertTrue(findings.get(0).contains(finding), findings::toString);
    }
}
