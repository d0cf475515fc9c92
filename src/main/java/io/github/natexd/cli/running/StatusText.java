package io.github.natexd.cli.running;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Help.Ansi;

/** A status as text for people, in colour if {@code ansi} allows it. */
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
            row("static guest", text(status, "staticGuest") + " gets a copy of each error about an unknown probe");
        }
        JsonObject rules = status.getAsJsonObject("rules");
        row("rules", rules(text(rules, "state")));
        JsonElement keepalive = status.get("keepalive");
        row("keepalive", keepalive.isJsonNull() ? "off (natexd-keepalive is not running)" : keepalive.getAsString());
        row("last relayed", ago(status.get("lastRelayedSecondsAgo")));
        JsonObject mappings = status.getAsJsonObject("mappings");
        row("mappings", text(mappings, "live") + " of at most " + text(mappings, "capacity"));
        nat(status.getAsJsonObject("nat"));
        row("errors", counts(status.getAsJsonObject("reasons")));
        row("events", counts(status.getAsJsonObject("events")));
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
                + (network.get("present").getAsBoolean() ? "" : ", missing or down");
    }

    private static String delivery(String reinject) {
        return reinject.equals("frame") ? "as frames on the guest network" : "by the kernel's forwarding";
    }

    private static String rules(String state) {
        return switch (state) {
            case "loaded" -> "loaded; natexd restores them if they are removed";
            case "unmanaged" -> "loaded, but not by natexd (rules.manage = false)";
            case "missing" -> "not loaded; natexd does not load them (rules.manage = false)";
            case "pending" -> "not loaded yet";
            case "waiting" -> "not loaded while IPv4 forwarding is off";
            default -> "not loaded";
        };
    }

    private void nat(JsonObject nat) {
        row("NAT process", "UDP: " + traits(nat.getAsJsonObject("udp"), "ports"));
        row("", "echo: " + traits(nat.getAsJsonObject("icmp"), "identifiers"));
        deliveries(nat, "yes", "delivers itself, so natexd does not relay: ");
        deliveries(nat, "no", "does not deliver, so natexd relays: ");
    }

    /** The known traits, then the names of the unknown ones. */
    private static String traits(JsonObject traits, String ports) {
        List<String> known = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        for (TraitWords words : TraitWords.values()) {
            String state = text(traits.getAsJsonObject(words.field), "state");
            if (state.equals("unknown")) {
                unknown.add(words.name.formatted(ports));
            } else {
                known.add(words.of(state).formatted(ports));
            }
        }
        if (known.isEmpty()) {
            return "nothing known yet";
        }
        return String.join(", ", known) + (unknown.isEmpty() ? "" : "; not known yet: " + String.join(", ", unknown));
    }

    /** The profile in words; {@code %s} stands for ports or identifiers. */
    private enum TraitWords {
        PORTS("portsKept", "%s", "keeps %s", "changes %s"),
        IDENTIFICATIONS("identificationsKept", "IP IDs", "keeps IP IDs", "changes IP IDs"),
        TTL("ttlKept", "TTL", "keeps the TTL", "lowers the TTL by one"),
        LEAVING("seenLeaving", "whether its probes are seen leaving", "seen leaving", "not seen leaving");

        private final String field;
        private final String name;
        private final String yes;
        private final String no;

        TraitWords(String field, String name, String yes, String no) {
            this.field = field;
            this.name = name;
            this.yes = yes;
            this.no = no;
        }

        String of(String state) {
            return switch (state) {
                case "yes" -> yes;
                case "no" -> no;
                default -> "sometimes " + no;
            };
        }
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
            row("", words + String.join(", ", classes));
        }
    }

    /** The counts that are not zero. */
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
