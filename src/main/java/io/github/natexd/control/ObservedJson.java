package io.github.natexd.control;

import io.github.natexd.relay.Observation;
import io.github.natexd.relay.Observed;
import io.github.natexd.wire.IcmpError;
import io.github.natexd.wire.Ipv4Address;
import io.github.natexd.wire.MacAddress;
import io.github.natexd.wire.MplsLabels;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What clients that watch get to see, as JSON; the fields are documented in src/site/markdown/control.md. */
final class ObservedJson {
    private static final long NANOS_OF_SECOND = 1_000_000_000;
    private static final long NANOS_OF_MILLI = 1_000_000;
    private static final long NANOS_OF_MICRO = 1_000;
    /** In front of a fraction of a second, so that it has all its digits. */
    private static final long MICROS_OF_SECOND = 1_000_000;

    private final JsonWriter json;
    private final StringBuilder time = new StringBuilder();
    /** The second that {@link #time} has the text of: most lines are about the same second. */
    private long second = Long.MIN_VALUE;

    private int secondLength;

    ObservedJson(JsonWriter json) {
        this.json = json;
    }

    /** @param nowNanos the present time: nanoseconds since 1970 */
    void write(Observed observed, long nowNanos) {
        if (observed instanceof Observation decided) {
            decided(decided, nowNanos);
        } else if (observed instanceof Observed.SentProbe probe) {
            begin("probe", probe, nowNanos);
            json.name("hop").value(probe.hop());
            json.endObject();
        } else if (observed instanceof Observed.Reply reply) {
            begin("reply", reply.probe(), nowNanos);
            json.name("reporter").value(Ipv4Address.text(reply.reporter()));
            json.name("kind").value(ErrorNames.ofType(reply.type()));
            json.name("type").value(reply.type());
            json.name("code").value(reply.code());
            json.endObject();
        }
    }

    private void begin(String event, Observed.SentProbe probe, long nowNanos) {
        json.beginObject();
        json.name("version").value(Dialect.VERSION);
        json.name("event").value(event);
        json.name("time").value(time(probe.epochNanos(), nowNanos));
        json.name("guest").value(Ipv4Address.text(probe.guest()));
        json.name("guestMac").value(MacAddress.text(probe.guestMac()));
        json.name("guestPort").value(probe.guestPort());
        json.name("protocol").value(ErrorNames.ofProtocol(probe.protocol()));
        json.name("target").value(Ipv4Address.text(probe.target()));
        json.name("targetPort").value(probe.targetPort());
    }

    /** The kernel's time, or else natexd's own, which is less exact. */
    private String time(long epochNanos, long ownNanos) {
        long nanos = epochNanos == 0 ? ownNanos - ownNanos % NANOS_OF_MILLI : epochNanos;
        if (nanos / NANOS_OF_SECOND != second) {
            second = nanos / NANOS_OF_SECOND;
            String whole = Instant.ofEpochSecond(second).toString();
            time.setLength(0);
            time.append(whole, 0, whole.length() - 1);
            secondLength = time.length();
        }
        time.setLength(secondLength);
        time.append(MICROS_OF_SECOND + nanos % NANOS_OF_SECOND / NANOS_OF_MICRO).setCharAt(secondLength, '.');
        return time.append('Z').toString();
    }

    private void decided(Observation observation, long nowNanos) {
        Observation.Guest guest = observation.guest();
        Observation.Quote quote = observation.quote();
        Observation.Report report = observation.report();
        json.beginObject();
        json.name("version").value(Dialect.VERSION);
        json.name("event").value("error");
        json.name("time").value(time(observation.epochNanos(), nowNanos - observation.agoNanos()));
        json.name("reason").value(observation.reason().name());
        json.name("text").value(observation.reason().text());
        json.name("guest").value(guest == null ? null : Ipv4Address.text(guest.address()));
        number("guestPort", guest == null ? null : (long) guest.port());
        json.name("protocol").value(quote == null ? null : ErrorNames.ofProtocol(quote.protocol()));
        json.name("source").value(quote == null ? null : Ipv4Address.text(quote.source()));
        number("sourcePort", quote == null ? null : (long) quote.sourcePort());
        json.name("target").value(quote == null ? null : Ipv4Address.text(quote.destination()));
        number("targetPort", quote == null ? null : (long) quote.destinationPort());
        number("hop", guest == null || guest.hop() == 0 ? null : (long) guest.hop());
        json.name("reporter").value(report == null ? null : Ipv4Address.text(report.reporter()));
        json.name("kind").value(report == null ? null : ErrorNames.ofType(report.type()));
        number("type", report == null ? null : (long) report.type());
        number("code", report == null ? null : (long) report.code());
        json.name("codeText").value(report == null ? null : ErrorNames.ofCode(report.type(), report.code()));
        number("nextHopMtu", report == null ? null : nextHopMtu(report));
        number(
                "roundTripMicros",
                guest == null || guest.roundTripNanos() <= 0
                        ? null
                        : TimeUnit.NANOSECONDS.toMicros(guest.roundTripNanos()));
        labels(report == null ? List.of() : report.labels());
        json.endObject();
    }

    private static @Nullable Long nextHopMtu(Observation.Report report) {
        boolean needed = report.type() == IcmpError.TYPE_DESTINATION_UNREACHABLE
                && report.code() == IcmpError.CODE_FRAGMENTATION_NEEDED;
        return needed ? (long) report.nextHopMtu() : null;
    }

    private void labels(List<Integer> entries) {
        json.name("labels").beginArray();
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

    private void number(String name, @Nullable Long number) {
        json.name(name);
        if (number == null) {
            json.value((String) null);
        } else {
            json.value(number);
        }
    }
}
