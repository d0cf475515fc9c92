package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.LabOptions.HandOver;
import io.github.natexd.lab.LabOptions.Receive;
import io.github.natexd.lab.LabOptions.Send;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.clients.Client;
import io.github.natexd.testkit.clients.MatrixTable;
import io.github.natexd.testkit.clients.MatrixTable.Cell;
import io.github.natexd.testkit.clients.NatWays;
import io.github.natexd.testkit.clients.Pairwise;
import io.github.natexd.testkit.clients.Readings;
import io.github.natexd.testkit.clients.Warmup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The main job: with natexd on the host, every client in a guest shows what it shows on the host without any NAT, for
 * every kind of NAT. {@link Pairwise} chooses the cells of an ordinary run; {@code ./dev test matrix} runs all of them,
 * or a part. The test writes a table of the results to {@code target/client-matrix.txt}.
 */
@TestInstance(Lifecycle.PER_CLASS)
class ClientMatrixLabTest {
    /** {@code N/M}: all clients with the Nth of M parts of all ways; if unset, the pairwise selection. */
    private static final String PART = "natexd.matrix";

    /** Labs run in parallel, because they are independent and their clients mostly wait. */
    private static final int LABS_AT_ONCE = 4;

    private final ExecutorService labs = Executors.newFixedThreadPool(LABS_AT_ONCE);
    private final Map<LabOptions, Future<List<String>>> failures = new HashMap<>();
    private final FutureTask<?> onTheHost = new FutureTask<>(this::assertTheHostSeesTheSame, null);
    private final Map<Client, List<String>> reference = new EnumMap<>(Client.class);
    private final MatrixTable table = new MatrixTable(selection().keySet());

    @BeforeAll
    void begin() {
        measureOnTheHost();
        labs.execute(onTheHost);
        // First the ways that need a new natexd for each client, because they take longest.
        selection().entrySet().stream()
                .sorted(Comparator.comparing(row -> !isBlind(row.getKey())))
                .forEach(
                        row -> failures.put(row.getKey(), labs.submit(() -> failuresOf(row.getKey(), row.getValue()))));
    }

    /** What each client shows on the host, without a NAT and without natexd. */
    private void measureOnTheHost() {
        try (Lab lab = Lab.up(LabOptions.defaults())) {
            for (Client client : Client.values()) {
                String output = client.run(lab, Node.HOST);
                List<String> seen = client.read(output);
                // Here all clients see every hop; a client that sees less here would make its tests weak.
                assertEquals(Topology.HOPS, seen.subList(0, Math.min(Topology.HOPS.size(), seen.size())), output);
                reference.put(client, seen);
            }
        }
        assertEquals(List.of("pmtu 1300"), extra(Client.TRACEPATH_SMALL_MTU));
        assertEquals(List.of("label 24001 0 0 1", "label 16000 5 1 1"), extra(Client.MTR_LABELS));
    }

    private List<String> extra(Client client) {
        List<String> seen = reference.get(client);
        return seen.subList(Topology.HOPS.size(), seen.size());
    }

    @AfterAll
    void end() throws IOException {
        labs.shutdownNow();
        table.save();
    }

    static Map<LabOptions, List<Client>> selection() {
        String part = System.getProperty(PART, "");
        if (part.isEmpty()) {
            return Pairwise.selection();
        }
        List<LabOptions> all = NatWays.all();
        Matcher numbers = Pattern.compile("(\\d{1,3})/(\\d{1,3})").matcher(part);
        int which = numbers.matches() ? Integer.parseInt(numbers.group(1)) : 0;
        int parts = numbers.matches() ? Integer.parseInt(numbers.group(2)) : 0;
        if (which < 1 || which > parts || parts > all.size()) {
            throw new IllegalArgumentException("a part of the matrix is N/M, such as 2/5, not: " + part);
        }
        Map<LabOptions, List<Client>> selection = new LinkedHashMap<>();
        all.subList(all.size() * (which - 1) / parts, all.size() * which / parts)
                .forEach(way -> selection.put(way, List.of(Client.values())));
        return selection;
    }

    static Set<LabOptions> ways() {
        return selection().keySet();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ways")
    @DisplayName("R12, R33, R36, R40: with every client, the guest sees what the host sees, for every kind of NAT")
    void showsInTheGuestWhatTheHostSees(LabOptions way) throws Exception {
        assertEquals("", String.join("\n", failures.get(way).get()));
    }

    /** Fills a row of the table. */
    private List<String> failuresOf(LabOptions way, List<Client> clients) {
        Map<Client, Cell> row = new EnumMap<>(Client.class);
        List<String> reasons = new ArrayList<>();
        try (Lab lab = Lab.up(way)) {
            // Each client gets a new natexd, because probes of an earlier client could be mistaken for its own.
            List<List<Client>> sittings =
                    isBlind(way) ? clients.stream().map(List::of).toList() : List.of(clients);
            for (List<Client> sitting : sittings) {
                try (LabNatexd natexd = LabNatexd.start(lab)) {
                    Warmup.of(lab);
                    for (Client client : sitting) {
                        row.put(client, run(lab, client, reasons, natexd));
                    }
                }
            }
        }
        table.finish(way, row, reasons);
        return reasons;
    }

    private Cell run(Lab lab, Client client, List<String> reasons, LabNatexd natexd) {
        List<String> expected = new ArrayList<>(reference.get(client));
        if (lab.options().answerTtlOne()) {
            expected.add(0, Topology.GATEWAY);
        }
        String output = client.run(lab, Node.GUEST1);
        List<String> seen = client.read(output);
        Cell cell = expected.equals(seen)
                ? Cell.SAME
                : nothingIsWrong(expected, seen) ? gap(lab.options(), client) : Cell.FAILED;
        if (cell == Cell.FAILED) {
            reasons.add(client + ", expected " + expected + ":\n" + output + natexd.log());
        }
        return cell;
    }

    /** Why hops may be missing; {@link Cell#FAILED} if they may not. */
    private static Cell gap(LabOptions way, Client client) {
        if (client == Client.SCAMPER_UDP_PARIS && way.handOver() == HandOver.ALL && way.rewriteIds()) {
            // The client recognizes its probes by their IP IDs, which such a NAT does not restore; natexd leaves errors
            // to the NAT.
            return way.receive() == Receive.PACKET || way.rewritePorts() ? Cell.LEFT_TO_THE_NAT : Cell.FAILED;
        }
        return isBlind(way) && client.tellsProbesApartBySourcePort() ? Cell.UNDECIDABLE : Cell.FAILED;
    }

    /**
     * Whether only destination, length and data connect a quoted probe with the guest's: the NAT replaces port and IP
     * ID, no hook shows the replacement, and natexd does not guess.
     */
    private static boolean isBlind(LabOptions way) {
        return way.rewritePorts() && way.rewriteIds() && way.send() == Send.PACKET && way.handOver() != HandOver.ALL;
    }

    /** Whether the hops are a subset of the expected ones, in the same order. */
    private static boolean nothingIsWrong(List<String> expected, List<String> seen) {
        Iterator<String> rest = expected.iterator();
        for (String hop : seen) {
            boolean found = Readings.MISSING.contains(hop);
            while (!found && rest.hasNext()) {
                found = rest.next().equals(hop);
            }
            if (!found) {
                return false;
            }
        }
        return true;
    }

    @Test
    @DisplayName("R16: with every client, the host sees the same with natexd as without")
    void showsOnTheHostWhatItShowsWithoutNatexd() throws Exception {
        onTheHost.get();
    }

    private void assertTheHostSeesTheSame() {
        Map<Client, List<String>> seen = new EnumMap<>(Client.class);
        try (Lab lab = Lab.up(LabOptions.defaults());
                LabNatexd natexd = LabNatexd.start(lab)) {
            Arrays.stream(Client.values()).forEach(client -> seen.put(client, client.read(client.run(lab, Node.HOST))));
            assertEquals(reference, seen, natexd::log);
        }
    }
}
