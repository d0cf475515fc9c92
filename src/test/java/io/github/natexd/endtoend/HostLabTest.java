package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.NatexdProcess;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.lab.Traceroute;
import io.github.natexd.linux.emulation.Inet4Socket;
import io.github.natexd.linux.emulation.Namespace;
import io.github.natexd.testkit.Capture;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.Packet;
import io.github.natexd.testkit.clients.Client;
import io.github.natexd.testkit.clients.Trace;
import io.github.natexd.wire.Protocol;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** natexd never harms the host's network: the host gets its own errors, whether natexd runs or not. */
class HostLabTest {
    private static final String NET_ADMIN_AND_NET_RAW = "%016x".formatted(1L << 12 | 1L << 13);
    private static final List<String> STARS = List.of("*", "*", "*", "*", "*");

    /** Compares errors at the interface with those at a socket behind the queue. */
    @Test
    @DisplayName("R15, R16: errors without a mapping reach the host bit-identical, and no guest")
    void errorsWithoutMappingReachTheHostBitIdentical() {
        try (Lab lab = Lab.up(LabOptions.defaults());
                LabNatexd natexd = LabNatexd.start(lab);
                Inet4Socket behind = Namespace.call(lab.namespace(Node.HOST), () -> Inet4Socket.raw(Protocol.ICMP));
                Capture before = Capture.on(lab, Node.HOST, Topology.UP);
                Capture guest1 = Capture.on(lab, Node.GUEST1, Topology.GUEST_INTERFACE)) {
            for (Client client : List.of(Client.TRACEROUTE, Client.TRACEROUTE_ICMP, Client.TRACEPATH)) {
                String output = client.run(lab, Node.HOST);
                assertEquals(Topology.HOPS, Traceroute.hops(output), output + natexd.log());
            }

            List<String> arrived = before.incoming(octets -> Packet.of(octets).isIcmpError()).stream()
                    .map(HexFormat.of()::formatHex)
                    .sorted()
                    .toList();
            assertFalse(arrived.isEmpty());
            assertEquals(arrived, errorsAt(behind));
            assertEquals(List.of(), guest1.incoming(octets -> Packet.of(octets).isIcmpError()));
        }
    }

    @Test
    @DisplayName("R36: errors for a guest reach no socket of the host")
    void errorsForAGuestReachNoSocketOfTheHost() {
        try (Lab lab = Lab.up(LabOptions.defaults());
                LabNatexd natexd = LabNatexd.start(lab);
                Inet4Socket behind = Namespace.call(lab.namespace(Node.HOST), () -> Inet4Socket.raw(Protocol.ICMP))) {
            String output = Client.TRACEROUTE.run(lab, Node.GUEST1);

            assertEquals(Topology.HOPS, Traceroute.hops(output), output + natexd.log());
            assertEquals(List.of(), errorsAt(behind));
        }
    }

    @Test
    @DisplayName("R42: the host's traceroute still works when natexd is killed, and the guest's again after a restart")
    void theHostTracesOnWhenNatexdIsKilledAndARestartRecoversTheGuest() {
        try (Lab lab = Lab.up(LabOptions.defaults())) {
            LabNatexd first = LabNatexd.start(lab);
            Trace guest = Trace.start(lab, Node.GUEST1, Client.MTR);
            first.killHard();

            String host = Client.TRACEROUTE.run(lab, Node.HOST);
            assertEquals(Topology.HOPS, Traceroute.hops(host), host);
            String orphan = lab.exec(Node.GUEST2, "traceroute", "-n", "-q1", "-w1", "-m5", Topology.TARGET)
                    .output();
            assertEquals(STARS, Traceroute.hops(orphan), orphan);
            assertFalse(guest.output().isEmpty());

            try (LabNatexd second = LabNatexd.start(lab)) {
                String recovered = Client.TRACEROUTE.run(lab, Node.GUEST1);
                assertEquals(Topology.HOPS, Traceroute.hops(recovered), recovered + second.log());
            }
        }
    }

    @Test
    @DisplayName("R47: natexd runs as an unprivileged user with two capabilities only")
    void natexdRunsAsAnUnprivilegedUserWithTwoCapabilitiesOnly() throws Exception {
        try (Lab lab = Lab.up(LabOptions.defaults());
                LabNatexd natexd = LabNatexd.start(lab)) {
            List<String> status = Files.readAllLines(Path.of("/proc", Long.toString(natexd.pid()), "status"));

            for (String set : List.of("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")) {
                assertTrue(status.contains(set + ":\t" + NET_ADMIN_AND_NET_RAW), () -> set + " in " + status);
            }
            int user = NatexdProcess.USER;
            assertTrue(status.contains("Uid:\t%d\t%d\t%d\t%d".formatted(user, user, user, user)), status::toString);
            String output = Client.TRACEROUTE.run(lab, Node.GUEST1);
            assertEquals(Topology.HOPS, Traceroute.hops(output), output + natexd.log());
        }
    }

    /** The packets that a raw socket of the host has received, sorted; it sees what passes the hook {@code input}. */
    private static List<String> errorsAt(Inet4Socket socket) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(4096);
        List<String> errors = new ArrayList<>();
        for (int length = socket.receive(buffer); length != 0; length = socket.receive(buffer)) {
            byte[] octets = new byte[length];
            buffer.get(0, octets);
            if (Packet.of(octets).isIcmpError()) {
                errors.add(HexFormat.of().formatHex(octets));
            }
        }
        return errors.stream().sorted().toList();
    }
}
