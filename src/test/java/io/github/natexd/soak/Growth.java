package io.github.natexd.soak;

import java.util.List;

/**
 * How fast the resident memory grows after the warm-up, which is the first half of the samples: the slope of the line
 * that fits best (least squares), and the slope's standard error, which comes from the distances to this line.
 */
record Growth(double kibPerSecond, double standardError) {
    /** Samples that a line needs: below, the noise of single samples decides. */
    static final int SAMPLES_LEAST = 10;

    /** What a run must rule out. */
    static final double LEAK_KIB_PER_SECOND = 1;

    /** The real slope is within three standard errors, except in one of 370 runs. */
    private static final int STANDARD_ERRORS = 3;

    static boolean canBeMeasured(List<Sample> samples) {
        return settled(samples).size() >= SAMPLES_LEAST;
    }

    /** @param samples at equal distances of this many seconds */
    static Growth of(List<Sample> samples, long seconds) {
        List<Sample> settled = settled(samples);
        int count = settled.size();
        double middle = (count - 1) / 2.0;
        double mean = settled.stream().mapToLong(Growth::residentKib).average().orElseThrow();
        double products = 0;
        double squares = 0;
        for (int i = 0; i < count; i++) {
            products += (i - middle) * residentKib(settled.get(i));
            squares += (i - middle) * (i - middle);
        }
        double slope = products / squares;
        double residuals = 0;
        for (int i = 0; i < count; i++) {
            double residual = residentKib(settled.get(i)) - mean - slope * (i - middle);
            residuals += residual * residual;
        }
        return new Growth(slope / seconds, Math.sqrt(residuals / (count - 2) / squares) / seconds);
    }

    private static List<Sample> settled(List<Sample> samples) {
        return samples.subList(samples.size() / 2, samples.size());
    }

    private static long residentKib(Sample sample) {
        return sample.usage().residentKib();
    }

    /** Whether the samples rule out a leak: the fastest growth that fits them is slower. */
    boolean excludesLeak() {
        return kibPerSecond + STANDARD_ERRORS * standardError < LEAK_KIB_PER_SECOND;
    }

    @Override
    public String toString() {
        return String.format(
                java.util.Locale.ROOT, "%+.2f ± %.2f KiB/s", kibPerSecond, STANDARD_ERRORS * standardError);
    }
}
