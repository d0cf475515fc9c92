package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.LabOptions.Send;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.lab.Traceroute;
import io.github.natexd.testkit.Capture;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.Macs;
import io.github.natexd.testkit.Packet;
import io.github.natexd.testkit.Packets;
import io.github.natexd.testkit.clients.Warmup;
import io.github.natexd.wire.EthernetFrame;
import io.github.natexd.wire.MacAddress;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares what arrives in the guest, octet by octet, with the probe that left it (embedded fields, R24 to R30) and
 * with the error that arrived at the host (everything that must not change, R23, R25, R26, R33, R34). Recomputes all
 * checksums (R32).
 */
class OctetsLabTest {
    private static final int PROBES = 5;
    /**
     * traceroute gives up a hop after ten times the delay of a nearer one; here that is far less than the 10 ms for
     * which natexd may look for a better pair. This option makes it wait two seconds.
     */
    private static final String WAIT = "-w2,1000000,1000000";

    private static final int OUTER = 20;
    private static final int ICMP_HEADER = 8;

    @ParameterizedTest
    @MethodSource("io.github.natexd.testkit.clients.NatWays#notable")
    @DisplayName("R23-R27, R32, R34, R37: every octet of an error is what the guest must see")
    void everyOctetOfAnErrorIsAsTheGuestMustSeeIt(LabOptions options) {
        try (Lab lab = Lab.up(options);
                LabNatexd natexd = LabNatexd.start(lab);
                Capture guest = Capture.on(lab, Node.GUEST1, Topology.GUEST_INTERFACE);
                Capture uplink = Capture.on(lab, Node.HOST, Topology.UP)) {
            Warmup.of(lab);
            // Includes odd lengths, where the last octet has no partner in the checksum.
            trace(lab, "traceroute", "-n", "-q1", WAIT, Topology.TARGET, "61");
            trace(lab, "traceroute", "-n", "-q1", WAIT, "-t", "184", Topology.TARGET, "300");
            trace(lab, "traceroute", "-n", "-q1", WAIT, "-I", Topology.TARGET, "75");

            List<Packet> probes =
                    packets(guest.outgoing(octets -> Packet.of(octets).isProbe()));
            List<Packet> arrived =
                    packets(uplink.incoming(octets -> Packet.of(octets).isIcmpError()));
            List<Capture.Frame> errors = guest.frames().stream()
                    .filter(frame -> !frame.outgoing() && isErrorForGuest(Packet.of(frame.packet())))
                    .toList();
            // The target responds to the last echo request itself.
            assertTrue(errors.size() >= 3 * PROBES - 1, () -> errors.size() + " errors\n" + natexd.log());
            // A socket with IP_TTL sends with its own TOS, which natexd does not change (R26).
            boolean tosKept = options.send() != Send.SOCKET;
            for (Capture.Frame frame : errors) {
                Packet error = Packet.of(frame.packet());
                assertFrame(frame.octets());
                assertChecksums(error);
                assertEmbedded(error, probe(error, probes), tosKept);
                assertRest(error, original(error, arrived));
            }
        }
    }

    /** Selects errors for guest1, because the hub also sends it the other guest's. */
    private static boolean isErrorForGuest(Packet packet) {
        return packet.isIcmpError() && packet.destination().equals(Topology.GUEST1);
    }

    private static void trace(Lab lab, String... command) {
        Lab.Result result = lab.exec(Node.GUEST1, command);
        assertEquals(lab.hops(), Traceroute.hops(result.output()), result.output());
    }

    private static List<Packet> packets(List<byte[]> octets) {
        return octets.stream().map(Packet::of).toList();
    }

    private static Packet probe(Packet error, List<Packet> probes) {
        return single(
                error,
                probes.stream()
                        .filter(probe ->
                                probe.probeKey().equals(error.embedded().probeKey()))
                        .toList());
    }

    /**
     * Finds the same error by the router's IP ID and, because these IDs may repeat, by the destination port or
     * sequence.
     */
    private static Packet original(Packet error, List<Packet> arrived) {
        return single(
                error,
                arrived.stream()
                        .filter(other -> other.source().equals(error.source())
                                && other.id() == error.id()
                                && other.embedded().protocol()
                                        == error.embedded().protocol()
                                && other.embedded().destinationPort()
                                        == error.embedded().destinationPort())
                        .toList());
    }

    private static Packet single(Packet error, List<Packet> found) {
        assertEquals(1, found.size(), () -> error + " fits to " + found);
        return found.get(0);
    }

    private static void assertFrame(byte[] octets) {
        EthernetFrame frame = new EthernetFrame().over(Packets.buffer(octets), 0, octets.length);
        assertEquals(MacAddress.text(Macs.GUEST1), MacAddress.text(frame.destination()));
        assertEquals(MacAddress.text(Macs.NAT), MacAddress.text(frame.source()));
    }

    private static void assertChecksums(Packet error) {
        assertEquals(OUTER, error.headerLength());
        assertTrue(Packets.headerIntact(error.octets(), 0), () -> "outer header checksum: " + error);
        assertTrue(Packets.icmpIntact(error.octets()), () -> "ICMP checksum: " + error);
        assertTrue(Packets.headerIntact(error.octets(), error.embedded().at()), () -> "embedded header: " + error);
        // Linux routers quote such short packets completely, so the transport checksum can be recomputed, too.
        assertTrue(
                Packets.transportIntact(error.octets(), error.embedded().at()), () -> "embedded transport: " + error);
    }

    private static void assertEmbedded(Packet error, Packet probe, boolean tosKept) {
        Packet embedded = error.embedded();
        assertEquals(Topology.GUEST1, error.destination());
        assertEquals(probe.source(), embedded.source());
        assertEquals(probe.destination(), embedded.destination());
        assertEquals(probe.headerLength(), embedded.headerLength());
        if (tosKept) {
            assertEquals(probe.octet(1), embedded.octet(1), "TOS");
        }
        assertEquals(probe.totalLength(), embedded.totalLength());
        assertEquals(probe.id(), embedded.id());
        assertEquals(probe.word(6), embedded.word(6), "flags and fragment offset");
        assertEquals(probe.port(), embedded.port());
        assertEquals(probe.destinationPort(), embedded.destinationPort());
        assertEquals(probe.transportChecksum(), embedded.transportChecksum());
        byte[] quoted = embedded.data();
        assertArrayEquals(Arrays.copyOf(probe.data(), quoted.length), quoted);
    }

    /** All octets that did not have to change are equal to those of the error that reached the host. */
    private static void assertRest(Packet error, Packet original) {
        byte[] expected = original.octets().clone();
        byte[] seen = error.octets().clone();
        int embedded = OUTER + ICMP_HEADER;
        int transport = embedded + OUTER;
        int port = error.embedded().isUdp() ? transport : transport + 4;
        int checksum = error.embedded().isUdp() ? transport + 6 : transport + 2;
        int[][] changed = {
            {10, 2}, // outer header checksum
            {16, 4}, // outer destination
            {OUTER + 2, 2}, // ICMP checksum
            {embedded + 4, 2}, // embedded IP ID
            {embedded + 10, 2}, // embedded header checksum
            {embedded + 12, 4}, // embedded source
            {port, 2},
            {checksum, 2}
        };
        for (int[] field : changed) {
            Arrays.fill(expected, field[0], field[0] + field[1], (byte) 0);
            Arrays.fill(seen, field[0], field[0] + field[1], (byte) 0);
        }
        assertArrayEquals(expected, seen, error::toString);
    }
}
