package io.github.natexd.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Help.Ansi;

/** A status for people; colours where {@code ansi} allows them. */
final class StatusText {
    private static final long MINUTE = 60;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    private final PrintWriter out;
    private final Ansi ansi;

    StatusText(PrintWriter out, Ansi ansi) {
        this.out = out;
        this.ansi = ansi;
    }

    void print(JsonObject status) {
        boolean working = text(status, "state").equals("working");
        out.println("natexd " + text(status, "natexd") + " "
                + (working ? paint("green,bold", "is working") : paint("red,bold", "is degraded")));
        problems(status, "problems", paint("red", "✘"));
        problems(status, "warnings", paint("yellow", "!"));
        row(
                "running",
                "since " + text(status, "startedAt") + " (" + span(number(status, "uptimeSeconds")) + "), pid "
                        + text(status, "pid"));
        row("guest network", guestNetwork(status.getAsJsonObject("guestNetwork")));
        row("relays", words(status, "errors") + ", delivered " + delivery(text(status, "delivery")));
        if (!status.get("staticGuest").isJsonNull()) {
            row("static guest", text(status, "staticGuest") + " gets a copy of errors without a mapping");
        }
        JsonObject rules = status.getAsJsonObject("rules");
        row("rules", rules(text(rules, "state")));
        row("last relayed", ago(status.get("lastRelayedSecondsAgo")));
        JsonObject mappings = status.getAsJsonObject("mappings");
        row("mappings", text(mappings, "live") + " of at most " + text(mappings, "capacity"));
        nat(status.getAsJsonObject("nat"));
        row("errors", counts(status.getAsJsonObject("reasons")));
        row("beside them", counts(status.getAsJsonObject("events")));
    }

    private void problems(JsonObject status, String name, String sign) {
        for (JsonElement each : status.getAsJsonArray(name)) {
            JsonObject problem = each.getAsJsonObject();
            out.println("  " + sign + " " + text(problem, "problem"));
            out.println("    fix: " + text(problem, "fix"));
        }
    }

    private static String guestNetwork(JsonObject network) {
        if (network.get("interface").isJsonNull()) {
            return "not known";
        }
        String address = network.get("address").isJsonNull() ? "" : ", " + text(network, "address");
        return text(network, "interface")
                + address
                + (network.get("present").getAsBoolean() ? "" : ", not there or not up");
    }

    private static String delivery(String reinject) {
        return reinject.equals("frame") ? "as frames on the guest network" : "by the kernel's forwarding";
    }

    private static String rules(String state) {
        return switch (state) {
            case "loaded" -> "loaded, and restored when somebody removes them";
            case "unmanaged" -> "not natexd's business (rules.manage = false), so not known to be there";
            case "pending" -> "not loaded yet";
            default -> "not loaded";
        };
    }

    private void nat(JsonObject nat) {
        habit("NAT process", nat, "portsKept", "keeps ports and identifiers", "changes ports or identifiers");
        habit("", nat, "identificationsKept", "keeps IP IDs", "changes IP IDs");
        habit("", nat, "ttlKept", "keeps the TTL", "counts as a hop");
        habit("", nat, "seenLeaving", "sends where the rules see it", "sends past the rules, by packet socket");
        deliveries(nat, "yes", "delivers itself, so natexd leaves to it: ");
        deliveries(nat, "no", "does not deliver, so natexd does: ");
        deliveries(nat, "unknown", "none seen yet, so nobody knows whether it delivers: ");
    }

    private void deliveries(JsonObject nat, String state, String words) {
        List<String> classes = new ArrayList<>();
        for (JsonElement each : nat.getAsJsonArray("delivers")) {
            JsonObject delivery = each.getAsJsonObject();
            if (text(delivery, "state").equals(state)) {
                classes.add(text(delivery, "errors") + " (" + text(delivery, "probes") + ")");
            }
        }
        if (!classes.isEmpty()) {
            row("", sign(state) + " " + words + String.join(", ", classes));
        }
    }

    private void habit(String row, JsonObject nat, String name, String yes, String no) {
        JsonObject habit = nat.getAsJsonObject(name);
        String state = text(habit, "state");
        long kept = number(habit, "kept");
        long changed = number(habit, "changed");
        String figures =
                switch (state) {
                    case "yes" -> yes + " (all of " + kept + " probes)";
                    case "no" -> no + " (" + changed + " of " + (kept + changed) + " probes)";
                    default -> yes + "? no probe has told yet";
                };
        row(row, sign(state) + " " + figures);
    }

    private String sign(String state) {
        return switch (state) {
            case "yes" -> paint("green", "✔");
            case "no" -> paint("yellow", "✘");
            default -> "?";
        };
    }

    /** Those that are not zero. */
    private static String counts(JsonObject counts) {
        List<String> parts = new ArrayList<>();
        for (Map.Entry<String, JsonElement> count : counts.entrySet()) {
            if (count.getValue().getAsLong() != 0) {
                parts.add(count.getKey().toLowerCase(Locale.ROOT).replace('_', '-') + " " + count.getValue());
            }
        }
        return parts.isEmpty() ? "none yet" : String.join(", ", parts);
    }

    private static String words(JsonObject object, String name) {
        return object.getAsJsonArray(name).asList().stream()
                .map(JsonElement::getAsString)
                .collect(Collectors.joining(", "));
    }

    private static String ago(JsonElement seconds) {
        return seconds.isJsonNull() ? "nothing yet" : span(seconds.getAsLong()) + " ago";
    }

    static String span(long seconds) {
        if (seconds < 2 * MINUTE) {
            return seconds + " s";
        }
        if (seconds < 2 * HOUR) {
            return seconds / MINUTE + " min";
        }
        return seconds < 2 * DAY ? seconds / HOUR + " h" : seconds / DAY + " days";
    }

    private void row(String name, String value) {
        out.println("  %-14s %s".formatted(name, value));
    }

    private String paint(String style, String text) {
        return ansi.string("@|" + style + " " + text + "|@");
    }

    private static String text(JsonObject object, String name) {
        return object.get(name).getAsString();
    }

    private static long number(JsonObject object, String name) {
        return object.get(name).getAsLong();
    }
}
