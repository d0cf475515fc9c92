package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.linux.emulation.Namespace;
import io.github.natexd.linux.packet.PacketSocket;
import io.github.natexd.testkit.Capture;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.Macs;
import io.github.natexd.testkit.Packet;
import io.github.natexd.testkit.Packets;
import io.github.natexd.wire.Ipv4Address;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Two guests trace the same target as Windows does, at the same time: they send echo requests with identifier 1, the
 * same sequence numbers and the same data. Only their IP IDs differ, and one guest is a TTL ahead, so that another
 * router responds to the same sequence number and a mix-up is noticed. The test makes the frames, because no Linux
 * program sends such probes.
 */
class WindowsGuestsLabTest {
    private static final int IDENTIFIER = 1;
    private static final int ROUNDS = 8;
    private static final int LAST_TTL = 4;
    /** tracert sends 64 octets of zeros. */
    private static final byte[] DATA = new byte[64];

    private record Guest(Node node, String address, long mac, int firstId, int firstTtl) {
        int ttl(int sequence) {
            return (sequence + firstTtl - 1) % LAST_TTL + 1;
        }

        byte[] probe(int sequence) {
            return Packets.echoProbe(
                            Ipv4Address.parse(address), Ipv4Address.parse(Topology.TARGET), IDENTIFIER, sequence)
                    .ttl(ttl(sequence))
                    .id(firstId + sequence)
                    .data(DATA)
                    .bytes();
        }

        void send(PacketSocket socket, int sequence) {
            byte[] probe = probe(sequence);
            Packets.send(socket, Macs.NAT, mac, probe);
        }
    }

    private static final Guest FIRST = new Guest(Node.GUEST1, Topology.GUEST1, Macs.GUEST1, 0x1200, 1);
    private static final Guest SECOND = new Guest(Node.GUEST2, Topology.GUEST2, Macs.GUEST2, 0x7400, 2);

    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "false, true"})
    @DisplayName("R17, R18: two Windows guests with the same identifier and sequence numbers get only their own errors")
    void eachGuestGetsTheErrorsAboutItsOwnProbes(boolean rewritingPorts, boolean rewritingIds) {
        LabOptions options = LabOptions.defaults();
        options = rewritingPorts ? options.rewritingPorts() : options;
        options = rewritingIds ? options.rewritingIds() : options;
        try (Lab lab = Lab.up(options);
                LabNatexd natexd = LabNatexd.start(lab);
                Capture first = Capture.on(lab, FIRST.node, Topology.GUEST_INTERFACE);
                Capture second = Capture.on(lab, SECOND.node, Topology.GUEST_INTERFACE)) {
            sendAtOnce(lab);

            assertOwnErrors(first, FIRST, ROUNDS * LAST_TTL, natexd);
            // The second guest's identifier is replaced because the first one has it.
            assertOwnErrors(second, SECOND, ROUNDS * LAST_TTL, natexd);
        }
    }

    private static void sendAtOnce(Lab lab) {
        try (PacketSocket first = socket(lab, FIRST);
                PacketSocket second = socket(lab, SECOND)) {
            for (int sequence = 0; sequence < ROUNDS * LAST_TTL; sequence++) {
                boolean swapped = sequence / LAST_TTL % 2 == 1;
                (swapped ? SECOND : FIRST).send(swapped ? second : first, sequence);
                (swapped ? FIRST : SECOND).send(swapped ? first : second, sequence);
            }
        }
    }

    private static PacketSocket socket(Lab lab, Guest guest) {
        return Namespace.call(lab.namespace(guest.node()), () -> PacketSocket.openUnfiltered(Topology.GUEST_INTERFACE));
    }

    private static void assertOwnErrors(Capture capture, Guest guest, int least, LabNatexd natexd) {
        List<Packet> errors = capture
                .incoming(octets -> Packet.of(octets).isIcmpError()
                        && Packet.of(octets).destination().equals(guest.address()))
                .stream()
                .map(Packet::of)
                .toList();
        Set<Integer> answered = new HashSet<>();
        for (Packet error : errors) {
            Packet embedded = error.embedded();
            int sequence = embedded.destinationPort();
            Packet probe = Packet.of(guest.probe(sequence));
            assertTrue(answered.add(sequence), () -> "twice: " + error);
            assertEquals(Topology.HOPS.get(guest.ttl(sequence) - 1), error.source(), error::toString);
            assertEquals(guest.address(), embedded.source(), error::toString);
            assertEquals(IDENTIFIER, embedded.port(), error::toString);
            assertEquals(probe.id(), embedded.id(), error::toString);
            assertEquals(probe.transportChecksum(), embedded.transportChecksum(), error::toString);
        }
        assertTrue(
                answered.size() >= least,
                () -> guest.node() + " got " + answered.size() + " errors, about " + answered + " only\n"
                        + natexd.log());
    }
}
