package io.github.natexd.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParseException;
import io.github.natexd.cli.doctor.Facts.Passed;
import io.github.natexd.cli.doctor.FilterChain.Table;
import io.github.natexd.cli.doctor.Ruleset.Fate;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What other people's rules do to ICMP errors. The files in src/test/resources/nft hold what {@code nft -j -t list
 * ruleset} of nftables 1.0.6 printed for real rules.
 */
class RulesetTest {
    private static final String ERRORS = "icmp type { destination-unreachable, time-exceeded } ";

    /** A rule in a chain of hook prerouting, priority raw, whose policy is accept. */
    record Recorded(Fate fate, String rule, String expressions) {
        @Override
        public String toString() {
            return rule;
        }
    }

    @ParameterizedTest
    @MethodSource("recorded")
    void judgesARule(Recorded recorded) {
        assertEquals(recorded.fate(), fate("raw", false, recorded.expressions()));
    }

    static Stream<Recorded> recorded() throws IOException {
        return resource("rules.tsv").lines().map(line -> {
            String[] cells = line.split("\t");
            return new Recorded(Fate.valueOf(cells[0].toUpperCase(Locale.ROOT)), cells[1], cells[2]);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "ip fw c, prerouting, 0, true, false",
        "ip fw c, prerouting, -300, true, true",
        "inet fw c, input, -150, true, false",
        "inet fw c, input, 0, false, false",
        "ip fw c, forward, -300, false, false",
        "netdev fw c, ingress, 0, true, true",
        "ip6 fw c, prerouting, -300, false, false",
    })
    void standsBeforeNatexdOrNot(String name, String hook, int priority, boolean inInput, boolean inPrerouting) {
        FilterChain chain = new FilterChain(name, hook, priority, false, Table.USUAL);

        assertEquals(inInput, chain.isBefore(false));
        assertEquals(inPrerouting, chain.isBefore(true));
    }

    /** Its only drops before natexd's hook are for IPv6, and its chains jump to chains that drop nothing. */
    @Test
    void firewalldDropsNoErrorsBeforeNatexd() throws IOException {
        Ruleset firewalld = Ruleset.parse(resource("firewalld.json"));

        List<FilterChain> before = firewalld.filters().stream()
                .filter(chain -> chain.isBefore(false))
                .toList();

        assertEquals(
                List.of("inet firewalld mangle_PREROUTING", "inet firewalld filter_PREROUTING"),
                before.stream().map(FilterChain::name).toList());
        before.forEach(chain -> assertEquals(Fate.PASSED, firewalld.fate(chain), chain::name));
    }

    @Test
    void firewalldInPanicDropsAll() throws IOException {
        Ruleset panic = Ruleset.parse(resource("firewalld-panic.json"));

        FilterChain chain = chain(panic, "inet firewalld_policy_drop raw_prerouting");

        assertTrue(chain.isBefore(false));
        assertEquals(Fate.DROPPED, panic.fate(chain));
        assertEquals("end firewalld's panic mode: sudo firewall-cmd --panic-off", chain.remedyForErrors());
    }

    /** A reload of firewalld removes what others inserted into its chains and into those of iptables. */
    @Test
    void fixesSurviveFirewalldsReload() throws IOException {
        String table = document("raw", true).replace("\"fw\"", "\"raw\"").replace("\"c\"", "\"PREROUTING\"");
        String firewalld = resource("firewalld.json");
        Ruleset both = Ruleset.parse(
                table.replaceFirst("]\\s*}\\s*$", ", ") + firewalld.substring(firewalld.indexOf('[') + 1));

        assertTrue(chain(Ruleset.parse(table), "ip raw PREROUTING")
                .remedyForErrors()
                .contains("sudo nft insert rule ip raw PREROUTING icmp type"));
        String passthrough = "sudo firewall-cmd --permanent --direct --add-passthrough ipv4 -t raw -I PREROUTING ";
        assertEquals(
                "let ICMP errors pass first: " + passthrough
                        + "-p icmp --icmp-type destination-unreachable -j ACCEPT && " + passthrough
                        + "-p icmp --icmp-type time-exceeded -j ACCEPT && sudo firewall-cmd --reload",
                chain(both, "ip raw PREROUTING").remedyForErrors());
        assertEquals(
                "let ICMP errors pass first: " + passthrough + "-m conntrack --ctstate RELATED -j ACCEPT && "
                        + "sudo firewall-cmd --reload",
                chain(both, "ip raw PREROUTING").remedyForRelated());
        assertTrue(chain(both, "inet firewalld filter_PREROUTING")
                .remedyForErrors()
                .endsWith("firewall-cmd --reload"));
    }

    /** nft 1.0.6 does not print which flag a table has: it may be dormant, so nothing is certain. */
    @Test
    void readsTablesThatAProgramOwns() throws IOException {
        String recorded = resource("owned.json");
        Ruleset unclear = Ruleset.parse(recorded);
        assertEquals(Fate.ENDANGERED, unclear.fate(chain(unclear, "ip mine early")));
        assertTrue(chain(unclear, "ip mine early").remedyForErrors().contains("if the kernel refuses"));

        Ruleset owned = Ruleset.parse(recorded.replace("\"flags\": \"mine\"", "\"flags\": [\"owner\", \"persist\"]"));
        assertEquals(Fate.DROPPED, owned.fate(chain(owned, "ip mine early")));
        assertTrue(chain(owned, "ip mine early").remedyForErrors().startsWith("a running program owns table ip mine"));

        Ruleset dormant = Ruleset.parse(recorded.replace("\"flags\": \"mine\"", "\"flags\": \"dormant\""));
        assertFalse(chain(dormant, "ip mine early").isBefore(false));
    }

    /** The fix that doctor prints is one that it understands. */
    @Test
    void anAcceptingRuleProtectsErrorsFromAllThatFollow() throws IOException {
        String accept = expressions(ERRORS + "accept");

        assertEquals(Fate.PASSED, fate("raw", true, accept, expressions("icmp type time-exceeded drop")));
        assertTrue(chain("raw", true).remedyForErrors().endsWith(ERRORS + "accept"));
        assertEquals(Fate.DROPPED, fate("raw", true, expressions("icmp type time-exceeded accept")));
    }

    @Test
    void aPolicyDropsWhatNoRuleAccepts() throws IOException {
        assertEquals(Fate.DROPPED, fate("raw", true));
        assertEquals(Fate.ENDANGERED, fate("raw", true, "[%s, {\"accept\": null}]".formatted(MARK)));
    }

    private static final String MARK =
            "{\"match\": {\"op\": \"==\", \"left\": {\"meta\": {\"key\": \"mark\"}}, \"right\": 1}}";

    /** Before connection tracking nothing is related. */
    @Test
    void relatedPacketsPassOnlyWhereConnectionsAreKnown() {
        String related = """
                [{"match": {"op": "in", "left": {"ct": {"key": "state"}}, "right": ["established", "related"]}},
                 {"accept": null}]""";

        assertEquals(Fate.PASSED, fate("mangle", true, related));
        assertEquals(Fate.DROPPED, fate("raw", true, related));
    }

    @Test
    void followsJumps() {
        assertEquals(Fate.DROPPED, jump("[{\"jump\": {\"target\": \"other\"}}]", "[{\"drop\": null}]"));
        assertEquals(
                Fate.ENDANGERED,
                jump("[%s, {\"jump\": {\"target\": \"other\"}}]".formatted(MARK), "[{\"drop\": null}]"));
        assertEquals(Fate.PASSED, jump("[{\"goto\": {\"target\": \"other\"}}]", "[{\"return\": null}]"));
        assertEquals(Fate.ENDANGERED, jump("[{\"jump\": {\"target\": \"c\"}}]", "[{\"drop\": null}]"));
    }

    private static Fate jump(String rule, String rules) {
        Ruleset ruleset = Ruleset.parse(document("raw", false, rule).replaceFirst("]}$", """
                , {"chain": {"family": "ip", "table": "fw", "name": "other"}},
                {"rule": {"family": "ip", "table": "fw", "chain": "other", "expr": %s}}]}""".formatted(rules)));
        return ruleset.fate(ruleset.filters().get(0));
    }

    /** nft does not print what a match of iptables compares. */
    @Test
    void whatIptablesMatchesIsUncertain() {
        String match = "{\"xt\": {\"type\": \"match\", \"name\": \"icmp\"}}";

        assertEquals(Fate.ENDANGERED, fate("raw", false, "[" + match + ", {\"drop\": null}]"));
        assertEquals(Fate.ENDANGERED, fate("raw", false, "[{\"xt\": null}, {\"drop\": null}]"));
        assertEquals(Fate.DROPPED, fate("raw", false, "[{\"xt\": {\"type\": \"target\", \"name\": \"REJECT\"}}]"));
    }

    /** natexd's own chain is not foreign. */
    @Test
    void sumsTheCountersOfNatexdsOwnChains() {
        Ruleset ruleset = Ruleset.parse("""
                {"nftables": [
                %s, %s, %s, %s, %s, %s, %s
                ]}""".formatted(
                        counter("ip", "natexd", "errors", 4, "queue"),
                        counter("ip", "natexd", "errors", 1, "queue"),
                        counter("ip", "natexd", "probes", 20, "log"),
                        counter("inet", "other", "errors", 99, "drop"),
                        counter("ip", "mangle", "NATEXD_QUEUE", 70, "return"),
                        counter("ip", "mangle", "NATEXD_QUEUE", 2, "queue"),
                        counter("ip", "mangle", "INPUT", 50, "accept")));

        assertEquals(new Passed(20, 7), ruleset.passed());
    }

    private static String counter(String family, String table, String chain, int packets, String verdict) {
        return """
                {"rule": {"family": "%s", "table": "%s", "chain": "%s",
                 "expr": [{"counter": {"packets": %d, "bytes": 9}}, {"%s": null}]}}""".formatted(family, table, chain, packets, verdict);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{\"nftables\": 3}", "{\"nftables\": [{\"rule\": {}}]}", "Error: no"})
    void whatIsNoRulesetIsRefused(String text) {
        assertThrows(JsonParseException.class, () -> Ruleset.parse(text));
    }

    private static String expressions(String rule) throws IOException {
        return rule.startsWith(ERRORS)
                ? """
                  [{"match": {"op": "==", "left": {"payload": {"protocol": "icmp", "field": "type"}},
                   "right": {"set": ["destination-unreachable", "time-exceeded"]}}}, {"accept": null}]"""
                : recorded()
                        .filter(each -> each.rule().equals(rule))
                        .findFirst()
                        .orElseThrow()
                        .expressions();
    }

    private static Fate fate(String priority, boolean dropsByDefault, String... rules) {
        Ruleset ruleset = Ruleset.parse(document(priority, dropsByDefault, rules));
        return ruleset.fate(ruleset.filters().get(0));
    }

    private static FilterChain chain(String priority, boolean dropsByDefault) {
        return Ruleset.parse(document(priority, dropsByDefault)).filters().get(0);
    }

    private static FilterChain chain(Ruleset ruleset, String name) {
        return ruleset.filters().stream()
                .filter(chain -> chain.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** A ruleset with one chain of hook prerouting. */
    static String document(String priority, boolean dropsByDefault, String... rules) {
        StringBuilder json = new StringBuilder(
                """
                {"nftables": [{"table": {"family": "ip", "name": "fw"}},
                {"chain": {"family": "ip", "table": "fw", "name": "c", "type": "filter", "hook": "prerouting",
                 "prio": %d, "policy": "%s"}}""".formatted(priority.equals("raw") ? -300 : -150, dropsByDefault ? "drop" : "accept"));
        for (String rule : rules) {
            json.append(", {\"rule\": {\"family\": \"ip\", \"table\": \"fw\", \"chain\": \"c\", \"expr\": ")
                    .append(rule)
                    .append("}}");
        }
        return json.append("]}").toString();
    }

    private static String resource(String name) throws IOException {
        try (InputStream file = Objects.requireNonNull(RulesetTest.class.getResourceAsStream("/nft/" + name), name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
