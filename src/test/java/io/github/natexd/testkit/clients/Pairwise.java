package io.github.natexd.testkit.clients;

import io.github.natexd.lab.LabOptions;
import io.github.natexd.testkit.clients.NatWays.Dimension;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A small selection of all clients with all {@link NatWays}: every possible pair of values of NAT dimensions occurs in
 * some way, and every client runs with every value of each dimension. The choice is greedy and always the same;
 * PairwiseTest proves both.
 */
public final class Pairwise {
    private Pairwise() {}

    /** The ways chosen, and for each the clients that run there. */
    public static Map<LabOptions, List<Client>> selection() {
        Map<LabOptions, List<Client>> selection = new LinkedHashMap<>();
        ways().forEach(way -> selection.put(way, new ArrayList<>()));
        for (Client client : Client.values()) {
            Set<String> missing = values(NatWays.all());
            while (!missing.isEmpty()) {
                LabOptions best = best(selection, client, missing);
                selection.get(best).add(client);
                missing.removeAll(values(List.of(best)));
            }
        }
        return selection;
    }

    private static List<LabOptions> ways() {
        List<LabOptions> chosen = new ArrayList<>();
        Set<String> missing = new HashSet<>();
        NatWays.all().forEach(way -> missing.addAll(pairs(way)));
        while (!missing.isEmpty()) {
            LabOptions best = NatWays.all().stream()
                    .max(Comparator.comparingLong(
                            way -> pairs(way).stream().filter(missing::contains).count()))
                    .orElseThrow();
            chosen.add(best);
            missing.removeAll(pairs(best));
        }
        return chosen;
    }

    /** The way with most of the values that a client lacks; among equal ones, the way with the fewest clients. */
    private static LabOptions best(Map<LabOptions, List<Client>> selection, Client client, Set<String> missing) {
        return selection.keySet().stream()
                .filter(way -> !selection.get(way).contains(client))
                .max(Comparator.<LabOptions>comparingLong(way -> values(List.of(way)).stream()
                                .filter(missing::contains)
                                .count())
                        .thenComparing(way -> -selection.get(way).size()))
                .orElseThrow();
    }

    private static Set<String> values(List<LabOptions> ways) {
        Set<String> values = new HashSet<>();
        for (LabOptions way : ways) {
            for (Dimension dimension : Dimension.values()) {
                values.add(dimension.of(way));
            }
        }
        return values;
    }

    private static Set<String> pairs(LabOptions way) {
        Set<String> pairs = new HashSet<>();
        for (Dimension first : Dimension.values()) {
            for (Dimension second : EnumSet.range(first, Dimension.HAND_OVER)) {
                if (first != second) {
                    pairs.add(first.of(way) + ", " + second.of(way));
                }
            }
        }
        return pairs;
    }
}
