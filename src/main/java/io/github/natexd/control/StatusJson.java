package io.github.natexd.control;

import io.github.natexd.mapping.NatBehaviour;
import io.github.natexd.relay.Counters;
import io.github.natexd.relay.NatDelivery;
import io.github.natexd.relay.Snapshot;
import io.github.natexd.translate.Reason;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** A {@link StatusReport} as JSON; the fields are documented in src/site/markdown/control.md. */
final class StatusJson {
    private StatusJson() {}

    static void write(JsonWriter json, StatusReport report) {
        List<StatusReport.Problem> problems = report.problems();
        json.beginObject();
        json.name("version").value(Dialect.VERSION);
        json.name("state").value(problems.isEmpty() ? "working" : "degraded");
        problems(json.name("problems"), problems);
        problems(json.name("warnings"), report.warnings());
        json.name("natexd").value(report.version());
        json.name("pid").value(report.processId());
        json.name("startedAt").value(seconds(report.startedAt()));
        json.name("uptimeSeconds").value(report.uptime().toSeconds());
        json.name("guestNetwork").beginObject();
        json.name("interface").value(report.guestNetwork().interfaceName().orElse(null));
        json.name("address").value(report.guestNetwork().address().orElse(null));
        json.name("present").value(report.guestNetwork().present());
        json.endObject();
        json.name("delivery").value(report.delivery());
        json.name("errors").beginArray();
        report.errors().forEach(json::value);
        json.endArray();
        json.name("staticGuest").value(report.staticGuest().orElse(null));
        json.name("rules").beginObject();
        json.name("state").value(report.rules().state().name().toLowerCase(Locale.ROOT));
        json.name("detail").value(report.rules().detail());
        json.endObject();
        relay(json, report.relay(), report);
        json.endObject();
    }

    private static void relay(JsonWriter json, Snapshot relay, StatusReport report) {
        json.name("nat").beginObject();
        NatBehaviour nat = relay.nat();
        habit(json.name("portsKept"), nat.portsKept(), nat.portsChanged());
        habit(json.name("identificationsKept"), nat.identificationsKept(), nat.identificationsChanged());
        habit(json.name("ttlKept"), nat.ttlKept(), nat.ttlDecremented());
        habit(json.name("seenLeaving"), nat.ttlKept() + nat.ttlDecremented(), nat.unseenLeaving());
        json.name("delivers").beginArray();
        relay.deliveries().forEach(delivery -> delivery(json, delivery));
        json.endArray().endObject();
        json.name("mappings").beginObject();
        json.name("live").value(relay.mappings());
        json.name("capacity").value(report.limits().capacity());
        json.name("evicted").value(relay.evictions());
        json.endObject();
        json.name("queue").beginObject();
        json.name("number").value(report.limits().queueNumber());
        json.name("maxLength").value(report.limits().queueMaxLength());
        json.name("overflows").value(relay.queueOverflows());
        json.endObject();
        json.name("log").beginObject();
        json.name("group").value(report.limits().logGroup());
        json.name("overflows").value(relay.logOverflows());
        json.endObject();
        json.name("lastRelayedSecondsAgo");
        if (relay.anyRelayed()) {
            json.value(TimeUnit.NANOSECONDS.toSeconds(relay.sinceRelayedNanos()));
        } else {
            json.value((String) null);
        }
        counters(json, relay.counters());
    }

    private static void counters(JsonWriter json, Counters counters) {
        json.name("reasons").beginObject();
        for (Reason reason : Reason.values()) {
            json.name(reason.name()).value(counters.get(reason));
        }
        json.endObject();
        json.name("events").beginObject();
        for (Counters.Event event : Counters.Event.values()) {
            json.name(event.name()).value(counters.get(event));
        }
        json.endObject();
    }

    private static void problems(JsonWriter json, List<StatusReport.Problem> problems) {
        json.beginArray();
        for (StatusReport.Problem problem : problems) {
            json.beginObject();
            json.name("problem").value(problem.problem());
            json.name("fix").value(problem.fix());
            json.endObject();
        }
        json.endArray();
    }

    /** One probe that was changed is enough to say no; without any, nobody knows. */
    private static void habit(JsonWriter json, long kept, long changed) {
        json.beginObject();
        json.name("state").value(changed > 0 ? "no" : kept > 0 ? "yes" : "unknown");
        json.name("kept").value(kept);
        json.name("changed").value(changed);
        json.endObject();
    }

    private static void delivery(JsonWriter json, NatDelivery delivery) {
        json.beginObject();
        json.name("errors").value(ErrorNames.ofType(delivery.errorType()));
        json.name("probes").value(ErrorNames.ofProtocol(delivery.probeProtocol()));
        json.name("state").value(delivery.byNat() ? "yes" : delivery.byNatexd() ? "no" : "unknown");
        json.endObject();
    }

    static String seconds(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
