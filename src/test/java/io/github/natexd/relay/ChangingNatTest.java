package io.github.natexd.relay;

import static io.github.natexd.relay.RelayScene.ROOT;
import static io.github.natexd.testkit.Packets.GUEST;
import static io.github.natexd.testkit.Packets.HOST;
import static io.github.natexd.testkit.Packets.ROUTER;
import static io.github.natexd.testkit.Packets.TARGET;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.report.Counters;
import io.github.natexd.report.Reason;
import io.github.natexd.testkit.FakePacketQueue.Verdict;
import io.github.natexd.testkit.Packets;
import io.github.natexd.testkit.ProbeBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A NAT process that changes its ways while the guest network stays, and errors about what nobody sent. */
class ChangingNatTest {
    private static final int HOPS = 30;
    /** As many as Linux' traceroute has on their way. */
    private static final int IN_FLIGHT = 16;

    private static final int PORT = 40000;

    /** What a NAT process does to probes. */
    private record Ways(boolean keepsPorts, boolean keepsIds, int hopsTaken) {}

    private static final Ways KEEPING = new Ways(true, true, 0);
    private static final Ways ALL_CHANGED = new Ways(false, false, 1);

    private final RelayScene scene = RelayScene.byFrames();
    private int probes;

    @ParameterizedTest
    @CsvSource({
        "udp, false, true, 0",
        "udp, true, false, 0",
        "udp, true, true, 1",
        "udp, false, true, 1",
        "udp, true, false, 1",
        "echo, false, true, 0",
        "echo, true, false, 0",
        "echo, true, true, 1",
        "echo, false, true, 1",
        "echo, true, false, 1",
    })
    @DisplayName(
            "R36, R52: defect 15: where ports, IP IDs or the TTL are not kept any more, the next trace is complete")
    void theTraceAfterAChangeIsComplete(String protocol, boolean keepsPorts, boolean keepsIds, int hopsTaken) {
        boolean udp = protocol.equals("udp");
        Ways changed = new Ways(keepsPorts, keepsIds, hopsTaken);
        assertEquals(HOPS, trace(udp, KEEPING));

        assertEquals(HOPS, trace(udp, changed));
        assertEquals(HOPS, trace(udp, KEEPING), "and back again");
        assertTrue(scene.count(Reason.RELAYED) >= HOPS, "most of what has two pieces is moved");
    }

    @ParameterizedTest
    @CsvSource({"udp", "echo"})
    @DisplayName("R36, R52: defect 15: where all is changed at once, the trace lacks the first hop alone")
    void theTraceAfterACompleteChangeLacksOneHop(String protocol) {
        boolean udp = protocol.equals("udp");
        assertEquals(HOPS, trace(udp, KEEPING));

        assertEquals(HOPS - 1, trace(udp, ALL_CHANGED), "the first contradicts all that is known: the host's");
        assertEquals(HOPS, trace(udp, ALL_CHANGED));
        assertEquals(HOPS, trace(udp, KEEPING));
    }

    @Test
    @DisplayName(
            "R15, R21: defect 14: errors about probes that nobody sent keep no copy and are the host's, bit-identical")
    void errorsAboutNobodysProbesKeepNoCopy() {
        trace(true, KEEPING);
        trace(false, KEEPING);
        long copies = scene.count(Counters.Event.COPIES_KEPT);
        for (int checksum : new int[] {0, 0xFFFF, 0x1234}) {
            byte[] error = Packets.timeExceeded(ROUTER, HOST)
                    .quoting(
                            Packets.echoProbe(HOST, TARGET, 9, 9)
                                    .checksum(checksum)
                                    .bytes(),
                            28)
                    .bytes();

            int id = scene.errorComes(error);

            assertEquals(Verdict.ACCEPT, scene.queue.verdict(id));
            assertArrayEquals(error, scene.queue.toHost(id));
        }
        assertEquals(3, scene.count(Reason.NO_MAPPING));
        assertEquals(copies, scene.count(Counters.Event.COPIES_KEPT));
        assertEquals(-1, scene.relay.idleMillis());
    }

    /** A guest's traceroute; returns about how many of its probes it gets an error, and checks each octet of them. */
    private int trace(boolean udp, Ways ways) {
        scene.link.taken().clear();
        Set<String> expected = new HashSet<>();
        for (int first = 0; first < HOPS; first += IN_FLIGHT) {
            List<byte[]> leaving = new ArrayList<>();
            for (int hop = first; hop < Math.min(HOPS, first + IN_FLIGHT); hop++) {
                probes++;
                ProbeBuilder guests = probe(udp, GUEST, PORT, hop).id(probes).ttl(hop + 2);
                int port = ways.keepsPorts() ? PORT : 50000 + probes;
                ProbeBuilder left = probe(udp, HOST, port, hop)
                        .id(ways.keepsIds() ? probes : 30000 + probes)
                        .ttl(hop + 2 - ways.hopsTaken());
                scene.guestSends(guests.bytes());
                scene.log.leave(left.bytes(), ROOT);
                expected.add(Arrays.toString(errorAbout(GUEST, guests)));
                leaving.add(errorAbout(HOST, left));
            }
            scene.relay.turn();
            scene.pass(1);
            leaving.forEach(scene.queue::enqueue);
            scene.relay.turn();
            scene.pass(11);
            scene.relay.turn();
        }
        scene.pass(1_000);
        List<String> taken =
                scene.link.takenPackets().stream().map(Arrays::toString).toList();
        assertTrue(expected.containsAll(taken), "each is as without a NAT");
        assertEquals(taken.size(), new HashSet<>(taken).size(), "each comes once");
        return taken.size();
    }

    private ProbeBuilder probe(boolean udp, int source, int port, int hop) {
        ProbeBuilder probe = udp
                ? Packets.udpProbe(source, TARGET, port, 33434 + hop)
                : Packets.echoProbe(source, TARGET, port, 1 + hop);
        return probe.dataOctets(32);
    }

    /** As a router quotes it, which has taken what was left of the TTL. */
    private static byte[] errorAbout(int to, ProbeBuilder probe) {
        return Packets.timeExceeded(ROUTER, to)
                .quoting(probe.ttl(1).bytes(), 28)
                .bytes();
    }
}
