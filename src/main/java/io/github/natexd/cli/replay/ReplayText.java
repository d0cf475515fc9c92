package io.github.natexd.cli.replay;

import io.github.natexd.cli.capture.LinkLayer;
import io.github.natexd.cli.form.Ipv4Network;
import io.github.natexd.wire.Ipv4Address;
import io.github.natexd.wire.MacAddress;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The report as text for people. */
final class ReplayText implements ReplayOutput {
    private static final int NANOS_OF_MICRO = 1_000;
    private static final int MICROS_OF_SECOND = 1_000_000;
    private static final int HEX_ROW_OCTETS = 16;
    private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

    private final PrintWriter out;
    private final boolean hex;
    private long firstNanos;
    private boolean guestAssumed;

    ReplayText(PrintWriter out, boolean hex) {
        this.out = out;
        this.hex = hex;
    }

    @Override
    public void begin(String file, ReplayRoles roles) {
        firstNanos = roles.firstNanos();
        guestAssumed = roles.assumedGuest().isPresent();
        out.println(file);
        out.println("  host           " + addresses(roles.hosts())
                + (roles.hostsDerived() ? origin(roles.hosts().isEmpty(), "it receives ICMP errors; --host") : ""));
        out.println("  guest network  "
                + roles.guestNetwork().map(Ipv4Network::toString).orElse("unknown")
                + (roles.guestNetworkDerived()
                        ? origin(false, "VMware network cards send from it; --guest-network")
                        : ""));
        roles.assumedGuest()
                .ifPresent(guest ->
                        out.println("  The capture has no guest's probes. Each probe that leaves the host, even the"
                                + " host's own,\n  is treated as if " + Ipv4Address.text(guest) + " had sent it."));
        out.println();
    }

    @Override
    public void error(ReplayedError error) {
        out.println("#" + error.packet() + " " + seconds(error.nanos() - firstNanos) + " " + error.reason() + ": "
                + error.reason().text() + later(error));
        packet("in ", DecodedError.of(error.original()));
        if (error.rewritten() != null) {
            packet("out", DecodedError.of(error.rewritten()));
            out.println("        in a frame from " + mac(error.gatewayMac()) + " to " + mac(error.guestMac()));
        }
        if (hex) {
            dump("in ", error.original());
            if (error.rewritten() != null) {
                dump("out", error.rewritten());
            }
        }
    }

    @Override
    public void end(ReplayCounts counts, @Nullable String damage) {
        if (counts.errors > 0) {
            out.println();
        }
        out.println("packets: " + counts.packets + ", guests' probes: " + counts.guestProbes
                + ", probes leaving the host: " + counts.egressProbes + ", ICMP errors to the host: " + counts.errors);
        counts.reasons()
                .forEach((reason, count) -> out.println("%8d  %-24s %s".formatted(count, reason, reason.text())));
        hints(counts).forEach(hint -> out.println("  " + hint));
        if (damage != null) {
            out.println("  The rest of the file cannot be read: " + damage);
        }
        out.flush();
    }

    /** Hints for a user who wonders why nothing was relayed. */
    private List<String> hints(ReplayCounts counts) {
        List<String> hints = new ArrayList<>();
        if (counts.errorsToGuests > 0) {
            hints.add("The capture also has " + counts.errorsToGuests
                    + " ICMP errors to guests, delivered by natexd or the NAT process.");
        }
        if (counts.cutErrors > 0) {
            hints.add("The capture has only the beginning of " + counts.cutErrors
                    + " errors; natexd gets complete packets. Capture complete packets (tcpdump -s 0).");
        }
        if (counts.otherLinkTypes > 0) {
            hints.add("Skipped: " + counts.otherLinkTypes + " packets whose link layer is not Ethernet, raw IP or Linux"
                    + " cooked.");
        }
        if (counts.errors > 0 && counts.guestProbes == 0 && counts.egressProbes == 0) {
            hints.add(
                    "No error can be matched to a guest: the capture has neither guests' probes nor probes that leave the host."
                            + " Capture on the guest network and the uplink, and start before the traceroute.");
        } else if (counts.errors > 0 && counts.guestProbes == 0 && !guestAssumed) {
            hints.add(
                    "The capture has no guest's probes. Capture on the guest network too (a capture of `any' alone does"
                            + " not have them), or name the guest that sent the probes: --guest ADDR.");
        }
        return hints;
    }

    private void packet(String which, DecodedError error) {
        out.println("   " + which + "  " + Ipv4Address.text(error.reporter()) + " > "
                + Ipv4Address.text(error.destination()) + " " + error.kind() + ", " + error.length() + " octets");
        out.println("        quotes " + (error.quote() == null ? "nothing readable" : error.quote()));
    }

    private static String addresses(List<Integer> addresses) {
        return addresses.isEmpty()
                ? "unknown"
                : addresses.stream().map(Ipv4Address::text).collect(Collectors.joining(", "));
    }

    private static String origin(boolean nothing, String how) {
        return nothing ? "" : "  (derived: " + how + " overrides it)";
    }

    private static String later(ReplayedError error) {
        return error.waitedNanos() == 0 ? "" : " (decided " + seconds(error.waitedNanos()) + " s after it arrived)";
    }

    private static String mac(long address) {
        return address == LinkLayer.NO_MAC ? "an unknown MAC" : MacAddress.text(address);
    }

    private static String seconds(long nanos) {
        long micros = nanos / NANOS_OF_MICRO;
        return "%d.%06d".formatted(micros / MICROS_OF_SECOND, Math.abs(micros % MICROS_OF_SECOND));
    }

    private void dump(String which, byte[] octets) {
        for (int at = 0; at < octets.length; at += HEX_ROW_OCTETS) {
            String row = HEX.formatHex(octets, at, Math.min(at + HEX_ROW_OCTETS, octets.length));
            out.println("   %s  %04x  %s".formatted(at == 0 ? which : "   ", at, row));
        }
    }
}
