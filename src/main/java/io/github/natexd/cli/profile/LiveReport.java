package io.github.natexd.cli.profile;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What a running natexd has learned: the traits that its matching needs. All others are unknown. */
final class LiveReport {
    private static final Map<Trait, String> FIELDS = Map.of(
            Trait.PORT_KEPT, "portsKept",
            Trait.IDENTIFIER_KEPT, "portsKept",
            Trait.IP_ID_KEPT, "identificationsKept",
            Trait.TTL_KEPT, "ttlKept");

    private static final Map<Trait, String> ERRORS = Map.of(
            Trait.TIME_EXCEEDED, "time-exceeded",
            Trait.FRAGMENTATION_NEEDED, "fragmentation-needed",
            Trait.PORT_UNREACHABLE, "port-unreachable",
            Trait.DESTINATION_UNREACHABLE, "destination-unreachable",
            Trait.PARAMETER_PROBLEM, "parameter-problem");

    private final JsonObject nat;

    private LiveReport(JsonObject nat) {
        this.nat = nat;
    }

    /** @param status natexd's status */
    static NatReport of(JsonObject status) {
        LiveReport live = new LiveReport(status.getAsJsonObject("nat"));
        return new NatReport(
                "natexd", Optional.empty(), 0, 0, live.findings(true), live.findings(false), TcpTraits.unknown());
    }

    private List<Finding> findings(boolean udp) {
        return ProbeTraits.traits(udp).stream()
                .map(trait -> finding(trait, udp ? "udp" : "icmp"))
                .toList();
    }

    private Finding finding(Trait trait, String protocol) {
        String field = FIELDS.get(trait);
        if (field != null) {
            JsonObject learned = nat.getAsJsonObject(protocol).getAsJsonObject(field);
            return new Finding(
                    trait,
                    state(learned),
                    learned.get("yes").getAsLong(),
                    learned.get("no").getAsLong());
        }
        return ERRORS.containsKey(trait) ? delivery(trait, protocol) : new Finding(trait, Finding.State.UNKNOWN, 0, 0);
    }

    /** natexd does not count deliveries by class; what it says of each class is one example. */
    private Finding delivery(Trait trait, String protocol) {
        Finding.State state = nat.getAsJsonArray("delivers").asList().stream()
                .map(JsonElement::getAsJsonObject)
                .filter(each -> each.get("errors").getAsString().equals(ERRORS.get(trait))
                        && each.get("probes").getAsString().equals(protocol))
                .map(LiveReport::state)
                .findFirst()
                .orElse(Finding.State.UNKNOWN);
        return new Finding(trait, state, state == Finding.State.YES ? 1 : 0, state == Finding.State.NO ? 1 : 0);
    }

    private static Finding.State state(JsonObject object) {
        return Finding.State.valueOf(object.get("state").getAsString().toUpperCase(Locale.ROOT));
    }
}
