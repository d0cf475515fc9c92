package io.github.natexd.heart;

import io.github.natexd.testkit.Macs;
import io.github.natexd.testkit.Packets;
import io.github.natexd.testkit.PcapBuilder;
import io.github.natexd.wire.Ipv4Address;
import java.nio.ByteBuffer;

/**
 * A schedule as a capture file: guests' frames unchanged; probes that left the host, and errors, in frames between
 * router and host.
 */
final class ScheduleCapture {
    private static final long BEGIN_NANOS = 1_000_000_000_000L;

    private ScheduleCapture() {}

    static byte[] of(Schedule schedule) {
        int ethernet = 1;
        PcapBuilder file = PcapBuilder.of(ethernet);
        long at = BEGIN_NANOS;
        int reporter = 0;
        long router = 0x0200_0000_0001L;
        for (Step step : schedule.steps()) {
            if (step instanceof Step.Pass pass) {
                at += pass.nanos();
            } else if (step instanceof Step.Guest guest) {
                file.packet(at, Packets.frame(guest.gateway(), guest.mac(), octets(guest.probe())));
            } else if (step instanceof Step.Leaves leaves) {
                file.packet(at, Packets.frame(router, Macs.HOST, octets(leaves.probe())));
            } else if (step instanceof Step.Errors error) {
                for (int i = 0; i < error.times(); i++) {
                    int from = Ipv4Address.parse("62.0.0.0") + reporter++;
                    byte[] packet = Packets.timeExceeded(from, Packets.HOST)
                            .quoting(octets(error.quoted()), error.octets())
                            .bytes();
                    file.packet(at, Packets.frame(Macs.HOST, router, packet));
                }
            }
        }
        return file.bytes();
    }

    private static byte[] octets(Sent probe) {
        ByteBuffer packet = ByteBuffer.allocate(Sent.HEADER + probe.length());
        probe.write(packet, 0);
        return packet.array();
    }
}
