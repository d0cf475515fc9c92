package io.github.natexd.cli.profile;

import io.github.natexd.control.JsonWriter;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** A profile for programs; the fields are documented in src/site/markdown/nat-profile.md and stay as they are. */
final class ReportJson {
    /** Grows when a field changes its meaning or goes; new fields may come without. */
    static final int VERSION = 1;

    private final JsonWriter json;

    ReportJson(PrintWriter out) {
        json = JsonWriter.indented(out);
    }

    void print(NatReport report, boolean redact) {
        json.beginObject();
        json.name("version").value(VERSION);
        json.name("source").value(report.source());
        json.name("guestNetwork")
                .value(report.guestNetwork()
                        .filter(network -> !redact)
                        .map(Object::toString)
                        .orElse(null));
        json.name("guestPackets").value(report.guestPackets());
        json.name("hostPackets").value(report.hostPackets());
        section("udp", report.udp());
        section("icmp", report.icmp());
        section("tcp", report.tcp());
        json.endObject();
    }

    private void section(String name, List<Finding> findings) {
        json.name(name).beginObject();
        for (Finding finding : findings) {
            json.name(finding.trait().field()).beginObject();
            json.name("state").value(finding.state().name().toLowerCase(Locale.ROOT));
            json.name("yes").value(finding.yes());
            json.name("no").value(finding.no());
            json.endObject();
        }
        json.endObject();
    }
}
