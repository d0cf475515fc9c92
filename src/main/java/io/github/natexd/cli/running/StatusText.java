package io.github.natexd.cli.running;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Help.Ansi;

/** A status as text for people, in colour if {@code ansi} allows it. */
final class StatusText {
    private static final long MINUTE = 60;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;
    private static final String NONE = "none yet";
    private static final String BY_VERDICT = ", by the kernel's forwarding (relay.reinject = verdict)";
    private static final Set<String> SHOWN_EVENTS = Set.of("GUEST_SIGHTINGS", "EGRESS_SIGHTINGS", "FRAMES_IGNORED");

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
        row("rules", rules(text(status.getAsJsonObject("rules"), "state")));
        row("relays", words(status, "errors") + (text(status, "delivery").equals("frame") ? "" : BY_VERDICT));
        if (!status.get("staticGuest").isJsonNull()) {
            row(
                    "static guest",
                    text(status, "staticGuest") + " gets a copy of each error for which natexd finds no guest");
        }
        if (!status.get("keepalive").isJsonNull()) {
            row("keepalive", text(status, "keepalive"));
        }
        JsonObject events = status.getAsJsonObject("events");
        row(
                "probes",
                number(events, "GUEST_SIGHTINGS") + " of guests seen, " + number(events, "EGRESS_SIGHTINGS")
                        + " seen leaving the host");
        JsonObject mappings = status.getAsJsonObject("mappings");
        row("mappings", text(mappings, "live") + " of at most " + text(mappings, "capacity"));
        String name = "NAT process";
        for (String line : new NatText(status.getAsJsonObject("nat")).lines()) {
            row(name, line);
            name = "";
        }
        row("errors", counts(status.getAsJsonObject("reasons"), Set.of()));
        row("last relayed", ago(status.get("lastRelayedSecondsAgo")));
        String others = counts(events, SHOWN_EVENTS);
        if (!others.equals(NONE)) {
            row("events", others);
        }
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

    /** The counts that are not zero, except those of {@code without}. */
    private static String counts(JsonObject counts, Set<String> without) {
        List<String> parts = new ArrayList<>();
        for (Map.Entry<String, JsonElement> count : counts.entrySet()) {
            if (count.getValue().getAsLong() != 0 && !without.contains(count.getKey())) {
                parts.add(count.getKey().toLowerCase(Locale.ROOT).replace('_', '-') + " " + count.getValue());
            }
        }
        return parts.isEmpty() ? NONE : String.join(", ", parts);
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
