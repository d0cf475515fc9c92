package io.github.natexd.control;

import io.github.natexd.relay.Observation;
import io.github.natexd.wire.Ipv4Address;
import io.github.natexd.wire.MplsLabels;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The decision about one error as JSON; the fields are documented in src/site/markdown/control.md. */
final class ObservationJson {
    private ObservationJson() {}

    /** @param now the time of the decision */
    static void write(JsonWriter json, Observation observation, Instant now) {
        Observation.Guest guest = observation.guest();
        Observation.Quote quote = observation.quote();
        Observation.Report report = observation.report();
        json.beginObject();
        json.name("version").value(Dialect.VERSION);
        json.name("time")
                .value(now.minusNanos(observation.agoNanos())
                        .truncatedTo(ChronoUnit.MILLIS)
                        .toString());
        json.name("reason").value(observation.reason().name());
        json.name("text").value(observation.reason().text());
        json.name("guest").value(guest == null ? null : Ipv4Address.text(guest.address()));
        number(json.name("guestPort"), guest == null ? null : (long) guest.port());
        json.name("protocol").value(quote == null ? null : ErrorNames.ofProtocol(quote.protocol()));
        json.name("source").value(quote == null ? null : Ipv4Address.text(quote.source()));
        number(json.name("sourcePort"), quote == null ? null : (long) quote.sourcePort());
        json.name("target").value(quote == null ? null : Ipv4Address.text(quote.destination()));
        number(json.name("targetPort"), quote == null ? null : (long) quote.destinationPort());
        number(json.name("hop"), guest == null || guest.hop() == 0 ? null : (long) guest.hop());
        json.name("reporter").value(report == null ? null : Ipv4Address.text(report.reporter()));
        json.name("kind").value(report == null ? null : ErrorNames.ofType(report.type()));
        number(json.name("type"), report == null ? null : (long) report.type());
        number(json.name("code"), report == null ? null : (long) report.code());
        number(
                json.name("roundTripMicros"),
                guest == null || guest.roundTripNanos() <= 0
                        ? null
                        : TimeUnit.NANOSECONDS.toMicros(guest.roundTripNanos()));
        labels(json.name("labels"), report == null ? List.of() : report.labels());
        json.endObject();
    }

    private static void labels(JsonWriter json, List<Integer> entries) {
        json.beginArray();
        for (int entry : entries) {
            json.beginObject();
            json.name("label").value(MplsLabels.label(entry));
            json.name("trafficClass").value(MplsLabels.trafficClass(entry));
            json.name("bottom").value(MplsLabels.bottom(entry));
            json.name("ttl").value(MplsLabels.timeToLive(entry));
            json.endObject();
        }
        json.endArray();
    }

    private static void number(JsonWriter json, @Nullable Long number) {
        if (number == null) {
            json.value((String) null);
        } else {
            json.value(number);
        }
    }
}
