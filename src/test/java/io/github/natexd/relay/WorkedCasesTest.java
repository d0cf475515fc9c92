package io.github.natexd.relay;

import static io.github.natexd.relay.RelayScene.ROOT;
import static io.github.natexd.relay.RelayScene.error;
import static io.github.natexd.relay.RelayScene.probe;
import static io.github.natexd.testkit.Packets.GATEWAY_MAC;
import static io.github.natexd.testkit.Packets.GUEST;
import static io.github.natexd.testkit.Packets.GUEST_MAC;
import static io.github.natexd.testkit.Packets.HOST;
import static io.github.natexd.testkit.Packets.OTHER_GUEST;
import static io.github.natexd.testkit.Packets.OTHER_GUEST_MAC;
import static io.github.natexd.testkit.Packets.ROUTER;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.natexd.report.Reason;
import io.github.natexd.testkit.FakePacketQueue.Verdict;
import io.github.natexd.testkit.Packets;
import io.github.natexd.testkit.ProbeBuilder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The ten worked cases of {@code how-it-works.md}, through the relay: the reason, and what guest and host get. */
class WorkedCasesTest {
    private static final int PORT = 40000;
    private static final int NAT_PORT = 61000;
    private static final int HOSTS_PORT = 50000;
    /** And a little: sightings of one turn are some nanoseconds apart. */
    private static final int TEN_MILLIS = 11;

    private final RelayScene scene = RelayScene.byFrames();

    @AfterEach
    @DisplayName("R41: every error has its verdict in the turn that took it")
    void everyErrorHasItsVerdict() {
        scene.queue.checkAllAnswered();
    }

    @Test
    @DisplayName("R12, R36: 1. G 40000, 7; L 40000, 7, content agrees: three pieces, moved")
    void theUsualNat() {
        guest(40000, 7);
        leaves(40000, 7);

        int id = errorAbout(40000, 7);

        moved(id, guests(40000, 7));
    }

    @Test
    @DisplayName("R24, R36: 2. G 40000, 7; L 61000, 7, content agrees: two pieces, moved, the port put back")
    void theNatRewritesPorts() {
        guest(40000, 7);
        leaves(61000, 7);

        int id = errorAbout(61000, 7);

        moved(id, guests(40000, 7));
    }

    @Test
    @DisplayName("R52: 3. G 40000, 7; L 61000, 9, content agrees: one piece, open, and at 10 ms a copy")
    void theNatRewritesPortsAndIds() {
        guest(40000, 7);
        leaves(61000, 9);
        scene.relay.turn();
        scene.pass(3);

        int id = errorAbout(61000, 9);
        theHostHas(id, error(host(61000, 9).bytes()));
        guestsHave();

        pass(6);
        guestsHave();
        pass(2);
        guestsHave(guests(40000, 7));
        assertEquals(1, scene.count(Reason.COPIED_LIKELY));
    }

    @Test
    @DisplayName("R36, R52: 4. L, then the error, 4 ms later G with all pieces: open, then copied late")
    void theNatIsFaster() {
        leaves(40000, 7);

        int id = errorAbout(40000, 7);
        theHostHas(id, error(host(40000, 7).bytes()));
        guestsHave();

        scene.pass(4);
        guest(40000, 7);
        scene.relay.turn();
        guestsHave(guests(40000, 7));
        pass(20);
        guestsHave(guests(40000, 7));
        assertEquals(1, scene.count(Reason.COPIED_LATE));
    }

    @Test
    @DisplayName(
            "R16, R17: 5. behind the NAT of case 3 the host sends one alike: ambiguous for both, nobody loses anything")
    void theHostTracesToo() {
        guest(40000, 7);
        leaves(61000, 9);
        leaves(HOSTS_PORT, 11);

        int nats = errorAbout(61000, 9);
        int hosts = errorAbout(HOSTS_PORT, 11);
        pass(TEN_MILLIS);

        theHostHas(nats, error(host(61000, 9).bytes()));
        theHostHas(hosts, error(host(HOSTS_PORT, 11).bytes()));
        guestsHave();
        assertEquals(2, scene.count(Reason.AMBIGUOUS));
    }

    @Test
    @DisplayName(
            "R16: 6. where ports and IP IDs are kept, G ends at the NAT and the host sends one alike: it is the host's")
    void aProbeEndsAtTheNat() {
        keptPairs(2);
        guest(40000, 7);
        leaves(HOSTS_PORT, 11);

        int id = errorAbout(HOSTS_PORT, 11);
        pass(TEN_MILLIS);

        theHostHas(id, error(host(HOSTS_PORT, 11).bytes()));
        guestsHave();
        assertEquals(1, scene.count(Reason.HOST_PROBE));
    }

    @Test
    @DisplayName(
            "R17: 7. behind the NAT of case 3, without contents, G1, G2, L1, L2: by order, each guest its own copy")
    void twoGuestsOrder() {
        byte[] first = host(61000, 9).checksum(0).bytes();
        byte[] second = host(61001, 10).checksum(0).bytes();
        scene.guestSends(probe(GUEST, PORT).id(7).checksum(0).bytes());
        scene.guestSends(
                OTHER_GUEST_MAC, probe(OTHER_GUEST, PORT).id(8).checksum(0).bytes());
        scene.log.leave(first, ROOT);
        scene.log.leave(second, ROOT);

        int aboutSecond = scene.errorComes(error(second));
        int aboutFirst = scene.errorComes(error(first));
        pass(TEN_MILLIS);

        theHostHas(aboutSecond, error(second));
        theHostHas(aboutFirst, error(first));
        assertEquals(2, scene.count(Reason.COPIED_LIKELY));
        guestsHave(
                Packets.frame(
                        OTHER_GUEST_MAC,
                        GATEWAY_MAC,
                        errorTo(OTHER_GUEST, probe(OTHER_GUEST, PORT).id(8).checksum(0))),
                Packets.frame(
                        GUEST_MAC,
                        GATEWAY_MAC,
                        errorTo(GUEST, probe(GUEST, PORT).id(7).checksum(0))));
    }

    @Test
    @DisplayName("R17, R36: 8. G1, G2, G3 alike with ID 0, L1, L2, L3 alike with its port: twins, moved")
    void aConstantFlow() {
        for (int i = 0; i < 3; i++) {
            guest(40000, 0);
        }
        for (int i = 0; i < 3; i++) {
            leaves(40000, 0);
        }

        int id = errorAbout(40000, 0);

        moved(id, guests(40000, 0));
    }

    @Test
    @DisplayName("R36: 9. G 40000, 7, and nothing is seen leaving: the error quotes 40000 and 7, moved")
    void theNatIsNotSeenLeaving() {
        guest(40000, 7);

        int id = errorAbout(40000, 7);

        moved(id, guests(40000, 7));
    }

    @Test
    @DisplayName("R36, R52: 10. a NAT that kept ports rewrites them: the first error is copied, the second moved")
    void theNatChangesItsWays() {
        keptPairs(20);
        guest(40000, 7);
        leaves(61000, 7);
        int first = errorAbout(61000, 7);
        theHostHas(first, error(host(61000, 7).bytes()));
        pass(TEN_MILLIS);
        guestsHave(guests(40000, 7));
        assertEquals(1, scene.count(Reason.COPIED_LIKELY));

        scene.link.taken().clear();
        guest(40001, 8);
        leaves(61001, 8);
        int second = errorAbout(61001, 8);

        moved(second, guests(40001, 8));
    }

    /** Pairs with kept ports and IP IDs, of other classes. */
    private void keptPairs(int count) {
        for (int i = 0; i < count; i++) {
            for (int source : new int[] {GUEST, HOST}) {
                byte[] sent = Packets.udpProbe(source, Packets.TARGET, 30000 + i, 33500 + i)
                        .id(100 + i)
                        .ttl(1)
                        .dataOctets(32)
                        .bytes();
                if (source == GUEST) {
                    scene.guestSends(sent);
                } else {
                    scene.log.leave(sent, ROOT);
                }
            }
        }
        scene.relay.turn();
    }

    private void guest(int port, int id) {
        scene.guestSends(probe(GUEST, port).id(id).bytes());
    }

    private void leaves(int port, int id) {
        scene.log.leave(host(port, id).bytes(), ROOT);
    }

    private static ProbeBuilder host(int port, int id) {
        return probe(HOST, port).id(id);
    }

    private int errorAbout(int port, int id) {
        return scene.errorComes(error(host(port, id).bytes()));
    }

    private void pass(long millis) {
        scene.pass(millis);
        scene.relay.turn();
    }

    /** The frame that brings the guest the error about its probe. */
    private static byte[] guests(int port, int id) {
        return Packets.frame(
                GUEST_MAC, GATEWAY_MAC, errorTo(GUEST, probe(GUEST, port).id(id)));
    }

    private static byte[] errorTo(int guest, ProbeBuilder sent) {
        return Packets.timeExceeded(ROUTER, guest).quoting(sent.bytes(), 28).bytes();
    }

    private void moved(int id, byte[] frame) {
        assertEquals(Verdict.DROP, scene.queue.verdict(id));
        assertEquals(1, scene.count(Reason.RELAYED));
        guestsHave(frame);
    }

    private void theHostHas(int id, byte[] error) {
        assertEquals(Verdict.ACCEPT, scene.queue.verdict(id));
        assertArrayEquals(error, scene.queue.toHost(id));
    }

    private void guestsHave(byte[]... frames) {
        List<String> expected = Arrays.stream(frames).map(Arrays::toString).toList();
        assertEquals(expected, scene.link.taken().stream().map(Arrays::toString).toList());
    }
}
