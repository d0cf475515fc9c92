package io.github.natexd.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.soak.Sample.Decisions;
import io.github.natexd.soak.Sample.Kernel;
import io.github.natexd.soak.Sample.Usage;
import java.util.List;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GrowthTest {
    private static final int MINUTES = 60;
    private static final int SECONDS = 60;
    private static final int SEEDS = 500;

    /** What natexd took in a run of 40 minutes. */
    private static final long[] HEALTHY = {
        57348, 63588, 64412, 64676, 64888, 64668, 64712, 64944, 65496, 65444, 65620, 65752, 65880, 65888, 66052, 66204,
        66164, 66320, 66236, 66340, 66412, 66420, 66336, 66672, 66444, 66728, 66756, 66640, 66520, 66556, 66568, 66632,
        66644, 66660, 66868, 66888, 66864, 66740, 66824, 66700, 66940
    };

    @Test
    void aHealthyNatexdsMemoryIsFlat() {
        List<Sample> samples = samples(HEALTHY);

        assertTrue(Growth.canBeMeasured(samples));
        assertTrue(Growth.of(samples, SECONDS).excludesLeak());
        assertEquals("+0.35 ± 0.20 KiB/s", Growth.of(samples, SECONDS).toString());
    }

    @Test
    void aHealthyNatexdThatLeaksIsFound() {
        long[] leaking = IntStream.range(0, HEALTHY.length)
                .mapToLong(minute -> HEALTHY[minute] + minute * SECONDS)
                .toArray();

        assertFalse(Growth.of(samples(leaking), SECONDS).excludesLeak());
    }

    @Test
    void growthDuringTheWarmUpDoesNotCount() {
        Growth growth = Growth.of(minutes(minute -> 50_000 + Math.min(minute, 20) * 500 + minute % 2 * 200), SECONDS);

        assertEquals(0, growth.kibPerSecond(), 0.1);
        assertTrue(growth.excludesLeak());
    }

    @Test
    void theSlopeIsInKibibytesASecond() {
        Growth growth = Growth.of(minutes(minute -> 50_000 + minute * 90), SECONDS);

        assertEquals(1.5, growth.kibPerSecond(), 1e-9);
        assertEquals(0, growth.standardError(), 1e-9);
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 100, 1000, 10_000})
    void noNoiseHidesALeak(int noiseKib) {
        assertTrue(excluded(SECONDS, noiseKib) <= SEEDS / 100, "found in at least 99 % of the runs");
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 100, 300})
    void theNoiseOfAHealthyNatexdIsNoLeak(int noiseKib) {
        assertTrue(excluded(0, noiseKib) >= SEEDS * 99 / 100, "found in at most 1 % of the runs");
    }

    @Test
    void fewSamplesAreNotJudged() {
        assertFalse(Growth.canBeMeasured(samples(LongStream.range(0, 18).toArray())));
        assertTrue(Growth.canBeMeasured(samples(LongStream.range(0, 19).toArray())));
    }

    /** In how many runs of an hour a leak is ruled out; the noise of single samples has this standard deviation. */
    private static int excluded(int leakKib, int noiseKib) {
        int excluded = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            List<Sample> samples =
                    minutes(minute -> 100_000 + minute * leakKib + Math.round(random.nextGaussian() * noiseKib));
            excluded += Growth.of(samples, SECONDS).excludesLeak() ? 1 : 0;
        }
        return excluded;
    }

    private static List<Sample> minutes(LongUnaryOperator residentKib) {
        return samples(LongStream.rangeClosed(0, MINUTES).map(residentKib).toArray());
    }

    private static List<Sample> samples(long... residentKib) {
        return LongStream.of(residentKib)
                .mapToObj(kib -> new Sample(
                        new Usage(kib, 0, 0, 0), new Kernel(0, 0, 0, 0, 0), new Decisions(0, 0, 0, 0, 0, 0), true))
                .toList();
    }
}
