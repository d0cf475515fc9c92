package io.github.natexd.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What is wrong with a row of samples; one line for each finding. The first sample is from before all traffic. */
final class Findings {
    private final List<String> lines = new ArrayList<>();
    private final Sample first;

    private Findings(List<Sample> samples) {
        first = samples.get(0);
    }

    /** @param samples at equal distances of this many seconds; the last one is from after the end of all mappings' lives */
    static List<String> of(List<Sample> samples, long seconds) {
        Findings findings = new Findings(samples);
        for (int i = 1; i < samples.size(); i++) {
            findings.verdicts(i, samples.get(i));
        }
        findings.leaks(samples.get(samples.size() - 1));
        if (Growth.canBeMeasured(samples)) {
            Growth growth = Growth.of(samples, seconds);
            findings.check(growth.excludesLeak(), "the memory may leak: it grows by %s after the first half", growth);
        }
        return findings.lines;
    }

    private void verdicts(int minute, Sample sample) {
        long numbered = sample.kernel().numbered() - first.kernel().numbered();
        long decided = sample.decisions().decided() - first.decisions().decided();
        long overflows = sample.decisions().overflows() - first.decisions().overflows();
        long before = sample.kernel().before() - first.kernel().before();
        long after = sample.kernel().after() - first.kernel().after();
        long moved = sample.decisions().moved() - first.decisions().moved();
        check(
                numbered == decided + overflows,
                "minute %d: the kernel has queued %d errors, but natexd has decided about %d and missed %d",
                minute,
                numbered,
                decided,
                overflows);
        check(
                before - after == moved,
                "minute %d: %d of %d errors have not come out of the queue, but natexd has moved %d to guests",
                minute,
                before - after,
                before,
                moved);
        check(
                sample.kernel().waiting() == 0,
                "minute %d: %d errors have no verdict",
                minute,
                sample.kernel().waiting());
        check(
                sample.kernel().lost() == first.kernel().lost(),
                "minute %d: the queue has dropped %d errors",
                minute,
                sample.kernel().lost() - first.kernel().lost());
        check(
                sample.decisions().broken() == 0,
                "minute %d: natexd counts %d internal errors",
                minute,
                sample.decisions().broken());
        check(sample.traceComplete(), "minute %d: a guest's traceroute is not complete after the faults", minute);
    }

    private void leaks(Sample last) {
        leak("descriptors", first.usage().descriptors(), last.usage().descriptors());
        leak("threads", first.usage().threads(), last.usage().threads());
        leak("child processes", first.usage().children(), last.usage().children());
        leak("mappings", 0, last.decisions().mappings());
    }

    private void leak(String what, int before, int after) {
        check(after <= before, "leaked %s: %d before, %d after", what, before, after);
    }

    private void check(boolean holds, String format, Object... values) {
        if (!holds) {
            lines.add(String.format(Locale.ROOT, format, values));
        }
    }
}
