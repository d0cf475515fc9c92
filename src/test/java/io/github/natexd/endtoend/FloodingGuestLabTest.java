package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.lab.Traceroute;
import io.github.natexd.testkit.Capture;
import io.github.natexd.testkit.FrameFlood;
import io.github.natexd.testkit.HostLoad;
import io.github.natexd.testkit.HostProber;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.LabShell;
import io.github.natexd.testkit.Packet;
import io.github.natexd.testkit.Packets;
import io.github.natexd.testkit.Processors;
import io.github.natexd.testkit.clients.Client;
import io.github.natexd.wire.Ipv4Address;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * One guest sends as many probes as this machine carries, while another runs traceroute. The lab's hub and its NAT, one
 * thread, are the first to lose packets: what they lose, natexd cannot relay. So the test compares what the host got
 * with what the guest got, and its report has the same flood without natexd beside the one with it.
 */
class FloodingGuestLabTest {
    private static final Path REPORT = Path.of("target", "flooding-guest.txt");
    private static final int SECONDS = 8;
    private static final int CAPACITY = 2_048;
    private static final int GUEST = Ipv4Address.parse(Topology.GUEST1);
    /** Addresses behind the target, which forwards nothing and reports nothing. */
    private static final int NOWHERE = Ipv4Address.parse("198.18.0.0");

    private static final int PORTS = 1_000;
    private static final int TTL = 50;
    /** At most one error in so many may miss the guest. */
    private static final int MISSING_SHARE = 20;

    /** Its column in /proc/net/dev, behind the eight for what is received. */
    private static final int SENT_PACKETS = 9;

    @Test
    @DisplayName("shows 4: one guest floods, and another guest's traceroute stays complete")
    void anotherGuestGetsItsErrorsAllTheSame() throws IOException {
        try (Lab lab = Lab.up(LabOptions.defaults())) {
            Processors.onlyFirst("hub of lab");
            StringBuilder report = new StringBuilder();
            report.append("no flood, no natexd: ")
                    .append(HostLoad.startWithoutNatexd(lab, SECONDS).await());
            try (FrameFlood flood = FrameFlood.ofGuest1(lab, FloodingGuestLabTest::probe)) {
                Processors.onlyFirst("flood");
                Carried carried = new Carried(lab);
                HostLoad.Result load = HostLoad.startWithoutNatexd(lab, SECONDS).await();
                report.append("%n%,d probes/s, no natexd: %s".formatted(carried.perSecond(), load));
            }
            try (LabNatexd natexd = LabNatexd.start(lab, "probes.capacity = " + CAPACITY)) {
                HostLoad.warmUp(lab);
                String before = Client.TRACEROUTE.run(lab, Node.GUEST2);
                assertEquals(Topology.HOPS, Traceroute.hops(before), () -> before + natexd.log());
                flood(lab, natexd, report);
            }
        }
    }

    private static void flood(Lab lab, LabNatexd natexd, StringBuilder report) throws IOException {
        try (Capture uplink = Capture.ofProbes(lab, Node.R1, Topology.DOWN, TTL - 1);
                Capture guest2 = Capture.ofProbes(lab, Node.GUEST2, Topology.GUEST_INTERFACE, TTL - 1);
                FrameFlood flood = FrameFlood.ofGuest1(lab, FloodingGuestLabTest::probe)) {
            Processors.onlyFirst("flood");
            Carried carried = new Carried(lab);
            HostLoad load = HostLoad.start(lab, SECONDS, natexd);
            List<List<String>> traces = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                traces.add(Traceroute.hops(Client.TRACEROUTE.run(lab, Node.GUEST2)));
            }
            HostLoad.Result with = load.await();
            report.append("%n%,d probes/s, natexd:    %s%n".formatted(carried.perSecond(), with));
            flood.stop();
            Set<Integer> toHost =
                    ports(uplink.outgoing(octets -> Packet.of(octets).isIcmpError()));
            Set<Integer> toGuest = ports(guest2.incoming(FloodingGuestLabTest::isForGuest2));
            report.append("the other guest: %d of %d traces complete, %d of %d errors relayed%n"
                    .formatted(
                            traces.stream().filter(Topology.HOPS::equals).count(),
                            traces.size(),
                            toGuest.size(),
                            toHost.size()));
            natexd.natexctl("status")
                    .output()
                    .lines()
                    .filter(line -> line.matches(" *(errors|events) .*"))
                    .forEach(line -> report.append(line).append('\n'));
            System.out.print(report);
            Files.writeString(REPORT, report);

            assertTrue(toHost.size() > Topology.HOPS.size(), report::toString);
            Set<Integer> missing = new HashSet<>(toHost);
            missing.removeAll(toGuest);
            // With all processors busy, a probe may be sighted after the last moment at which its error is judged.
            assertTrue(missing.size() <= toHost.size() / MISSING_SHARE, () -> missing + report.toString());
            assertEquals(
                    List.of(),
                    traces.stream().filter(hops -> !Topology.HOPS.equals(hops)).toList(),
                    report::toString);
        }
    }

    /** How many packets the NAT has sent to the uplink; the guest offers more than the hub carries. */
    private static final class Carried {
        private final Lab lab;
        private final long before;
        private final long begunNanos = System.nanoTime();

        Carried(Lab lab) {
            this.lab = lab;
            before = sent();
        }

        private long sent() {
            return Long.parseLong(LabShell.must(lab, Node.HOST, "sed -n 's/^ *" + Topology.UP + ": *//p' /proc/net/dev")
                    .strip()
                    .split(" +")[SENT_PACKETS]);
        }

        long perSecond() {
            return (sent() - before) * TimeUnit.SECONDS.toNanos(1) / (System.nanoTime() - begunNanos);
        }
    }

    private static boolean isForGuest2(byte[] octets) {
        return Packet.of(octets).isIcmpError()
                && Packet.of(octets).destination().equals(Topology.GUEST2);
    }

    /** The ports of the probes that these errors quote, except those of the host's own probes. */
    private static Set<Integer> ports(List<byte[]> errors) {
        return errors.stream()
                .map(octets -> Packet.of(octets).embedded().port())
                .filter(port -> port != HostProber.PORT)
                .collect(Collectors.toSet());
    }

    private static byte[] probe(int number) {
        return Packets.udpProbe(GUEST, NOWHERE + number / PORTS % PORTS, 40_000, 1 + number % PORTS)
                .ttl(TTL)
                .checksum(0)
                .bytes();
    }
}
