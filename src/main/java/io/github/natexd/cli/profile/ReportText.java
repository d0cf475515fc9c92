package io.github.natexd.cli.profile;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** A profile as a table for people. */
final class ReportText {
    private final PrintWriter out;

    ReportText(PrintWriter out) {
        this.out = out;
    }

    void print(NatReport report, boolean redact) {
        if (report.source().equals("natexd")) {
            out.println("NAT profile, as the running natexd has learned it; captures show the rest");
        } else {
            String network = redact
                    ? ""
                    : ", guest network "
                            + report.guestNetwork().map(Object::toString).orElse("not found");
            out.println("NAT profile from captures: %d packets of guests, %d of the host's side%s"
                    .formatted(report.guestPackets(), report.hostPackets(), network));
        }
        section("UDP", report.udp());
        section("ICMP echo", report.icmp());
        section("TCP", report.tcp());
    }

    private void section(String title, List<Finding> findings) {
        out.println();
        out.println(title);
        for (Finding finding : findings) {
            out.println("  %-46s %-8s %s"
                    .formatted(
                            finding.trait().label(),
                            finding.state().name().toLowerCase(Locale.ROOT),
                            finding.evidence()));
        }
    }
}
