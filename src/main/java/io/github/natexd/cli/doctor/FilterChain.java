package io.github.natexd.cli.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A base chain of somebody else, as {@code nft list ruleset} prints it.
 *
 * @param name {@code family table chain}
 * @param priority in its hook; the smaller comes first
 * @param dropsByDefault its policy is drop
 */
record FilterChain(String name, String hook, int priority, boolean dropsByDefault, List<String> rules) {
    /** natexd's own chains have priority mangle. */
    private static final int MANGLE = -150;

    /** No connection is known before this priority (NF_IP_PRI_CONNTRACK). */
    private static final int CONNECTION_TRACKING = -200;

    private static final Map<String, Integer> PRIORITIES =
            Map.of("raw", -300, "mangle", MANGLE, "dstnat", -100, "filter", 0, "security", 50, "srcnat", 100);
    private static final String OWN_TABLE = "ip natexd";
    private static final Pattern TABLE = Pattern.compile("^table (\\S+) (\\S+) \\{.*$");
    private static final Pattern CHAIN = Pattern.compile("^\\tchain (\\S+) \\{.*$");
    private static final Pattern BASE = Pattern.compile(
            "^type filter hook (\\S+)(?: devices? .*?)? priority (\\S+?)(?: ([+-]) (\\d+))?; policy (\\w+);.*$");
    /** A match on ICMP in general or on one of the two kinds of errors that are relayed by default. */
    private static final String ICMP_MATCH = "(?:(?:meta l4proto|ip protocol) (?:icmp|1)"
            + "|icmp type (?:\\{[^}]*)?(?:destination-unreachable|time-exceeded|\\b3\\b|\\b11\\b)[^}]*?\\}?)";

    private static final String COUNTER = "(?:counter packets \\d+ bytes \\d+ )?";
    /** Nothing but such matches, a counter and a comment: it takes every error of the kind. */
    private static final Pattern DROPS_ERRORS =
            Pattern.compile("^(?:" + ICMP_MATCH + " )+" + COUNTER + "(?:drop|reject.*?)(?: comment .*)?$");

    private static final Pattern ACCEPTS_ERRORS = Pattern.compile("^(?:(?:meta l4proto|ip protocol) (?:icmp|1)"
            + "|icmp type \\{ destination-unreachable, (?:[a-z-]+, )*time-exceeded(?:, [a-z-]+)* \\}) "
            + COUNTER
            + "accept.*$");
    private static final Pattern ACCEPTS_RELATED =
            Pattern.compile("^ct state (?:[a-z]+,)*related(?:,[a-z]+)* " + COUNTER + "accept.*$");
    /** natexd's own chain is not somebody else's. */
    private static final Pattern JUMPS = Pattern.compile("(?:^|.* )(?:jump|goto) (?!NATEXD_QUEUE\\b).*$");

    private static final Pattern DROPS = Pattern.compile("(?:^|.* )(?:drop|reject)(?: .*)?$");
    private static final Pattern OTHER_PROTOCOL =
            Pattern.compile("\\b(?:tcp|udp|sctp|icmpv6|ip6|arp|ether type (?!ip\\b)\\S+|echo-request|echo-reply)\\b");

    /** The base chains of filters, without natexd's own; what is no rule is passed over. */
    static List<FilterChain> parse(String ruleset) {
        List<FilterChain> chains = new ArrayList<>();
        String table = "";
        String chain = "";
        FilterChain open = null;
        for (String line : ruleset.lines().toList()) {
            Matcher tableLine = TABLE.matcher(line);
            Matcher chainLine = CHAIN.matcher(line);
            if (tableLine.matches()) {
                table = tableLine.group(1) + " " + tableLine.group(2);
                open = null;
            } else if (chainLine.matches()) {
                chain = chainLine.group(1);
                open = null;
            } else if (line.equals("\t}")) {
                open = null;
            } else if (line.startsWith("\t\t") && !table.equals(OWN_TABLE)) {
                Matcher base = BASE.matcher(line.strip());
                if (base.matches()) {
                    open = of(table + " " + chain, base);
                    chains.add(open);
                } else if (open != null) {
                    open.rules().add(line.strip());
                }
            }
        }
        return chains;
    }

    private static FilterChain of(String name, Matcher base) {
        int offset = base.group(4) == null ? 0 : Integer.parseInt(base.group(3) + base.group(4));
        Integer named = PRIORITIES.get(base.group(2));
        int priority = named != null ? named : number(base.group(2));
        return new FilterChain(
                name, base.group(1), priority + offset, base.group(5).equals("drop"), new ArrayList<>());
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** Whether an ICMP error for this host comes here before it comes to natexd's queue rule. */
    boolean isBefore(boolean natexdInPrerouting) {
        boolean ipv4 = name.startsWith("ip ") || name.startsWith("inet ") || name.startsWith("netdev ");
        return ipv4
                && switch (hook) {
                    case "ingress" -> true;
                    case "prerouting" -> !natexdInPrerouting || priority <= MANGLE;
                    case "input" -> !natexdInPrerouting && priority <= MANGLE;
                    default -> false;
                };
    }

    /** A rule that drops every ICMP error, or every one of a kind that is relayed. */
    Optional<String> droppingErrors() {
        return rulesForErrors().stream()
                .filter(rule -> DROPS_ERRORS.matcher(rule).matches())
                .findFirst();
    }

    /** By its policy, or by a rule with conditions that errors may meet; jumps to other chains are not followed. */
    boolean mayDropErrors() {
        List<String> left = rulesForErrors();
        return (dropsByDefault && left.size() == rules.size())
                || left.stream().anyMatch(rule -> JUMPS.matcher(rule).matches() || mayDrop(rule));
    }

    private static boolean mayDrop(String rule) {
        return DROPS.matcher(rule).matches() && !OTHER_PROTOCOL.matcher(rule).find();
    }

    /** Those in front of the first that lets all errors pass. */
    private List<String> rulesForErrors() {
        int end = 0;
        while (end < rules.size() && !accepts(rules.get(end))) {
            end++;
        }
        return rules.subList(0, end);
    }

    private boolean accepts(String rule) {
        return ACCEPTS_ERRORS.matcher(rule).matches()
                || (priority > CONNECTION_TRACKING
                        && ACCEPTS_RELATED.matcher(rule).matches());
    }

    String remedy() {
        return "let them pass first: sudo nft insert rule " + name
                + " icmp type { destination-unreachable, time-exceeded } accept";
    }
}
