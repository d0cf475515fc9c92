package io.github.natexd.cli.doctor;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.github.natexd.cli.doctor.Facts.Passed;
import io.github.natexd.cli.doctor.FilterChain.Table;
import io.github.natexd.cli.doctor.FilterRule.Action;
import io.github.natexd.cli.doctor.FilterRule.Fit;
import io.github.natexd.cli.doctor.FilterRule.Step;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The packet filter of a network namespace, as {@code nft -j list ruleset} prints it. */
final class Ruleset {
    /** The ICMP errors that are relayed by default: the name in nftables and the number. */
    private static final List<Set<String>> TYPES =
            List.of(Set.of("time-exceeded", "11"), Set.of("destination-unreachable", "3"));

    private static final String FIREWALLD = "inet firewalld";
    private static final String FIREWALLD_PANIC = "inet firewalld_policy_drop";
    /** The tables of iptables that have filter chains before natexd's or in forward. */
    private static final Set<String> IPTABLES = Set.of("ip raw", "ip mangle", "ip filter");

    private static final String OWN_TABLE = "ip natexd ";
    private static final String OWN_PROBES = "ip natexd probes";
    private static final String OWN_ERRORS = "ip natexd errors";
    private static final String OWN_CHAIN = "NATEXD_QUEUE";
    private static final String OWN_QUEUE = "ip mangle " + OWN_CHAIN;
    /** The kernel allows no deeper jumps (NFT_JUMP_STACK_SIZE). */
    private static final int JUMPS_LIMIT = 16;

    /** What becomes of ICMP errors in a base chain. */
    enum Fate {
        /** They pass it. */
        PASSED,
        /** Some may be dropped: it depends on the packet. */
        ENDANGERED,
        /** All errors of one kind are dropped. */
        DROPPED
    }

    /** The ways in which a packet can leave a chain. */
    private enum Exit {
        ACCEPTED,
        DROPPED,
        /** No rule decided: the chain that jumped here goes on, and a base chain applies its policy. */
        UNDECIDED
    }

    private final List<FilterChain> filters = new ArrayList<>();
    private final Map<String, List<FilterRule>> rules = new HashMap<>();

    /** @throws JsonParseException if nft printed something else */
    static Ruleset parse(String json) {
        try {
            return new Ruleset(JsonParser.parseString(json).getAsJsonObject());
        } catch (IllegalStateException | NullPointerException | ClassCastException | UnsupportedOperationException e) {
            throw new JsonParseException("not the form of nft -j", e);
        }
    }

    private Ruleset(JsonObject document) {
        Map<String, Table> tables = tables(document.getAsJsonArray("nftables"));
        for (JsonElement each : document.getAsJsonArray("nftables")) {
            JsonObject element = each.getAsJsonObject();
            if (element.has("chain")) {
                chain(element.getAsJsonObject("chain"), tables);
            } else if (element.has("rule")) {
                JsonObject rule = element.getAsJsonObject("rule");
                rules.computeIfAbsent(tableOf(rule) + " " + text(rule, "chain"), name -> new ArrayList<>())
                        .add(new FilterRule(rule.getAsJsonArray("expr")));
            }
        }
    }

    private static Map<String, Table> tables(JsonArray elements) {
        Map<String, Table> tables = new HashMap<>();
        for (JsonElement each : elements) {
            JsonObject table = each.getAsJsonObject().getAsJsonObject("table");
            if (table != null) {
                tables.put(text(table, "family") + " " + text(table, "name"), table(table.get("flags")));
            }
        }
        if (tables.containsKey(FIREWALLD)) {
            tables.replaceAll((name, table) -> besideFirewalld(name, table));
        }
        return tables;
    }

    private static Table besideFirewalld(String name, Table table) {
        if (name.equals(FIREWALLD)) {
            return Table.FIREWALLD;
        }
        if (name.equals(FIREWALLD_PANIC)) {
            return Table.FIREWALLD_PANIC;
        }
        return table == Table.USUAL && IPTABLES.contains(name) ? Table.BESIDE_FIREWALLD : table;
    }

    private void chain(JsonObject chain, Map<String, Table> tables) {
        String name = tableOf(chain) + " " + text(chain, "name");
        if (chain.has("type") && text(chain, "type").equals("filter") && !name.startsWith(OWN_TABLE)) {
            filters.add(new FilterChain(
                    name,
                    text(chain, "hook"),
                    chain.get("prio").getAsInt(),
                    chain.has("policy") && text(chain, "policy").equals("drop"),
                    tables.getOrDefault(tableOf(chain), Table.USUAL)));
        }
    }

    private static String tableOf(JsonObject object) {
        return text(object, "family") + " " + text(object, "table");
    }

    private static String text(JsonObject object, String name) {
        return object.get(name).getAsString();
    }

    /** nft 1.0.6 prints the table's name in place of its flags. */
    private static Table table(@Nullable JsonElement flags) {
        if (flags == null) {
            return Table.USUAL;
        }
        Set<String> words = new HashSet<>();
        if (flags.isJsonArray()) {
            flags.getAsJsonArray().forEach(flag -> words.add(flag.getAsString()));
        } else {
            words.add(flags.getAsString());
        }
        if (words.contains("dormant")) {
            return Table.DORMANT;
        }
        return Set.of("owner", "persist").containsAll(words) ? Table.OWNED : Table.UNCLEAR;
    }

    /** The base chains of filters, without those of natexd's own table. */
    List<FilterChain> filters() {
        return filters;
    }

    /** The worse of the fates of the two kinds of errors. */
    Fate fate(FilterChain chain) {
        Fate worst = Fate.PASSED;
        for (Set<String> type : TYPES) {
            Set<Exit> exits = exits(chain.name(), type, chain.isTracked(), 0);
            if (exits.remove(Exit.UNDECIDED)) {
                exits.add(chain.dropsByDefault() ? Exit.DROPPED : Exit.ACCEPTED);
            }
            Fate fate = !exits.contains(Exit.DROPPED)
                    ? Fate.PASSED
                    : exits.size() > 1 || chain.table() == Table.UNCLEAR ? Fate.ENDANGERED : Fate.DROPPED;
            worst = fate.compareTo(worst) > 0 ? fate : worst;
        }
        return worst;
    }

    private Set<Exit> exits(String chain, Set<String> type, boolean tracked, int jumps) {
        Set<Exit> exits = EnumSet.noneOf(Exit.class);
        for (FilterRule rule : rules.getOrDefault(chain, List.of())) {
            for (Step step : rule.steps(type, tracked)) {
                if (step.fit() == Fit.NO) {
                    continue;
                }
                Set<Exit> taken = exits(step, chain, type, tracked, jumps);
                boolean continues =
                        step.action() != Action.RETURN && step.action() != Action.GOTO && taken.remove(Exit.UNDECIDED);
                exits.addAll(taken);
                if (step.fit() == Fit.YES && !continues) {
                    return exits;
                }
            }
        }
        exits.add(Exit.UNDECIDED);
        return exits;
    }

    private Set<Exit> exits(Step step, String chain, Set<String> type, boolean tracked, int jumps) {
        return switch (step.action()) {
            case ACCEPT -> EnumSet.of(Exit.ACCEPTED);
            case DROP -> EnumSet.of(Exit.DROPPED);
            case NONE, RETURN -> EnumSet.of(Exit.UNDECIDED);
            case JUMP, GOTO -> {
                if (step.target().equals(OWN_CHAIN)) {
                    yield EnumSet.of(Exit.UNDECIDED);
                }
                String target = chain.substring(0, chain.lastIndexOf(' ') + 1) + step.target();
                yield jumps < JUMPS_LIMIT ? exits(target, type, tracked, jumps + 1) : EnumSet.allOf(Exit.class);
            }
        };
    }

    /** The sums of the counters in natexd's own chains. */
    Passed passed() {
        return new Passed(counted(OWN_PROBES), counted(OWN_ERRORS) + counted(OWN_QUEUE));
    }

    private long counted(String chain) {
        return rules.getOrDefault(chain, List.of()).stream()
                .mapToLong(FilterRule::counted)
                .sum();
    }
}
