package io.github.natexd.control;

import io.github.natexd.report.Observed;
import io.github.natexd.wire.IcmpError;
import io.github.natexd.wire.Ipv4Address;
import io.github.natexd.wire.MacAddress;
import io.github.natexd.wire.MplsLabels;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** What clients that watch get to see, as JSON; the fields are documented in src/site/markdown/control.md. */
final class ObservedJson {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT);

    private final JsonWriter json;

    ObservedJson(JsonWriter json) {
        this.json = json;
    }

    void write(Observed observed) {
        json.beginObject();
        json.name("version").value(Dialect.VERSION);
        json.name("event").value(observed.event.name().toLowerCase(Locale.ROOT));
        json.name("time").value(time(observed.epochNanos));
        switch (observed.event) {
            case PROBE -> {
                probe(observed);
                json.name("hop").value(observed.hop);
            }
            case REPLY -> {
                probe(observed);
                json.name("reporter").value(Ipv4Address.text(observed.reporter));
                json.name("kind").value(ErrorNames.ofType(observed.type));
                json.name("type").value(observed.type);
                json.name("code").value(observed.code);
            }
            case ERROR -> error(observed);
        }
        json.endObject();
    }

    private void probe(Observed observed) {
        json.name("guest").value(Ipv4Address.text(observed.guest));
        json.name("guestMac").value(MacAddress.text(observed.guestMac));
        json.name("guestPort").value(observed.guestPort);
        json.name("protocol").value(ErrorNames.ofProtocol(observed.protocol));
        json.name("target").value(Ipv4Address.text(observed.target));
        json.name("targetPort").value(observed.targetPort);
    }

    private String time(long epochNanos) {
        Instant time = Instant.ofEpochSecond(0, epochNanos);
        return TIME.format(time.atOffset(ZoneOffset.UTC));
    }

    private void error(Observed observed) {
        boolean guest = observed.guestKnown;
        boolean quote = observed.quoted;
        boolean report = observed.reported;
        json.name("reason").value(observed.reason.name());
        json.name("text").value(observed.reason.text());
        json.name("guest").value(guest ? Ipv4Address.text(observed.guest) : null);
        number("guestPort", guest, observed.guestPort);
        json.name("protocol").value(quote ? ErrorNames.ofProtocol(observed.protocol) : null);
        json.name("source").value(quote ? Ipv4Address.text(observed.source) : null);
        number("sourcePort", quote, observed.sourcePort);
        json.name("target").value(quote ? Ipv4Address.text(observed.target) : null);
        number("targetPort", quote, observed.targetPort);
        number("hop", guest && observed.hop != 0, observed.hop);
        json.name("reporter").value(report ? Ipv4Address.text(observed.reporter) : null);
        json.name("kind").value(report ? ErrorNames.ofType(observed.type) : null);
        number("type", report, observed.type);
        number("code", report, observed.code);
        json.name("codeText").value(report ? ErrorNames.ofCode(observed.type, observed.code) : null);
        number("nextHopMtu", report && isFragmentationNeeded(observed), observed.nextHopMtu);
        number(
                "roundTripMicros",
                guest && observed.roundTripNanos > 0,
                TimeUnit.NANOSECONDS.toMicros(observed.roundTripNanos));
        labels(observed.labels);
    }

    private static boolean isFragmentationNeeded(Observed observed) {
        return observed.type == IcmpError.TYPE_DESTINATION_UNREACHABLE
                && observed.code == IcmpError.CODE_FRAGMENTATION_NEEDED;
    }

    private void labels(MplsLabels labels) {
        json.name("labels").beginArray();
        for (int i = 0; i < labels.count(); i++) {
            int entry = labels.entry(i);
            json.beginObject();
            json.name("label").value(MplsLabels.label(entry));
            json.name("trafficClass").value(MplsLabels.trafficClass(entry));
            json.name("bottom").value(MplsLabels.bottom(entry));
            json.name("ttl").value(MplsLabels.timeToLive(entry));
            json.endObject();
        }
        json.endArray();
    }

    private void number(String name, boolean known, long number) {
        json.name(name);
        if (known) {
            json.value(number);
        } else {
            json.value((String) null);
        }
    }
}
