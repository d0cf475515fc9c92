package io.github.natexd.soak;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.testkit.LabNatexd;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs natexd in the lab for a long time, with mixed traffic and faults, and takes a sample every minute, while
 * everything rests.
 *
 * <p>As a program: {@code Soak MINUTES}; it ends with 0 if there are no findings, else with 1.
 */
final class Soak {
    private static final int LIFETIME_SECONDS = 5;
    private static final long SETTLE_MILLIS = 1500;
    private static final int USAGE = 2;
    private static final String[] SETTINGS = {"probes.lifetime-seconds = " + LIFETIME_SECONDS};

    private final int periods;
    private final long periodSeconds;
    private final PrintStream out;
    private final List<Sample> samples = new ArrayList<>();

    Soak(int periods, long periodSeconds, PrintStream out) {
        this.periods = periods;
        this.periodSeconds = periodSeconds;
        this.out = out;
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 1 || !arguments[0].matches("[1-9][0-9]{0,3}")) {
            System.err.println("Usage: Soak MINUTES");
            System.exit(USAGE);
        }
        Soak soak = new Soak(Integer.parseInt(arguments[0]), TimeUnit.MINUTES.toSeconds(1), System.out);
        System.exit(soak.run().isEmpty() ? 0 : 1);
    }

    /** Returns the findings, after it has printed them and the samples. */
    List<String> run() throws Exception {
        List<String> findings;
        try (Lab lab = Lab.up(LabOptions.defaults());
                LabNatexd natexd = LabNatexd.start(lab, SETTINGS)) {
            Probing probing = new Probing(lab, natexd);
            out.println(Sample.HEAD);
            natexd.natexctl("status"); // the first client makes natexd load classes
            take(probing);
            try (Work work = new Work()) {
                new Traffic(lab).start(work);
                new Faults(lab, natexd, SETTINGS).start(work);
                long begin = System.nanoTime();
                for (int i = 1; i < periods; i++) {
                    sleepUntil(begin + TimeUnit.SECONDS.toNanos(i * periodSeconds));
                    work.rest(() -> take(probing));
                }
                sleepUntil(begin + TimeUnit.SECONDS.toNanos(periods * periodSeconds));
            }
            TimeUnit.SECONDS.sleep(2 * LIFETIME_SECONDS);
            take(probing);
            findings = new ArrayList<>(Findings.of(samples, periodSeconds));
            findings.addAll(complaints(natexd.log()));
            if (natexd.stop() != 0) {
                findings.add("natexd did not end with 0");
            }
        }
        report(findings);
        return findings;
    }

    private static void sleepUntil(long nanos) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(nanos - System.nanoTime());
    }

    private void take(Probing probing) throws Exception {
        TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
        Sample sample = probing.sample();
        out.println(sample.row(samples.size()));
        samples.add(sample);
    }

    /** Every fault is one that natexd must survive without an error of its own. */
    private static List<String> complaints(String log) {
        return log.lines()
                .filter(line -> line.contains("ERROR ") || line.contains("Exception"))
                .map(line -> "natexd's log: " + line)
                .toList();
    }

    private void report(List<String> findings) {
        if (Growth.canBeMeasured(samples)) {
            out.println("memory after the first half: " + Growth.of(samples, periodSeconds));
        } else {
            out.println("memory: not judged; a line needs " + Growth.SAMPLES_LEAST + " samples after the first half");
        }
        findings.forEach(finding -> out.println("FINDING " + finding));
        out.println(findings.isEmpty() ? "no findings" : findings.size() + " findings");
    }
}
