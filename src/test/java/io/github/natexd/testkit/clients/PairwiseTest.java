package io.github.natexd.testkit.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.LabOptions;
import io.github.natexd.testkit.clients.NatWays.Dimension;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The selection from the matrix of clients and NATs leaves out no pair. */
class PairwiseTest {
    private static final int WAYS = 100;
    private static final int RUNS_MAX = 150;

    @Test
    void thereAreAHundredWaysAllDifferent() {
        assertEquals(WAYS, NatWays.all().size());
        assertEquals(WAYS, new HashSet<>(NatWays.all()).size());
    }

    @ParameterizedTest
    @EnumSource
    void everyClientMeetsEveryValueOfEachDimension(Client client) {
        Map<LabOptions, List<Client>> selection = Pairwise.selection();
        for (Dimension dimension : Dimension.values()) {
            for (LabOptions any : NatWays.all()) {
                boolean met = selection.entrySet().stream()
                        .anyMatch(entry -> entry.getValue().contains(client)
                                && dimension.of(entry.getKey()).equals(dimension.of(any)));
                assertTrue(met, () -> client + " never runs where the NAT " + dimension.of(any));
            }
        }
    }

    @Test
    void everyTwoValuesThatGoTogetherMeet() {
        Map<LabOptions, List<Client>> selection = Pairwise.selection();
        for (LabOptions any : NatWays.all()) {
            for (Dimension first : Dimension.values()) {
                for (Dimension second : Dimension.values()) {
                    boolean met = selection.keySet().stream()
                            .anyMatch(way -> first.of(way).equals(first.of(any))
                                    && second.of(way).equals(second.of(any)));
                    assertTrue(met, () -> "nowhere: " + first.of(any) + " with " + second.of(any));
                }
            }
        }
    }

    @Test
    void itIsSmallAlwaysAlikeAndNoLabStandsIdle() {
        Map<LabOptions, List<Client>> selection = Pairwise.selection();

        assertEquals(selection, Pairwise.selection());
        assertTrue(selection.values().stream().noneMatch(List::isEmpty), selection::toString);
        int runs = selection.values().stream().mapToInt(List::size).sum();
        assertTrue(runs <= RUNS_MAX, runs + " runs: " + selection);
    }
}
