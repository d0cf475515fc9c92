package io.github.natexd.cli.doctor;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A rule of the packet filter: the array {@code expr} that {@code nft -j} prints for it. It is judged for one packet: an
 * IPv4 ICMP error that came from a router.
 */
record FilterRule(JsonArray expressions) {
    private static final Set<String> IPV4 = Set.of("ipv4", "ip", "2");
    private static final Set<String> ICMP = Set.of("icmp", "1");
    private static final Set<String> RELATED = Set.of("related");
    /** The states of a packet that connection tracking has not seen. */
    private static final Set<String> UNTRACKED = Set.of("invalid", "untracked");

    private static final Set<String> LOOPBACK = Set.of("lo");

    /** Headers that an ICMP error over IPv4 does not have. */
    private static final Set<String> OTHER_HEADERS =
            Set.of("tcp", "udp", "udplite", "sctp", "dccp", "icmpv6", "ip6", "arp", "igmp", "gre", "esp", "ah", "comp");

    /** Statements that let some packets pass to the next statement, and end the rule for others. */
    private static final Set<String> LIMITS = Set.of("limit", "quota", "ct count");

    /** Whether a rule applies. Much of what a rule compares differs from one error to the next: then it may apply. */
    enum Fit {
        NO,
        MAYBE,
        YES;

        Fit negated() {
            return values()[YES.ordinal() - ordinal()];
        }

        Fit and(Fit other) {
            return compareTo(other) < 0 ? this : other;
        }

        Fit or(Fit other) {
            return compareTo(other) > 0 ? this : other;
        }
    }

    /** The statement that decides what becomes of a packet. */
    enum Action {
        NONE,
        ACCEPT,
        DROP,
        RETURN,
        JUMP,
        GOTO
    }

    /**
     * A statement that decides.
     *
     * @param target the chain of JUMP and GOTO; else empty
     */
    record Step(Fit fit, Action action, String target) {}

    /**
     * What the rule does with an error.
     *
     * @param type the error's ICMP type: its name in nftables and its number
     * @param tracked connection tracking has seen it
     */
    List<Step> steps(Set<String> type, boolean tracked) {
        List<Step> steps = new ArrayList<>();
        Fit fit = Fit.YES;
        for (JsonElement each : expressions) {
            Map.Entry<String, JsonElement> statement = only(each);
            String name = statement.getKey();
            JsonElement value = statement.getValue();
            if (name.equals("match")) {
                fit = fit.and(match(value.getAsJsonObject(), type, tracked));
            } else if (LIMITS.contains(name) || (name.equals("xt") && !isTarget(value))) {
                fit = fit.and(Fit.MAYBE);
            } else if (name.equals("vmap")) {
                steps.addAll(map(fit, value.getAsJsonObject()));
            } else {
                steps.add(step(fit, name, value));
            }
        }
        return steps;
    }

    /** Statements are objects with one member. */
    private static Map.Entry<String, JsonElement> only(JsonElement statement) {
        return statement.getAsJsonObject().entrySet().iterator().next();
    }

    private static boolean isTarget(JsonElement xt) {
        return xt.isJsonObject()
                && "target".equals(xt.getAsJsonObject().get("type").getAsString());
    }

    private static Step step(Fit fit, String name, JsonElement value) {
        return switch (name) {
            case "accept" -> new Step(fit, Action.ACCEPT, "");
            case "drop", "reject" -> new Step(fit, Action.DROP, "");
            case "return" -> new Step(fit, Action.RETURN, "");
            case "jump" -> new Step(fit, Action.JUMP, target(value));
            case "goto" -> new Step(fit, Action.GOTO, target(value));
            // The program behind the queue decides.
            case "queue" -> new Step(fit.and(Fit.MAYBE), Action.ACCEPT, "");
            case "xt" ->
                // A target of iptables that has no statement of its own in nftables.
                value.getAsJsonObject().get("name").getAsString().equals("REJECT")
                        ? new Step(fit, Action.DROP, "")
                        : new Step(fit, Action.NONE, "");
            default -> new Step(fit, Action.NONE, "");
        };
    }

    private static String target(JsonElement jump) {
        return jump.getAsJsonObject().get("target").getAsString();
    }

    /** A map from values to verdicts. The verdicts of a named one are not in the rule: any packet may be dropped. */
    private static List<Step> map(Fit before, JsonObject map) {
        Fit fit = lacks(map.get("key")) ? Fit.NO : before.and(Fit.MAYBE);
        if (!map.get("data").isJsonObject()) {
            return List.of(new Step(fit, Action.DROP, ""));
        }
        List<Step> steps = new ArrayList<>();
        for (JsonElement pair : map.getAsJsonObject("data").getAsJsonArray("set")) {
            Map.Entry<String, JsonElement> verdict = only(pair.getAsJsonArray().get(1));
            steps.add(step(fit, verdict.getKey(), verdict.getValue()));
        }
        return steps;
    }

    private static Fit match(JsonObject match, Set<String> type, boolean tracked) {
        JsonElement left = match.get("left");
        JsonElement right = match.get("right");
        // Never true, whatever the operator.
        if (lacks(left)) {
            return Fit.NO;
        }
        String operator = match.get("op").getAsString();
        return switch (field(left)) {
            case "payload icmp type" -> compare(operator, among(right, type));
            case "payload ip protocol", "meta l4proto" -> compare(operator, among(right, ICMP));
            case "payload ether type", "meta protocol", "meta nfproto" -> compare(operator, among(right, IPV4));
            case "ct state" -> compare(operator, state(right, tracked));
            // natexd does not queue what came over lo.
            case "meta iifname", "meta iif" ->
                right.isJsonPrimitive() && among(right, LOOPBACK) == Fit.YES ? compare(operator, Fit.NO) : Fit.MAYBE;
            default -> Fit.MAYBE;
        };
    }

    /** An error is related to a connection, or invalid where the connection is not known. */
    private static Fit state(JsonElement states, boolean tracked) {
        if (tracked) {
            return among(states, RELATED) == Fit.YES ? Fit.YES : Fit.MAYBE;
        }
        return among(states, UNTRACKED) == Fit.NO ? Fit.NO : Fit.MAYBE;
    }

    private static Fit compare(String operator, Fit equal) {
        return switch (operator) {
            case "==", "in" -> equal;
            case "!=" -> equal.negated();
            default -> Fit.MAYBE;
        };
    }

    /** Whether this is part of a header that the packet does not have. */
    private static boolean lacks(JsonElement left) {
        if (!left.isJsonObject()) {
            return false;
        }
        JsonObject object = left.getAsJsonObject();
        return object.has("exthdr")
                || object.has("tcp option")
                || OTHER_HEADERS.contains(field(left).replaceFirst("^payload (\\S+) .*$", "$1"));
    }

    /** Like {@code payload icmp type} or {@code ct state}; empty for what is not judged. */
    private static String field(JsonElement left) {
        if (!left.isJsonObject()) {
            return "";
        }
        JsonObject object = left.getAsJsonObject();
        if (object.has("payload") && object.getAsJsonObject("payload").has("protocol")) {
            JsonObject payload = object.getAsJsonObject("payload");
            return "payload " + payload.get("protocol").getAsString() + " "
                    + payload.get("field").getAsString();
        }
        for (String kind : List.of("meta", "ct")) {
            if (object.has(kind)) {
                return kind + " " + object.getAsJsonObject(kind).get("key").getAsString();
            }
        }
        return "";
    }

    /** Whether the right side of a comparison has one of these words; ranges and named sets are not looked into. */
    private static Fit among(JsonElement right, Set<String> words) {
        if (right.isJsonPrimitive()) {
            String word = right.getAsString();
            return words.contains(word) ? Fit.YES : word.startsWith("@") ? Fit.MAYBE : Fit.NO;
        }
        if (right.isJsonObject() && right.getAsJsonObject().has("set")) {
            return among(right.getAsJsonObject().get("set"), words);
        }
        if (!right.isJsonArray()) {
            return Fit.MAYBE;
        }
        Fit fit = Fit.NO;
        for (JsonElement each : right.getAsJsonArray()) {
            fit = fit.or(among(each, words));
        }
        return fit;
    }

    /** What its counter has counted; 0 for a rule that only lets packets return. */
    long counted() {
        long packets = 0;
        for (JsonElement each : expressions) {
            JsonObject statement = each.getAsJsonObject();
            if (statement.has("return")) {
                return 0;
            }
            if (statement.has("counter") && statement.get("counter").isJsonObject()) {
                packets += statement.getAsJsonObject("counter").get("packets").getAsLong();
            }
        }
        return packets;
    }
}
