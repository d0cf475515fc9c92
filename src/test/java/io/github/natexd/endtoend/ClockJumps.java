package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.natexd.lab.Lab;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.lab.Traceroute;
import io.github.natexd.testkit.HostStream;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.ShiftedClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A natexd whose wall clock jumps by hours while the host sends probes and pings and a guest traces: everybody gets
 * their answers, and natexctl shows times that can be.
 */
final class ClockJumps {
    private static final long HOUR = 3600;
    private static final List<Long> JUMPS = List.of(HOUR, -HOUR, 0L);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern LOGGED = Pattern.compile("(?m)^(\\d\\d:\\d\\d:\\d\\d\\.\\d{3})Z INFO log level: ");
    /** For programs to start and to end on a busy or emulated machine; far less than a jump. */
    private static final long SLACK_SECONDS = 120;

    private static final long ROUND_TRIP_MICROS = 5_000_000;

    private static final long DAY_SECONDS = TimeUnit.DAYS.toSeconds(1);
    /** A probe each tenth of a second, so that the clock jumps between probes, and between probes and errors. */
    private static final String SLOW_TRACE = "traceroute -n -q3 -N1 -w5 -m5 -z0.1 ";

    private static final String QUICK_TRACE = "traceroute -n -q1 -w5 -m5 ";

    private static final long INTO_THE_TRACE_MILLIS = 500;

    private final Lab lab;
    private final LabNatexd natexd;
    private final ShiftedClock clock;
    private final long begunNanos = System.nanoTime();
    /** When packets may have come, by the machine's clock and by natexd's. */
    private final List<Span> spans = new ArrayList<>();

    private record Span(Instant from, Instant to) {
        boolean has(Instant time) {
            return !time.isBefore(from.minusSeconds(SLACK_SECONDS)) && !time.isAfter(to.plusSeconds(SLACK_SECONDS));
        }
    }

    ClockJumps(Lab lab, LabNatexd natexd, ShiftedClock clock) {
        this.lab = lab;
        this.natexd = natexd;
        this.clock = clock;
    }

    /** @param rate of the host's probes, and of its pings, per second */
    void happen(int rate) throws Exception {
        awaitCompleteTrace();
        Path watched = lab.directory().resolve("watched");
        Process watch = new ProcessBuilder(command("watch", "--json", "--guest=" + Topology.GUEST1))
                .redirectErrorStream(true)
                .redirectOutput(watched.toFile())
                .start();
        awaitFirstLine(watched);
        try (HostStream stream = HostStream.start(lab, rate)) {
            during(() -> assertComplete(read(trace(QUICK_TRACE))));
            for (long ahead : JUMPS) {
                jumpDuringATrace(ahead);
                during(() -> assertComplete(read(trace(QUICK_TRACE))));
                assertNatexdReadsThisClock();
                assertStatusIsSane();
            }
            stream.stop();
            assertTrue(stream.sent() > 0);
            assertEquals(0, stream.errorsLost(), stream::toString);
            assertEquals(0, stream.repliesLost(), stream::toString);
        } finally {
            watch.destroy();
            watch.waitFor();
        }
        assertWatchIsSane(Files.readAllLines(watched));
        assertMetricsAreSane();
    }

    /** In an emulated machine, natexd and the lab's hub take seconds for their first packets. */
    private void awaitCompleteTrace() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SLACK_SECONDS);
        String output = read(trace(QUICK_TRACE));
        while (!Traceroute.hops(output).equals(Topology.HOPS)) {
            assertTrue(System.nanoTime() < end, output + natexd.log());
            output = read(trace(QUICK_TRACE));
        }
    }

    private static void awaitFirstLine(Path file) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SLACK_SECONDS);
        while (Files.size(file) == 0) {
            assertTrue(System.nanoTime() < end, "natexctl watch does not begin");
            sleep(20);
        }
    }

    private void jumpDuringATrace(long ahead) throws Exception {
        Process trace = trace(SLOW_TRACE);
        during(() -> sleep(INTO_THE_TRACE_MILLIS));
        assertTrue(trace.isAlive(), "the trace ended before the clock jumped");
        clock.set(ahead);
        during(() -> assertComplete(read(trace)));
    }

    private Process trace(String command) {
        return lab.start(Node.GUEST1, "sh", "-c", command + Topology.TARGET);
    }

    private void assertComplete(String output) {
        assertEquals(Topology.HOPS, Traceroute.hops(output), () -> output + natexd.log());
        assertFalse(output.contains("*"), output);
    }

    private void during(Runnable action) {
        Instant machines = Instant.now();
        Instant natexds = clock.now();
        action.run();
        spans.add(new Span(machines, Instant.now()));
        spans.add(new Span(natexds, clock.now()));
    }

    /** By the time of day in front of the lines of its log. */
    private void assertNatexdReadsThisClock() {
        natexctl("log-level", "debug");
        natexctl("log-level", "info");
        String last = LOGGED.matcher(natexd.log())
                .results()
                .map(line -> line.group(1))
                .reduce((earlier, later) -> later)
                .orElseThrow(() -> new AssertionError(natexd.log()));
        long ahead = LocalTime.parse(last).toSecondOfDay()
                - clock.now().atOffset(ZoneOffset.UTC).toLocalTime().toSecondOfDay();
        long apart = Math.min(Math.floorMod(ahead, DAY_SECONDS), Math.floorMod(-ahead, DAY_SECONDS));
        assertTrue(apart <= SLACK_SECONDS, () -> "natexd logged at " + last + " when it was " + clock.now());
    }

    private void assertStatusIsSane() throws IOException {
        JsonNode status = JSON.readTree(natexctl("status", "--json"));
        long ran = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begunNanos);
        long uptime = status.at("/uptimeSeconds").asLong(-1);
        long relayed = status.at("/lastRelayedSecondsAgo").asLong(-1);

        assertEquals("working", status.at("/state").asText(), status::toString);
        assertTrue(uptime >= ran && uptime <= ran + SLACK_SECONDS, status::toString);
        assertTrue(relayed >= 0 && relayed <= SLACK_SECONDS, status::toString);
    }

    private void assertWatchIsSane(List<String> lines) throws IOException {
        int errors = 0;
        for (String line : lines) {
            JsonNode event = JSON.readTree(line);
            if (!event.at("/event").asText().equals("error")) {
                continue;
            }
            errors++;
            long micros = event.at("/roundTripMicros").asLong(-1);
            assertTrue(micros > 0 && micros < ROUND_TRIP_MICROS, line);
            Instant time = Instant.parse(event.at("/time").asText());
            assertTrue(spans.stream().anyMatch(span -> span.has(time)), () -> line + spans);
        }
        int atLeast = (3 * JUMPS.size() + JUMPS.size() + 1) * Topology.HOPS.size();
        assertTrue(errors >= atLeast, errors + " errors watched, at least " + atLeast + " expected");
    }

    private void assertMetricsAreSane() {
        String metrics = natexctl("metrics");
        double seconds = Double.parseDouble(
                metrics.replaceFirst("(?s).*\nnatexd_round_trip_seconds_sum ([-0-9.eE+]+)\n.*", "$1"));

        assertTrue(seconds > 0 && seconds < TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begunNanos), metrics);
    }

    private String natexctl(String... words) {
        Lab.Result result = lab.exec(Node.HOST, command(words));
        assertEquals(0, result.exitCode(), () -> result.output() + natexd.log());
        return result.output();
    }

    private List<String> command(String... words) {
        List<String> command = new ArrayList<>(List.of("env"));
        clock.environment().forEach((name, value) -> command.add(name + "=" + value));
        command.addAll(natexd.command(words));
        return command;
    }

    private static String read(Process process) {
        try {
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void sleep(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
