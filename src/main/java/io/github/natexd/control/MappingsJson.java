package io.github.natexd.control;

import io.github.natexd.report.MappingPage;
import io.github.natexd.report.MappingRow;
import io.github.natexd.wire.Ipv4Address;
import io.github.natexd.wire.MacAddress;
import java.util.concurrent.TimeUnit;

/** A page of mappings as JSON; the fields are documented in src/site/markdown/control.md. */
final class MappingsJson {
    private MappingsJson() {}

    static void write(JsonWriter json, MappingPage page) {
        json.beginObject();
        json.name("version").value(Dialect.VERSION);
        json.name("mappings").beginArray();
        page.rows().forEach(row -> write(json, row));
        json.endArray();
        json.name("next");
        if (page.next() == MappingPage.END) {
            json.value((String) null);
        } else {
            json.value(page.next());
        }
        json.endObject();
    }

    private static void write(JsonWriter json, MappingRow row) {
        json.beginObject();
        json.name("guest").value(Ipv4Address.text(row.guest()));
        json.name("guestMac").value(MacAddress.text(row.guestMac()));
        json.name("protocol").value(ErrorNames.ofProtocol(row.protocol()));
        json.name("guestPort").value(row.guestPort());
        json.name("destination").value(Ipv4Address.text(row.destination()));
        json.name("destinationPort").value(row.destinationPort());
        json.name("hostAddress").value(Ipv4Address.text(row.hostAddress()));
        json.name("hostPort").value(row.hostPort());
        json.name("hop").value(row.timeToLive());
        json.name("ageMillis").value(TimeUnit.NANOSECONDS.toMillis(row.ageNanos()));
        json.endObject();
    }
}
