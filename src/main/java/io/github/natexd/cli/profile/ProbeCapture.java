package io.github.natexd.cli.profile;

import io.github.natexd.cli.capture.Interrupt;
import io.github.natexd.cli.capture.LiveCapture;
import io.github.natexd.cli.capture.PcapngWriter;
import io.github.natexd.linux.packet.PacketFilter;
import io.github.natexd.wire.Ipv4Address;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Captures both sides of the NAT while somebody runs the right commands in a guest. */
final class ProbeCapture {
    private final String network;
    private final String target;
    private final int targetAddress;
    private final long limitPackets;
    private final PrintWriter out;

    /** Why a capture is not of the whole time, and whether something went wrong. */
    record EarlyEnd(String reason, boolean failed) {}

    ProbeCapture(String network, int target, long limitPackets, PrintWriter out) {
        this.network = network;
        this.target = Ipv4Address.text(target);
        this.targetAddress = target;
        this.limitPackets = limitPackets;
        this.out = out;
    }

    /**
     * Prints what to do in the guest, and captures for this time, or until Ctrl-C. {@code interrupt} outlives what
     * follows. Returns why the capture ended otherwise.
     */
    Optional<EarlyEnd> run(Path file, String guest, long seconds, Interrupt interrupt) throws IOException {
        try (LiveCapture.Sockets sockets = LiveCapture.Sockets.open(network, PacketFilter.about(targetAddress));
                PcapngWriter writer = PcapngWriter.create(file)) {
            LiveCapture capture = new LiveCapture(writer, sockets, network);
            interrupt.calls(capture::stop);
            out.println("Capturing packets from and to " + target + " on " + network + " and on all other interfaces.");
            out.println("Stop natexd first: the NAT process does not get the errors that natexd moves.");
            out.println("Then run these commands in the guest " + guest + ":");
            out.println();
            commands();
            out.println();
            out.println("The capture ends after " + seconds + " s, or with Ctrl-C.");
            out.flush();
            capture.run(TimeUnit.SECONDS.toNanos(seconds), limitPackets);
            return earlyEnd(capture);
        }
    }

    private Optional<EarlyEnd> earlyEnd(LiveCapture capture) {
        if (capture.guestNetworkGone()) {
            return Optional.of(
                    new EarlyEnd(network + " disappeared; the profile uses only the packets until then", true));
        }
        return capture.packets() < limitPackets
                ? Optional.empty()
                : Optional.of(new EarlyEnd(
                        "the capture reached its limit of " + limitPackets
                                + " packets; the profile uses only these packets",
                        false));
    }

    private void commands() {
        command("traceroute -n " + target, "UDP; in Windows there is no such command");
        command("traceroute -n -I " + target, "ICMP; in Windows: tracert -d " + target);
        command("ping -c 3 " + target, "replies; in Windows: ping " + target);
        command("curl -m 5 http://" + target + "/", "TCP, if port 80 is open there");
    }

    private void command(String command, String what) {
        out.println("  %-36s # %s".formatted(command, what));
    }
}
