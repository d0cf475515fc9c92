package io.github.natexd.control;

import io.github.natexd.report.Counters;
import io.github.natexd.report.NatDelivery;
import io.github.natexd.report.NatProfile;
import io.github.natexd.report.Reason;
import io.github.natexd.report.Snapshot;
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
        json.name("keepalive").value(report.keepalive().orElse(null));
        relay(json, report.relay(), report);
        json.endObject();
    }

    private static void relay(JsonWriter json, Snapshot relay, StatusReport report) {
        json.name("nat").beginObject();
        traits(json.name("udp"), relay.nat().udp());
        traits(json.name("icmp"), relay.nat().echo());
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

    private static void traits(JsonWriter json, NatProfile.Traits traits) {
        json.beginObject();
        trait(json.name("portsKept"), traits.portKept());
        trait(json.name("identificationsKept"), traits.identificationKept());
        trait(json.name("ttlKept"), traits.ttlKept());
        trait(json.name("seenLeaving"), traits.seenLeaving());
        json.endObject();
    }

    private static void trait(JsonWriter json, NatProfile.Trait trait) {
        json.beginObject();
        json.name("state").value(trait.known().name().toLowerCase(Locale.ROOT));
        json.name("yes").value(trait.yes());
        json.name("no").value(trait.no());
        json.endObject();
    }

    private static void delivery(JsonWriter json, NatDelivery delivery) {
        json.beginObject();
        json.name("errors").value(delivery.errors());
        json.name("probes").value(ErrorNames.ofProtocol(delivery.probeProtocol()));
        json.name("state").value(delivery.byNat() ? "yes" : delivery.byNatexd() ? "no" : "unknown");
        json.endObject();
    }

    static String seconds(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
