package io.github.natexd.cli.running;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** What natexd knows of the NAT process, in words: its profile for each protocol, and who delivers which errors. */
final class NatText {
    private static final String NOTHING = "nothing known yet";

    private final JsonObject nat;

    NatText(JsonObject nat) {
        this.nat = nat;
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        String udp = traits("udp", "ports");
        String echo = traits("icmp", "identifiers");
        if (!udp.equals(NOTHING) && udp.equals(traits("icmp", "ports"))) {
            lines.add("UDP and echo: " + traits("udp", "ports and identifiers"));
        } else if (udp.equals(echo)) {
            lines.add(NOTHING + "; a traceroute in a guest shows it");
        } else {
            lines.add("UDP: " + udp);
            lines.add("echo: " + echo);
        }
        deliveries("no", "natexd relays: ", lines);
        deliveries("yes", "natexd leaves to the NAT process: ", lines);
        return lines;
    }

    /** The known traits, then the names of the unknown ones. */
    private String traits(String protocol, String ports) {
        JsonObject traits = nat.getAsJsonObject(protocol);
        List<String> known = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        for (TraitWords words : TraitWords.values()) {
            String state = traits.getAsJsonObject(words.field).get("state").getAsString();
            if (state.equals("unknown")) {
                unknown.add(words.name.formatted(ports));
            } else {
                known.add(words.of(state).formatted(ports));
            }
        }
        if (known.isEmpty()) {
            return NOTHING;
        }
        return String.join(", ", known) + (unknown.isEmpty() ? "" : "; not known yet: " + String.join(", ", unknown));
    }

    /** The profile in words; {@code %s} stands for ports or identifiers. */
    private enum TraitWords {
        PORTS("portsKept", "%s", "keeps %s", "changes %s"),
        IDENTIFICATIONS("identificationsKept", "IP IDs", "keeps IP IDs", "changes IP IDs"),
        TTL("ttlKept", "TTL", "keeps the TTL", "lowers the TTL by one"),
        LEAVING(
                "seenLeaving",
                "whether its probes are seen leaving",
                "its probes are seen leaving",
                "its probes are not seen leaving");

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

    private void deliveries(String state, String words, List<String> lines) {
        List<String> classes = new ArrayList<>();
        for (JsonElement each : nat.getAsJsonArray("delivers")) {
            JsonObject delivery = each.getAsJsonObject();
            if (delivery.get("state").getAsString().equals(state)) {
                classes.add(delivery.get("errors").getAsString() + " ("
                        + delivery.get("probes").getAsString() + ")");
            }
        }
        if (!classes.isEmpty()) {
            lines.add(words + String.join(", ", classes));
        }
    }
}
