package io.github.natexd.mapping;

import static io.github.natexd.mapping.MappingScene.PORT;
import static io.github.natexd.mapping.MappingScene.fromGuest;
import static io.github.natexd.mapping.MappingScene.fromHost;
import static io.github.natexd.mapping.MappingScene.fromOtherGuest;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.natexd.report.MappingRow;
import io.github.natexd.testkit.ProbeBuilder;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several that may be a pair: the higher rank, twins, order, what is undecided; and how many are looked at. */
class RivalsTest {
    private static final int REWRITTEN = 61000;
    private static final int GUEST_ID = 0x1111;
    private static final int NAT_ID = 0x2222;

    private final MappingScene scene = new MappingScene();

    @Test
    @DisplayName(
            "R17: the probe leaving goes to the guest with more evidence, the other guest's is left for another one")
    void theHigherRankWins() {
        scene.guest(fromGuest(PORT).id(GUEST_ID));
        scene.otherGuest(fromOtherGuest(PORT + 1).id(NAT_ID));
        scene.egress(fromHost(PORT + 1).id(GUEST_ID - 1));

        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT + 1).id(GUEST_ID - 1)));
        assertEquals(-(PORT + 1), scene.foundPort());
    }

    @Test
    @DisplayName("R16: a guest's sighting that ranks another probe leaving higher is not for this one")
    void aGuestWithABetterProbeIsNoCandidate() {
        ProbeBuilder hosts = fromHost(REWRITTEN).id(NAT_ID);
        ProbeBuilder better = fromHost(PORT).id(NAT_ID + 1).checksum(0).dataOctets(32);
        scene.egress(hosts);
        scene.egress(better);
        scene.guest(fromGuest(PORT).id(GUEST_ID).checksum(0));

        assertEquals(Match.HOST, scene.findAtLast(hosts));
        assertEquals(Match.LIKELY, scene.findAtLast(better));
    }

    @Test
    @DisplayName("R36: twins: whichever it was, the guest is the same; all of them are kept at once")
    void twinsAreKeptAtOnce() {
        ProbeBuilder twin = fromHost(PORT).id(0);
        for (int i = 0; i < 3; i++) {
            scene.egress(twin);
        }
        for (int i = 0; i < 3; i++) {
            scene.guest(fromGuest(PORT).id(0));
        }

        assertEquals(Match.CERTAIN, scene.find(twin));
        assertEquals(3, scene.mapper.mappings());
        List<MappingRow> rows = scene.mapper.page(0, scene.now()).rows();
        assertEquals(
                3,
                rows.stream().map(MappingRow::ageNanos).distinct().count(),
                "each has a guest's sighting of its own");
    }

    @Test
    @DisplayName("R17: twins that leave while more guests' twins have been sighted are as certain")
    void moreGuestsTwinsThanLeavingOnesAreCertain() {
        ProbeBuilder twin = fromHost(PORT).id(0);
        for (int i = 0; i < 5; i++) {
            scene.guest(fromGuest(PORT).id(0));
        }
        scene.egress(twin);

        assertEquals(Match.CERTAIN, scene.find(twin));
        assertEquals(1, scene.mapper.mappings());
    }

    @Test
    @DisplayName("R16: more leaving twins than guests': one is the host's, and nobody knows which")
    void moreLeavingTwinsThanGuestsAreAmbiguous() {
        ProbeBuilder twin = fromHost(PORT).id(0).checksum(0);
        scene.guest(fromGuest(PORT).id(0).checksum(0));
        scene.egress(twin);
        scene.egress(twin);

        assertEquals(Match.AMBIGUOUS, scene.findAtLast(twin));
    }

    @Test
    @DisplayName(
            "R17: probes that differ in the frame's addresses are no twins: where one tuple is quoted, either may be meant")
    void probesOfTwoMachinesAreNoTwins() {
        ProbeBuilder leaving = fromHost(PORT).id(0);
        scene.guest(fromGuest(PORT).id(0));
        scene.otherGuest(fromGuest(PORT).id(0)); // the same address on another machine
        scene.egress(leaving);
        assertEquals(Match.AMBIGUOUS, scene.findAtLast(leaving));

        scene.egress(leaving);
        assertEquals(Match.AMBIGUOUS, scene.findAtLast(leaving));
    }

    @Test
    @DisplayName(
            "R16, R52: a host's probe exactly like the NAT's costs the guest its certainty, not the host its error")
    void aHostsLookalikeIsNotTaken() {
        ProbeBuilder both = fromHost(PORT).id(GUEST_ID);
        scene.egress(both);
        scene.egress(both);
        scene.guest(fromGuest(PORT).id(GUEST_ID));

        assertEquals(Match.AMBIGUOUS, scene.findAtLast(both));
        assertEquals(0, scene.mapper.mappings());
    }

    @Test
    @DisplayName("R17: two that are paired by order come to nothing if one of the two has less evidence")
    void orderNeedsTheSameRankAtEachPlace() {
        scene.guest(fromGuest(PORT).id(GUEST_ID).ttl(3).checksum(0));
        scene.otherGuest(fromOtherGuest(PORT).id(GUEST_ID).ttl(4).checksum(0));
        ProbeBuilder first = fromHost(REWRITTEN).id(NAT_ID).ttl(4).checksum(0);
        ProbeBuilder second = fromHost(REWRITTEN + 1).id(NAT_ID + 1).ttl(3).checksum(0);
        scene.egress(first);
        scene.egress(second);

        assertEquals(Match.AMBIGUOUS, scene.findAtLast(first), "of the other guest, or the second is");
        assertEquals(Match.AMBIGUOUS, scene.findAtLast(second), "in order, the first would be its rival's and cannot");
    }

    @ParameterizedTest
    @CsvSource({"24, CERTAIN", "25, LIKELY"})
    @DisplayName("R53: twenty-four probes leaving are looked at; if there are more, the result is lowered by one grade")
    void moreThanTwentyFourLowerTheGrade(int leaving, Match expected) {
        ProbeBuilder oldest = fromHost(PORT).id(GUEST_ID);
        scene.egress(oldest);
        for (int i = 1; i < leaving; i++) {
            scene.egress(fromHost(REWRITTEN + i).id(NAT_ID + i));
        }
        scene.guest(fromGuest(PORT).id(GUEST_ID));

        assertEquals(expected, scene.findAtLast(oldest));
        assertEquals(PORT, scene.foundPort());
    }

    @Test
    @DisplayName("R53: probes of quite another TTL are no rivals, however many there are beside twenty-four that are")
    void otherTimesToLiveDoNotCrowd() {
        ProbeBuilder oldest = fromHost(PORT).id(GUEST_ID);
        for (int i = 1; i < 20; i++) {
            scene.egress(fromHost(REWRITTEN - i).id(NAT_ID).ttl(9));
        }
        scene.egress(oldest);
        for (int i = 1; i < 24; i++) {
            scene.egress(fromHost(REWRITTEN + i).id(NAT_ID + i));
        }
        scene.guest(fromGuest(PORT).id(GUEST_ID));

        assertEquals(Match.CERTAIN, scene.find(oldest));
    }

    @Test
    @DisplayName(
            "R17: a probe leaving that some guest's sighting ranks higher is no rival, though it is two TTLs ahead")
    void aProbeThatIsBetterForAnotherGuestIsNoRival() {
        ProbeBuilder weighed = fromHost(REWRITTEN).id(NAT_ID).ttl(3).checksum(0);
        scene.guest(fromGuest(PORT).id(GUEST_ID).ttl(4).checksum(0));
        scene.otherGuest(fromOtherGuest(PORT + 1).id(GUEST_ID).ttl(5).checksum(0));
        scene.egress(weighed);
        scene.egress(fromHost(PORT + 1).id(NAT_ID + 1).ttl(4).checksum(0));

        assertEquals(Match.LIKELY, scene.findAtLast(weighed));
        assertEquals(PORT, scene.foundPort());
    }

    @Test
    @DisplayName("R17, R52: guests' twins that leave from different ports are paired by order, which is never certain")
    void twinsOfOneSideAreNoTwins() {
        ProbeBuilder first = fromHost(REWRITTEN).id(GUEST_ID);
        ProbeBuilder second = fromHost(REWRITTEN + 1).id(GUEST_ID);
        scene.egress(first);
        scene.egress(second);
        scene.guest(fromGuest(PORT).id(GUEST_ID));
        scene.guest(fromGuest(PORT).id(GUEST_ID));

        assertEquals(Match.LIKELY, scene.findAtLast(first));
        assertEquals(Match.LIKELY, scene.findAtLast(second));
    }

    @Test
    @DisplayName("R17: where the order would pair two that cannot be of one probe, it says nothing")
    void orderOfImpossiblePairsSaysNothing() {
        ProbeBuilder earlier = fromHost(PORT + 1).id(NAT_ID).data((byte) 2);
        ProbeBuilder later = fromHost(REWRITTEN).id(NAT_ID + 1).data((byte) 1);
        scene.guest(fromGuest(PORT).id(GUEST_ID).data((byte) 1)); // never the earlier one
        scene.otherGuest(fromOtherGuest(PORT + 1).id(GUEST_ID).data((byte) 1));
        scene.egress(earlier);
        scene.egress(later);

        assertEquals(Match.AMBIGUOUS, scene.findAtLast(later));
    }

    @Test
    @DisplayName("R37: probes to different gateways are no twins: the frame of the error would come from another")
    void probesToTwoGatewaysAreNoTwins() {
        ProbeBuilder leaving = fromHost(PORT).id(0);
        scene.guest(fromGuest(PORT).id(0));
        scene.guestVia(0x0050_56E0_0003L, fromGuest(PORT).id(0));
        scene.egress(leaving);

        assertEquals(Match.AMBIGUOUS, scene.findAtLast(leaving));
    }

    @Test
    @DisplayName("R17: twins are paired in the order in which they were sent")
    void twinsArePairedInOrder() {
        scene.guest(fromGuest(PORT).id(GUEST_ID));
        long first = scene.now();
        scene.pass(1);
        scene.guest(fromGuest(PORT).id(GUEST_ID));
        scene.pass(1);
        scene.egress(fromHost(PORT).id(GUEST_ID));

        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT).id(GUEST_ID)));
        assertEquals(first, scene.mapper.found().sightedNanos);
    }

    @Test
    @DisplayName("R16: a probe that lost a hop can be the better one for a guest's sighting")
    void aProbeWithAnotherTtlIsARival() {
        ProbeBuilder hosts = fromHost(PORT).id(NAT_ID).ttl(5).checksum(0);
        scene.guest(fromGuest(PORT).id(GUEST_ID).ttl(5));
        scene.egress(hosts);
        scene.egress(fromHost(REWRITTEN).id(GUEST_ID).ttl(4));

        assertEquals(Match.HOST, scene.findAtLast(hosts));
    }

    @Test
    @DisplayName(
            "R17: where both leaving probes can be of either guest, with and without a hop, the order says nothing")
    void theOrderSaysNothingIfHopsDiffer() {
        ProbeBuilder quoted = fromHost(REWRITTEN).id(NAT_ID).ttl(5);
        scene.guest(fromGuest(PORT).id(GUEST_ID).ttl(5));
        scene.otherGuest(fromOtherGuest(PORT + 1).id(GUEST_ID + 1).ttl(5));
        scene.egress(quoted);
        scene.egress(fromHost(REWRITTEN + 1).id(NAT_ID + 1).ttl(4));

        assertEquals(Match.AMBIGUOUS, scene.findAtLast(quoted));
    }

    @Test
    @DisplayName("R17: a leaving probe that is better for a guest with a smaller TTL is no rival")
    void aProbeThatIsBetterForAGuestWithASmallerTtlIsNoRival() {
        ProbeBuilder quoted = fromHost(REWRITTEN).id(NAT_ID).ttl(5);
        scene.guest(fromGuest(PORT).id(GUEST_ID).ttl(5));
        scene.otherGuest(fromOtherGuest(PORT + 1).id(GUEST_ID + 1).ttl(4));
        scene.egress(quoted);
        scene.egress(fromHost(PORT + 1).id(NAT_ID + 1).ttl(4));

        assertEquals(Match.LIKELY, scene.findAtLast(quoted));
        assertEquals(PORT, scene.foundPort());
    }

    @Test
    @DisplayName("R16: the last probe that can be a guest's as well as the first one can is its rival")
    void aProbeAtTheEndOfTheWindowIsARival() {
        ProbeBuilder hosts = fromHost(PORT).id(NAT_ID).checksum(0);
        scene.egress(hosts);
        scene.pass(20);
        scene.guest(fromGuest(PORT).id(GUEST_ID));
        scene.pass(500);
        scene.egress(fromHost(REWRITTEN).id(GUEST_ID));

        assertEquals(Match.HOST, scene.findNow(hosts));
    }
}
