package io.github.natexd.cli.paths;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What becomes of natexd's lines: which hop they count for, and how. */
class PathsTest {
    private static final String GUEST = "192.168.44.100";
    private static final String TARGET = "192.0.2.80";
    private static final String ROUTER = "198.51.100.1";

    private final Paths paths = new Paths();
    private long nowMicros = Instant.parse("2026-11-29T00:00:00Z").getEpochSecond() * 1_000_000;

    @Test
    void anAnswerCountsForTheHopOfItsProbe() {
        probe(1, 3);
        error(1, ROUTER, "RELAYED", 1500);
        probe(2, 3);
        error(2, ROUTER, "RELAYED", 2500);

        Hop hop = hop(3);
        assertEquals(2, hop.balance().sentProbes());
        assertEquals(2, hop.balance().answeredProbes());
        assertEquals(0, hop.balance().lostProbes());
        assertEquals(Set.of(ROUTER), hop.routers().keySet());
        assertEquals(2500, hop.times().last());
        assertEquals(1500, hop.times().best());
        assertEquals(2500, hop.times().worst());
        assertEquals(2000, hop.times().average());
        assertEquals(707, hop.times().spread());
    }

    @Test
    void severalRoutersAndTheirLabelsAreKept() {
        probe(1, 3);
        add(errorLine(1, ROUTER, "RELAYED", 1500, "[{\"label\":24001},{\"label\":16}]"));
        probe(2, 3);
        error(2, "198.51.100.2", "RELAYED", 1500);

        assertEquals(
                List.of(ROUTER, "198.51.100.2"), List.copyOf(hop(3).routers().keySet()));
        assertEquals(List.of(24001, 16), hop(3).routers().get(ROUTER).labels);
    }

    @Test
    void aProbeIsLostAfterASecondAndALateAnswerStillCounts() {
        probe(1, 5);
        assertEquals(1, hop(5).balance().waitingProbes());
        assertEquals(0, hop(5).balance().lostProbes());

        pass(1_100_000);
        paths.giveUp(nowMicros);
        assertEquals(0, hop(5).balance().waitingProbes());
        assertEquals(1, hop(5).balance().lostProbes());
        assertEquals(Map.of(Remark.NONE_SEEN, 1), hop(5).remarks());

        error(1, ROUTER, "RELAYED", 1_200_000);
        assertEquals(0, hop(5).balance().lostProbes());
        assertEquals(1, hop(5).balance().answeredProbes());
        assertEquals(Map.of(), hop(5).remarks());
    }

    @Test
    void aProbeIsForgottenAfterTenSeconds() {
        probe(1, 5);
        pass(10_100_000);
        error(1, ROUTER, "RELAYED", 1500);

        assertEquals(0, hop(5).balance().answeredProbes());
        assertEquals(1, hop(5).balance().lostProbes());
    }

    @Test
    void aSecondAnswerDoesNotCount() {
        probe(1, 3);
        error(1, ROUTER, "COPIED_LIKELY", 1500);
        reply(1, ROUTER, "time-exceeded");

        assertEquals(1, hop(3).balance().answeredProbes());
        assertEquals(Map.of(Remark.WEAK, 1), hop(3).remarks());
    }

    @Test
    void whatTheNatDeliversIsAnsweredByItsFrame() {
        probe(1, 3);
        error(1, ROUTER, "NAT_DELIVERS", 1500);
        pass(900);
        reply(1, ROUTER, "time-exceeded");

        assertEquals(1, hop(3).balance().answeredProbes());
        assertEquals(900, hop(3).times().last());
        assertEquals(Map.of(Remark.NAT_DELIVERS, 1), hop(3).remarks());
    }

    @Test
    void theNatsOwnErrorIsRemarked() {
        probe(1, 1);
        pass(100);
        reply(1, "192.168.44.2", "time-exceeded");

        assertEquals(Set.of("192.168.44.2"), hop(1).routers().keySet());
        assertEquals(Map.of(Remark.NAT_ANSWERS, 1), hop(1).remarks());
    }

    @Test
    void anAmbiguousErrorNamesNoGuestAndExplainsTheMissingAnswer() {
        probe(1, 4);
        unmapped("AMBIGUOUS", 1);
        loseAll();

        assertEquals(1, hop(4).balance().lostProbes());
        assertEquals(Map.of(Remark.AMBIGUOUS, 1), hop(4).remarks());
    }

    @Test
    void theReasonsOfNatexdAreRemarks() {
        Map<String, Remark> remarks = Map.of(
                "COPIED_LATE", Remark.LATE,
                "COPIED_LIKELY", Remark.WEAK,
                "NAT_DELIVERS", Remark.NAT_DELIVERS,
                "TOO_LONG", Remark.TOO_LONG,
                "SEND_FAILED", Remark.SEND_FAILED,
                "NO_GUEST_NETWORK", Remark.NO_GUEST_NETWORK,
                "RATE_LIMITED", Remark.RATE_LIMITED);
        int port = 0;
        for (Map.Entry<String, Remark> each : remarks.entrySet()) {
            probe(++port, port);
            error(port, ROUTER, each.getKey(), 1500);
        }
        loseAll();
        port = 0;
        for (Map.Entry<String, Remark> each : remarks.entrySet()) {
            assertEquals(Map.of(each.getValue(), 1), hop(++port).remarks(), each.getKey());
        }
    }

    @Test
    void anErrorThatCameToTheHostAloneWasDropped() {
        paths.arrivalsObserved();
        probe(1, 2);
        arrival(1, false);
        probe(2, 3);
        arrival(2, true);
        probe(3, 4);
        loseAll();

        assertEquals(Map.of(Remark.DROPPED, 1), hop(2).remarks());
        assertEquals(Map.of(Remark.DAMAGED, 1), hop(3).remarks());
        assertEquals(Map.of(Remark.NO_ERROR, 1), hop(4).remarks());
    }

    /** The decision comes from another socket than the arrival, and may come first. */
    @Test
    void anErrorOfTheHostsOwnProbeExplainsNothing() {
        paths.arrivalsObserved();
        probe(1, 2);
        pass(1000);
        unmapped("HOST_PROBE", 7);
        arrival(7, false);
        loseAll();

        assertEquals(Map.of(Remark.NO_ERROR, 1), hop(2).remarks());
    }

    @Test
    void anErrorOfAnEarlierProbeExplainsNothing() {
        paths.arrivalsObserved();
        arrival(1, false);
        pass(3_000_000);
        probe(1, 2);
        loseAll();

        assertEquals(Map.of(Remark.NO_ERROR, 1), hop(2).remarks());
    }

    @Test
    void aForgottenProbeIsThatWithTheQuotedPort() {
        probe(1, 2);
        probe(2, 3);
        loseAll();
        unmapped("NO_MAPPING", 2);

        assertEquals(Map.of(Remark.NONE_SEEN, 1), hop(2).remarks());
        assertEquals(Map.of(Remark.FORGOTTEN, 1), hop(3).remarks());
        assertEquals(1, hop(3).balance().lostProbes());
    }

    @Test
    void theHostsOwnErrorsDoNotCount() {
        probe(1, 4);
        unmapped("HOST_PROBE", 1);

        assertEquals(0, hop(4).balance().answeredProbes());
        assertEquals(1, hop(4).balance().waitingProbes());
    }

    @Test
    void aPathEndsWhereTheTargetAnswers() {
        for (int hop = 1; hop <= 4; hop++) {
            probe(hop, hop);
            error(hop, hop >= 3 ? TARGET : "198.51.100." + hop, "RELAYED", 1500);
        }
        Path path = paths.all().iterator().next();

        assertTrue(path.isComplete());
        assertEquals(3, path.hops().size());
    }

    @Test
    void silentHopsAtTheEndTakeOneLine() {
        probe(1, 1);
        error(1, ROUTER, "RELAYED", 1500);
        for (int hop = 2; hop <= 30; hop++) {
            probe(hop, hop);
        }
        paths.arrivalsObserved();
        loseAll();
        List<String> lines = new PathsText(address -> address).lines(paths.all());

        assertEquals(4, lines.size(), () -> String.join("\n", lines));
        assertTrue(lines.get(0).contains("no answer from the target"));
        assertTrue(lines.get(3).contains("2-30"), lines.get(3));
        assertTrue(lines.get(3).endsWith("no error came back to the host"), lines.get(3));
    }

    @Test
    void thePictureHasNothingFromElsewhereAndEscapesNames() {
        probe(1, 1);
        error(1, ROUTER, "RELAYED", 1500);
        String html = new PathsPicture(address -> address + " <b>&").html(paths.all());

        assertFalse(html.contains("<b>"), html);
        assertFalse(html.replace("http://www.w3.org/2000/svg", "").contains("http"), html);
        assertFalse(html.contains("<script"), html);
        assertTrue(html.contains("198.51.100.1 &lt;b&gt;&amp;"), html);
    }

    private void loseAll() {
        pass(1_100_000);
        paths.giveUp(nowMicros);
    }

    private void arrival(int port, boolean damaged) {
        paths.arrived(new Event.ProbeKey("", "udp", port, TARGET, 33434), nowMicros, damaged);
    }

    /** natexd found no guest for an error. */
    private void unmapped(String reason, int sourcePort) {
        add("""
                {"event":"error","time":"%s","reason":"%s","guest":null,"guestPort":null,"protocol":"udp",
                "sourcePort":%d,"target":"%s","targetPort":33434,"reporter":"%s","kind":"time-exceeded","labels":[]}
                """.formatted(time(), reason, sourcePort, TARGET, ROUTER));
    }

    private void pass(long micros) {
        nowMicros += micros;
    }

    private String time() {
        return Instant.ofEpochSecond(nowMicros / 1_000_000, nowMicros % 1_000_000 * 1_000)
                .toString();
    }

    private void probe(int port, int hop) {
        add("""
                {"event":"probe","time":"%s","guest":"%s","guestPort":%d,"protocol":"udp","target":"%s",
                "targetPort":33434,"hop":%d}
                """.formatted(time(), GUEST, port, TARGET, hop));
    }

    private void error(int port, String router, String reason, int micros) {
        add(errorLine(port, router, reason, micros, "[]"));
    }

    private String errorLine(int port, String router, String reason, int micros, String labels) {
        return """
                {"event":"error","time":"%s","reason":"%s","guest":"%s","guestPort":%d,"protocol":"udp","target":"%s",
                "targetPort":33434,"hop":3,"reporter":"%s","kind":"time-exceeded","roundTripMicros":%d,"labels":%s}
                """.formatted(time(), reason, GUEST, port, TARGET, router, micros, labels);
    }

    private void reply(int port, String router, String kind) {
        add("""
                {"event":"reply","time":"%s","guest":"%s","guestPort":%d,"protocol":"udp","target":"%s",
                "targetPort":33434,"reporter":"%s","kind":"%s"}
                """.formatted(time(), GUEST, port, TARGET, router, kind));
    }

    private void add(String line) {
        Event.read(JsonParser.parseString(line).getAsJsonObject()).ifPresent(paths::add);
    }

    private Hop hop(int number) {
        return paths.all().iterator().next().hop(number);
    }
}
