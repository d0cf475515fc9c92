package io.github.natexd.control;

import io.github.natexd.relay.Observation;
import io.github.natexd.relay.Observed;
import io.github.natexd.wire.IcmpError;
import io.github.natexd.wire.Ipv4Address;
import io.github.natexd.wire.MacAddress;
import io.github.natexd.wire.MplsLabels;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What clients that watch get to see, as JSON; the fields are documented in src/site/markdown/control.md. */
final class ObservedJson {
    private ObservedJson() {}

    /** @param now the present time */
    static void write(JsonWriter json, Observed observed, Instant now) {
        if (observed instanceof Observation decided) {
            decided(json, decided, now);
        } else if (observed instanceof Observed.SentProbe probe) {
            begin(json, "probe", probe, now);
            json.name("hop").value(probe.hop());
            json.endObject();
        } else if (observed instanceof Observed.Reply reply) {
            begin(json, "reply", reply.probe(), now);
            json.name("reporter").value(Ipv4Address.text(reply.reporter()));
            json.name("kind").value(ErrorNames.ofType(reply.type()));
            json.name("type").value(reply.type());
            json.name("code").value(reply.code());
            json.endObject();
        }
    }

    private static void begin(JsonWriter json, String event, Observed.SentProbe probe, Instant now) {
        json.beginObject();
        json.name("version").value(Dialect.VERSION);
        json.name("event").value(event);
        json.name("time").value(time(probe.epochNanos(), now).toString());
        json.name("guest").value(Ipv4Address.text(probe.guest()));
        json.name("guestMac").value(MacAddress.text(probe.guestMac()));
        json.name("guestPort").value(probe.guestPort());
        json.name("protocol").value(ErrorNames.ofProtocol(probe.protocol()));
        json.name("target").value(Ipv4Address.text(probe.target()));
        json.name("targetPort").value(probe.targetPort());
    }

    private static Instant time(Observation observation, Instant now) {
        return time(observation.epochNanos(), now.minusNanos(observation.agoNanos()));
    }

    /** The kernel's time, or else natexd's own, which is less exact. */
    private static Instant time(long epochNanos, Instant own) {
        return epochNanos == 0
                ? own.truncatedTo(ChronoUnit.MILLIS)
                : Instant.EPOCH.plusNanos(epochNanos).truncatedTo(ChronoUnit.MICROS);
    }

    private static void decided(JsonWriter json, Observation observation, Instant now) {
        Observation.Guest guest = observation.guest();
        Observation.Quote quote = observation.quote();
        Observation.Report report = observation.report();
        json.beginObject();
        json.name("version").value(Dialect.VERSION);
        json.name("event").value("error");
        json.name("time").value(time(observation, now).toString());
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
        json.name("codeText").value(report == null ? null : ErrorNames.ofCode(report.type(), report.code()));
        number(json.name("nextHopMtu"), report == null ? null : nextHopMtu(report));
        number(
                json.name("roundTripMicros"),
                guest == null || guest.roundTripNanos() <= 0
                        ? null
                        : TimeUnit.NANOSECONDS.toMicros(guest.roundTripNanos()));
        labels(json.name("labels"), report == null ? List.of() : report.labels());
        json.endObject();
    }

    private static @Nullable Long nextHopMtu(Observation.Report report) {
        boolean needed = report.type() == IcmpError.TYPE_DESTINATION_UNREACHABLE
                && report.code() == IcmpError.CODE_FRAGMENTATION_NEEDED;
        return needed ? (long) report.nextHopMtu() : null;
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
