package io.github.natexd.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** The text for Prometheus; promtool reads it in {@link PromtoolLabTest}. */
class MetricsTest {
    private static final Instant NOW = Instant.parse("2026-11-21T00:01:00.2Z");

    private final List<String> lines =
            Metrics.text(ControlScene.working().status(), NOW).lines().toList();

    @Test
    void everyCounterIsDeclaredByTheNameOfItsSamples() {
        List<String> counters = lines(line -> line.matches("# TYPE .* counter"));

        assertEquals(7, counters.size(), counters.toString());
        for (String counter : counters) {
            String name = counter.split(" ")[2];
            assertTrue(name.endsWith("_total"), name);
            assertFalse(lines(line -> line.matches(name + "[ {].*")).isEmpty(), name);
        }
    }

    @Test
    void theLastRelayedErrorHasATimeStampThatStaysTrueInAFile() {
        long relayed = NOW.getEpochSecond() - 6;

        assertEquals(
                List.of("natexd_last_relayed_timestamp_seconds " + relayed),
                samples("natexd_last_relayed"),
                "5.9 s ago");
    }

    @Test
    void aHistogramIsCumulative() {
        List<String> buckets = samples("natexd_relay_duration_seconds_bucket");

        assertEquals("natexd_relay_duration_seconds_bucket{le=\"0.00005\"} 0", buckets.get(0));
        assertEquals("natexd_relay_duration_seconds_bucket{le=\"0.0001\"} 2", buckets.get(1));
        assertEquals("natexd_relay_duration_seconds_bucket{le=\"10\"} 2", buckets.get(buckets.size() - 2));
        assertEquals("natexd_relay_duration_seconds_bucket{le=\"+Inf\"} 3", buckets.get(buckets.size() - 1));
        assertEquals(
                List.of("natexd_relay_duration_seconds_sum 12.00015"), samples("natexd_relay_duration_seconds_sum"));
        assertEquals(List.of("natexd_relay_duration_seconds_count 3"), samples("natexd_relay_duration_seconds_count"));
    }

    @Test
    void theBoundsAreInAscendingOrder() {
        double[] bounds = samples("natexd_round_trip_seconds_bucket").stream()
                .map(line -> line.replaceAll(".*le=\"(.*)\".*", "$1"))
                .mapToDouble(bound -> bound.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(bound))
                .toArray();

        assertEquals(18, Arrays.stream(bounds).distinct().count());
        assertTrue(Arrays.equals(bounds, Arrays.stream(bounds).sorted().toArray()), Arrays.toString(bounds));
    }

    private List<String> samples(String prefix) {
        return lines(line -> line.startsWith(prefix));
    }

    private List<String> lines(Predicate<String> wanted) {
        return lines.stream().filter(wanted).toList();
    }
}
