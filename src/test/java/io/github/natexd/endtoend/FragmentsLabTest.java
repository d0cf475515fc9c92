package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.lab.Traceroute;
import io.github.natexd.testkit.Capture;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.Packet;
import io.github.natexd.testkit.Packets;
import io.github.natexd.testkit.clients.Warmup;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Probes that a router on the way has to fragment: the next one quotes the first fragment. */
class FragmentsLabTest {
    private static final int MTU = 600;
    private static final String PROBE_LENGTH = "1200";
    private static final int MORE_FRAGMENTS = 0x2000;

    @ParameterizedTest
    @ValueSource(strings = {"-U", "-I"})
    @DisplayName(
            "R6: an error that quotes a first fragment reaches the guest, with the beginning of its probe as the quote")
    void anErrorAboutAFirstFragmentReachesTheGuest(String method) {
        LabOptions options = LabOptions.defaults().pathMtu(MTU).rewritingPorts().rewritingIds();
        try (Lab lab = Lab.up(options);
                LabNatexd natexd = LabNatexd.start(lab)) {
            Warmup.of(lab);
            // natexd can distinguish probes with one port behind such a NAT once it knows that the NAT keeps the TTL.
            lab.exec(Node.GUEST1, "traceroute", "-n", "-w2", "-q1", Topology.TARGET);
            traceAndCompare(lab, natexd, method);
        }
    }

    private static void traceAndCompare(Lab lab, LabNatexd natexd, String method) {
        try (Capture guest = Capture.on(lab, Node.GUEST1, Topology.GUEST_INTERFACE)) {
            String output = lab.exec(
                            Node.GUEST1, "traceroute", "-n", "-w2", "-q1", method, Topology.TARGET, PROBE_LENGTH)
                    .output();
            assertEquals(lab.hops(), Traceroute.hops(output), output + natexd.log());

            List<Packet> errors = guest.incoming(octets -> Packet.of(octets).isIcmpError()).stream()
                    .map(Packet::of)
                    .filter(error -> error.source().equals(Topology.HOPS.get(3)))
                    .toList();
            assertEquals(1, errors.size(), errors::toString);
            Packet error = errors.get(0);
            Packet quoted = error.embedded();
            Packet probe = guest.outgoing(octets -> Packet.of(octets).probeKey().equals(quoted.probeKey())).stream()
                    .map(Packet::of)
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no probe goes with " + error));
            assertEquals(MORE_FRAGMENTS, quoted.word(6), "flags and offset");
            assertTrue(quoted.totalLength() <= MTU, quoted::toString);
            assertEquals(probe.id(), quoted.id());
            assertEquals(Topology.GUEST1, quoted.source());
            assertEquals(probe.transportChecksum(), quoted.transportChecksum());
            assertTrue(Packets.icmpIntact(error.octets()) && Packets.headerIntact(error.octets(), 28));
        }
    }
}
