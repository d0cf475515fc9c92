package io.github.natexd.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.testkit.IcmpErrorBuilder;
import io.github.natexd.testkit.Packets;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MplsLabelsTest {
    private static final int OUTER = Ipv4Header.MIN_LENGTH;

    @Test
    @DisplayName("R33: reads the labels of a router that follows RFC 4884, in their order")
    void readsTheLabelStack() {
        MplsLabels labels =
                labels(error().mpls(24001, 5, 1).incomingInterface(3).mpls(16, 0, 254));

        assertEquals(2, labels.count());
        int first = labels.entry(0);
        assertEquals(24001, MplsLabels.label(first));
        assertEquals(5, MplsLabels.trafficClass(first));
        assertTrue(MplsLabels.bottom(first));
        assertEquals(1, MplsLabels.timeToLive(first));
        assertEquals(16, MplsLabels.label(labels.entry(1)));
        assertEquals(254, MplsLabels.timeToLive(labels.entry(1)));
        assertFalse(MplsLabels.bottom(0));
    }

    @Test
    void readsThemBehindAnObjectWithoutContents() {
        assertEquals(1, labels(error().extension(9, 9).mpls(24001, 0, 1)).count());
    }

    @Test
    void readsThemAtTheFixedPlaceOfOlderRouters() {
        assertEquals(1, labels(error().mpls(24001, 0, 1).lengthOctet(0)).count());
    }

    @Test
    void aWrongLengthOctetHidesThem() {
        assertEquals(0, labels(error().mpls(24001, 0, 1).lengthOctet(31)).count());
        assertEquals(0, labels(error().mpls(24001, 0, 1).lengthOctet(255)).count());
    }

    @Test
    void anErrorWithoutExtensionsHasNone() {
        assertEquals(0, labels(error()).count());
    }

    @Test
    void thoseOfTheErrorBeforeAreForgotten() {
        MplsLabels reused = labels(error().mpls(24001, 0, 1));
        ByteBuffer without = error().buffer();

        reused.over(without, new IcmpError().over(without, OUTER, without.limit() - OUTER));

        assertEquals(0, reused.count());
    }

    @Test
    void octetsBehindAQuoteThatAreNoExtensionsHaveNone() {
        byte[] probe = probe(500);

        assertEquals(
                0,
                labels(Packets.timeExceeded(Packets.ROUTER, Packets.HOST).quoting(probe))
                        .count());
    }

    @Test
    void aStackOfAnyLengthIsCutAtTheLimit() {
        byte[] stack = new byte[4 * (MplsLabels.LIMIT + 9)];

        assertEquals(MplsLabels.LIMIT, labels(error().extension(1, 1, stack)).count());
    }

    @Test
    @DisplayName("R11: does not fail for any octets behind a quote")
    void neverReadsOutsideTheError() {
        Random random = new Random(4884);
        byte[] whole = error().mpls(1, 2, 3).mpls(4, 5, 6).bytes();
        List<Integer> counts = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            byte[] octets = whole.clone();
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                octets[OUTER + random.nextInt(octets.length - OUTER)] = (byte) random.nextInt(256);
            }
            int length = IcmpError.LENGTH + random.nextInt(octets.length - OUTER - IcmpError.LENGTH + 1);
            // The buffer ends here: reading further fails.
            ByteBuffer buffer = ByteBuffer.wrap(octets, 0, OUTER + length).slice();
            counts.add(new MplsLabels()
                    .over(buffer, new IcmpError().over(buffer, OUTER, length))
                    .count());
        }
        assertTrue(counts.stream().allMatch(count -> count <= MplsLabels.LIMIT));
        assertTrue(counts.contains(0));
    }

    private static IcmpErrorBuilder error() {
        return Packets.timeExceeded(Packets.ROUTER, Packets.HOST).quoting(probe(60));
    }

    private static byte[] probe(int data) {
        return Packets.udpProbe(Packets.HOST, Packets.TARGET, 40000, 33434)
                .dataOctets(data)
                .bytes();
    }

    private static MplsLabels labels(IcmpErrorBuilder error) {
        ByteBuffer buffer = error.buffer();
        IcmpError view = new IcmpError().over(buffer, OUTER, buffer.limit() - OUTER);
        return new MplsLabels().over(buffer, view);
    }
}
