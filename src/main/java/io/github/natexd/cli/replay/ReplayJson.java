package io.github.natexd.cli.replay;

import io.github.natexd.cli.capture.LinkLayer;
import io.github.natexd.cli.form.Ipv4Network;
import io.github.natexd.control.JsonWriter;
import io.github.natexd.wire.Ipv4Address;
import io.github.natexd.wire.MacAddress;
import io.github.natexd.wire.Protocol;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The report as JSON; the fields are documented in src/site/markdown/replay.md and are stable. */
final class ReplayJson implements ReplayOutput {
    /** Increases when a field is removed or changes its meaning; a new field does not increase it. */
    static final int VERSION = 1;

    private static final long NANOS_OF_SECOND = 1_000_000_000;

    private final PrintWriter out;
    private final JsonWriter json;
    private final boolean hex;

    ReplayJson(PrintWriter out, boolean hex) {
        this.out = out;
        this.json = JsonWriter.indented(out);
        this.hex = hex;
    }

    @Override
    public void begin(String file, ReplayRoles roles) {
        json.beginObject();
        json.name("version").value(VERSION);
        json.name("file").value(file);
        json.name("hosts").beginArray();
        roles.hosts().forEach(host -> json.value(Ipv4Address.text(host)));
        json.endArray();
        json.name("hostsDerived").value(roles.hostsDerived());
        json.name("guestNetwork")
                .value(roles.guestNetwork().map(Ipv4Network::toString).orElse(null));
        json.name("guestNetworkDerived").value(roles.guestNetworkDerived());
        json.name("assumedGuest")
                .value(roles.assumedGuest().map(Ipv4Address::text).orElse(null));
        json.name("errors").beginArray();
    }

    @Override
    public void error(ReplayedError error) {
        json.beginObject();
        json.name("packet").value(error.packet());
        json.name("time")
                .value(Instant.ofEpochSecond(error.nanos() / NANOS_OF_SECOND, error.nanos() % NANOS_OF_SECOND)
                        .toString());
        json.name("waitedNanos").value(error.waitedNanos());
        json.name("reason").value(error.reason().name());
        json.name("cut").value(error.cut());
        json.name("received");
        packet(error.original());
        json.name("rewritten");
        if (error.rewritten() == null) {
            json.value((String) null);
        } else {
            packet(error.rewritten());
        }
        json.name("guestMac").value(mac(error.guestMac()));
        json.name("gatewayMac").value(mac(error.gatewayMac()));
        json.endObject();
    }

    @Override
    public void end(ReplayCounts counts, @Nullable String damage) {
        json.endArray();
        json.name("summary").beginObject();
        json.name("packets").value(counts.packets);
        json.name("guestProbes").value(counts.guestProbes);
        json.name("egressProbes").value(counts.egressProbes);
        json.name("errors").value(counts.errors);
        json.name("errorsCut").value(counts.cutErrors);
        json.name("errorsToGuests").value(counts.errorsToGuests);
        json.name("otherLinkTypes").value(counts.otherLinkTypes);
        json.name("reasons").beginObject();
        counts.reasons().forEach((reason, count) -> json.name(reason.name()).value(count));
        json.endObject().endObject();
        json.name("damage").value(damage);
        json.endObject();
        out.flush();
    }

    private void packet(byte[] octets) {
        DecodedError error = DecodedError.of(octets);
        json.beginObject();
        json.name("source").value(Ipv4Address.text(error.reporter()));
        json.name("destination").value(Ipv4Address.text(error.destination()));
        json.name("length").value(error.length());
        json.name("type").value(error.type());
        json.name("code").value(error.code());
        json.name("quote");
        quote(error.quote());
        if (hex) {
            json.name("octets").value(HexFormat.of().formatHex(octets));
        }
        json.endObject();
    }

    private void quote(DecodedError.@Nullable Quote quote) {
        if (quote == null) {
            json.value((String) null);
            return;
        }
        boolean echo = quote.protocol() == Protocol.ICMP;
        json.beginObject();
        json.name("protocol").value(quote.protocolName());
        json.name("source").value(Ipv4Address.text(quote.source()));
        json.name("destination").value(Ipv4Address.text(quote.destination()));
        if (quote.hasPorts()) {
            json.name(echo ? "identifier" : "sourcePort").value(quote.sourcePort());
            json.name(echo ? "sequence" : "destinationPort").value(quote.destinationPort());
        }
        json.name("identification").value(quote.identification());
        json.name("timeToLive").value(quote.timeToLive());
        json.endObject();
    }

    private static @Nullable String mac(long address) {
        return address == LinkLayer.NO_MAC ? null : MacAddress.text(address);
    }
}
