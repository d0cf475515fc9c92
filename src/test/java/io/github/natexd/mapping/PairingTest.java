package io.github.natexd.mapping;

import static io.github.natexd.mapping.MappingScene.PORT;
import static io.github.natexd.mapping.MappingScene.echo;
import static io.github.natexd.mapping.MappingScene.fromGuest;
import static io.github.natexd.mapping.MappingScene.fromHost;
import static io.github.natexd.mapping.MappingScene.fromOtherGuest;
import static io.github.natexd.mapping.MappingScene.unfinished;
import static io.github.natexd.testkit.Packets.GUEST;
import static io.github.natexd.testkit.Packets.HOST;
import static io.github.natexd.testkit.Packets.OTHER_GUEST;
import static io.github.natexd.testkit.Packets.TARGET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.testkit.Packets;
import io.github.natexd.testkit.ProbeBuilder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which sightings make a pair, and of which grade: what is evidence, and what is none. */
class PairingTest {
    private static final int REWRITTEN = 61000;
    private static final int GUEST_ID = 0x1111;
    private static final int NAT_ID = 0x2222;

    private final MappingScene scene = new MappingScene();

    @Test
    @DisplayName("R12: a guest's sighting and then the NAT's make a mapping")
    void pairsWhenTheGuestIsSightedFirst() {
        scene.guest(fromGuest(PORT));
        scene.egress(fromHost(PORT));

        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT)));
        assertEquals(PORT, scene.foundPort());
        assertFalse(scene.mapper.identificationChanged());
    }

    @Test
    @DisplayName("R12: the NAT's sighting and then the guest's make the same mapping")
    void pairsWhenTheEgressIsSightedFirst() {
        scene.egress(fromHost(PORT));
        scene.pass(8);
        scene.guest(fromGuest(PORT));

        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT)));
        assertEquals(PORT, scene.foundPort());
    }

    @ParameterizedTest
    @CsvSource({"20, CERTAIN", "21, HOST"})
    void theNatMayBeAtMostTwentyMillisAheadOfTheGuest(int millis, Match expected) {
        scene.egress(fromHost(PORT));
        scene.pass(millis);
        scene.guest(fromGuest(PORT));

        assertEquals(expected, scene.find(fromHost(PORT)));
    }

    @ParameterizedTest
    @CsvSource({"500, CERTAIN", "501, HOST"})
    void theNatMayBeAtMostHalfASecondBehindTheGuest(int millis, Match expected) {
        scene.guest(fromGuest(PORT));
        scene.pass(millis);
        scene.egress(fromHost(PORT));

        assertEquals(expected, scene.findAtLast(fromHost(PORT)));
    }

    @Test
    void aLongerPacketIsAnotherProbe() {
        scene.guest(fromGuest(PORT).dataOctets(31));
        scene.egress(fromHost(PORT));

        assertEquals(Match.HOST, scene.findAtLast(fromHost(PORT)));
    }

    @Test
    void anotherDestinationPortIsAnotherProbe() {
        scene.guest(Packets.udpProbe(GUEST, TARGET, PORT, 33435).ttl(3).dataOctets(32));
        scene.egress(fromHost(PORT));

        assertEquals(Match.HOST, scene.findAtLast(fromHost(PORT)));
    }

    @ParameterizedTest
    @CsvSource({"3, CERTAIN", "2, CERTAIN", "4, HOST", "1, HOST"})
    @DisplayName("the NAT keeps the TTL or takes one; nothing else is the guest's probe")
    void theTimeToLiveIsKeptOrOneLess(int egressTtl, Match expected) {
        scene.guest(fromGuest(PORT).ttl(3));
        scene.egress(fromHost(PORT).ttl(egressTtl));

        assertEquals(expected, scene.findAtLast(fromHost(PORT)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    @DisplayName("R17: what a pair without rivals shows of the TTL tells a constant flow's next probes apart")
    void whatTheNatDoesToTheTimeToLiveIsEvidence(int taken) {
        scene.guest(fromGuest(PORT).id(GUEST_ID).ttl(3));
        scene.egress(fromHost(PORT).id(NAT_ID).ttl(3 - taken));
        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT).id(NAT_ID)));
        ProbeBuilder fourth = fromHost(PORT).id(NAT_ID + 1).ttl(4 - taken);
        ProbeBuilder fifth = fromHost(PORT).id(NAT_ID + 2).ttl(5 - taken);

        scene.guest(fromGuest(PORT).id(GUEST_ID + 1).ttl(4));
        scene.guest(fromGuest(PORT).id(GUEST_ID + 2).ttl(5));
        scene.egress(fourth);
        scene.egress(fifth);

        assertEquals(Match.CERTAIN, scene.find(fifth));
        assertEquals(GUEST_ID + 2, scene.mapper.found().identification);
        assertEquals(Match.CERTAIN, scene.find(fourth));
        assertEquals(GUEST_ID + 1, scene.mapper.found().identification);
    }

    /** As {@code traceroute -U} and nmap send: with a port for each probe, and nothing else to tell them apart. */
    private ProbeBuilder[] sendWhereTheNatLeavesNothingAndTakesOne() {
        ProbeBuilder[] leaving = {
            fromHost(REWRITTEN).id(NAT_ID).ttl(1),
            fromHost(REWRITTEN + 1).id(NAT_ID + 1).ttl(2)
        };
        // The first ends at the NAT process.
        scene.guest(fromGuest(PORT).id(GUEST_ID).ttl(1));
        scene.guest(fromGuest(PORT + 1).id(GUEST_ID + 1).ttl(2));
        scene.egress(leaving[0]);
        scene.guest(fromGuest(PORT + 2).id(GUEST_ID + 2).ttl(3));
        scene.egress(leaving[1]);
        return leaving;
    }

    @Test
    @DisplayName("R17: rivals that fit a NAT that keeps the TTL and one that takes one are not paired by their order")
    void orderSaysNothingWhileTheTimeToLiveMayBeKeptOrNot() {
        ProbeBuilder[] leaving = sendWhereTheNatLeavesNothingAndTakesOne();

        assertEquals(Match.AMBIGUOUS, scene.findAtLast(leaving[0]));
        assertEquals(Match.AMBIGUOUS, scene.findAtLast(leaving[1]));
    }

    @Test
    @DisplayName("R17: an only pair shows what becomes of the TTL, though neither port nor IP ID is left")
    void aWeakPairWithoutRivalsTellsOfTheTimeToLive() {
        ProbeBuilder lone = Packets.udpProbe(HOST, TARGET, REWRITTEN - 1, 33500)
                .ttl(3)
                .id(NAT_ID - 1)
                .dataOctets(32);
        scene.guest(Packets.udpProbe(GUEST, TARGET, PORT - 1, 33500)
                .ttl(4)
                .id(GUEST_ID - 1)
                .dataOctets(32));
        scene.egress(lone);
        assertEquals(Match.LIKELY, scene.findAtLast(lone));

        ProbeBuilder[] leaving = sendWhereTheNatLeavesNothingAndTakesOne();

        assertEquals(Match.LIKELY, scene.findAtLast(leaving[0]));
        assertEquals(PORT + 1, scene.foundPort());
        assertEquals(Match.LIKELY, scene.findAtLast(leaving[1]));
        assertEquals(PORT + 2, scene.foundPort());
    }

    @Test
    @DisplayName(
            "R17: two Windows-like guests, one a TTL ahead: the kept identifier is the guest's of the expected TTL")
    void theTimeToLiveTellsTwoWindowsGuestsApart() {
        scene.guest(echo(GUEST, 5).id(GUEST_ID));
        scene.egress(echo(HOST, 5).id(NAT_ID));

        scene.guest(echo(GUEST, 1).id(GUEST_ID).ttl(3));
        scene.otherGuest(echo(OTHER_GUEST, 1).id(GUEST_ID).ttl(4));
        scene.egress(echo(HOST, 1).id(NAT_ID + 1).ttl(3));

        assertEquals(Match.CERTAIN, scene.find(echo(HOST, 1).id(NAT_ID + 1)));
        assertEquals(1, scene.foundPort());
    }

    @Test
    @DisplayName(
            "R17, R52: where identifiers are kept if they are free, one that is replaced makes no star: one trait may differ")
    void aRewrittenIdentifierAloneIsNoObstacle() {
        scene.guest(echo(GUEST, 5).id(GUEST_ID));
        scene.egress(echo(HOST, 5).id(NAT_ID));

        for (int i = 0; i < 2; i++) {
            ProbeBuilder rewritten = echo(HOST, REWRITTEN + i).id(NAT_ID + 1 + i);
            scene.otherGuest(echo(OTHER_GUEST, 1).id(GUEST_ID));
            scene.egress(rewritten);

            assertEquals(Match.LIKELY, scene.findAtLast(rewritten));
            scene.pass(600);
        }
    }

    @Test
    @DisplayName("R52: one piece of evidence is not enough to take anything from the host")
    void aPortAloneMakesALikelyPair() {
        ProbeBuilder leaving = fromHost(PORT).id(0).checksum(0);
        scene.guest(fromGuest(PORT).id(0).checksum(0));
        scene.egress(leaving);

        assertEquals(Match.LIKELY, scene.findAtLast(leaving));
        assertEquals(PORT, scene.foundPort());
        assertEquals(0, scene.mapper.mappings(), "it is weighed anew for each error");
    }

    @Test
    @DisplayName("R17: IP ID 0 is no evidence: two guests with it are not told apart by it")
    void identificationZeroSaysNothing() {
        ProbeBuilder leaving = fromHost(REWRITTEN).id(0).checksum(0);
        scene.guest(fromGuest(PORT).id(0));
        scene.otherGuest(fromOtherGuest(PORT + 1).id(0));
        scene.egress(leaving);

        assertEquals(Match.AMBIGUOUS, scene.findAtLast(leaving));
    }

    @Test
    @DisplayName("an unfinished checksum is no evidence, for or against (offload); a router quotes the finished one")
    void unfinishedChecksumSaysNothing() {
        scene.guest(fromGuest(PORT));
        scene.egress(fromHost(PORT).checksum(unfinished(fromHost(PORT).bytes())));

        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT).id(NAT_ID)), "the finished one is the guest's");
    }

    @Test
    @DisplayName("R12, R17: ports that the NAT rewrites are found by IP ID and content")
    void portsThatTheNatRewritesAreFoundByTheIdentification() {
        scene.guest(fromGuest(PORT).id(GUEST_ID));
        scene.otherGuest(fromOtherGuest(PORT).id(NAT_ID));
        scene.egress(fromHost(REWRITTEN).id(GUEST_ID));
        scene.egress(fromHost(REWRITTEN + 1).id(NAT_ID));

        assertEquals(Match.CERTAIN, scene.find(fromHost(REWRITTEN).id(GUEST_ID)));
        assertEquals(PORT, scene.foundPort());
        assertEquals(Match.CERTAIN, scene.find(fromHost(REWRITTEN + 1).id(NAT_ID)));
        assertEquals(-PORT, scene.foundPort());
    }

    @Test
    @DisplayName(
            "R17, R52: ports that the NAT rewrites are found by the IP ID alone where contents say nothing: likely")
    void anIdentificationAloneMakesLikelyPairs() {
        scene.guest(fromGuest(PORT).id(GUEST_ID));
        scene.otherGuest(fromOtherGuest(PORT).id(NAT_ID));
        scene.egress(fromHost(REWRITTEN).id(GUEST_ID).checksum(0));
        scene.egress(fromHost(REWRITTEN + 1).id(NAT_ID).checksum(0));

        assertEquals(Match.LIKELY, scene.findAtLast(fromHost(REWRITTEN).id(GUEST_ID)));
        assertEquals(PORT, scene.foundPort());
        assertEquals(Match.LIKELY, scene.findAtLast(fromHost(REWRITTEN + 1).id(NAT_ID)));
        assertEquals(-PORT, scene.foundPort());
    }

    @Test
    @DisplayName("R26: an IP ID that the NAT changed is known together with the guest's")
    void identificationsThatTheNatRewritesAreFoundByThePort() {
        scene.guest(fromGuest(PORT).id(GUEST_ID));
        scene.egress(fromHost(PORT).id(NAT_ID));

        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT).id(NAT_ID)));
        assertTrue(scene.mapper.identificationChanged());
        assertEquals(GUEST_ID, scene.mapper.found().identification);
    }

    @Test
    @DisplayName("R17: ports and IP IDs both rewritten: the checksum after the known difference decides")
    void theChecksumTellsTwoGuestsApart() {
        ProbeBuilder others = fromHost(REWRITTEN).id(NAT_ID).data((byte) 3, (byte) 4);
        ProbeBuilder firsts = fromHost(REWRITTEN + 1).id(NAT_ID + 1).data((byte) 1, (byte) 2);
        scene.guest(fromGuest(PORT).id(GUEST_ID).data((byte) 1, (byte) 2));
        scene.otherGuest(fromOtherGuest(PORT).id(GUEST_ID).data((byte) 3, (byte) 4));
        scene.egress(others);
        scene.egress(firsts);

        assertEquals(Match.LIKELY, scene.findAtLast(others));
        assertEquals(-PORT, scene.foundPort());
        assertEquals(Match.LIKELY, scene.findAtLast(firsts));
        assertEquals(PORT, scene.foundPort());
    }

    @Test
    @DisplayName(
            "R17, R52: order is the last evidence, between equally many that nothing tells apart, and never certain")
    void theOrderDecidesAtLast() {
        ProbeBuilder first = fromHost(REWRITTEN).id(NAT_ID).checksum(0);
        ProbeBuilder second = fromHost(REWRITTEN + 1).id(NAT_ID + 1).checksum(0);
        scene.guest(fromGuest(PORT).id(GUEST_ID).checksum(0));
        scene.otherGuest(fromOtherGuest(PORT).id(GUEST_ID).checksum(0));
        scene.egress(first);
        scene.egress(second);

        assertEquals(Match.LIKELY, scene.findAtLast(second));
        assertEquals(-PORT, scene.foundPort());
        assertEquals(Match.LIKELY, scene.findAtLast(first));
        assertEquals(PORT, scene.foundPort());
    }

    @Test
    @DisplayName("R17: more guests than probes leaving are not told apart by order")
    void unequalNumbersAreAmbiguous() {
        ProbeBuilder leaving = fromHost(REWRITTEN).id(NAT_ID).checksum(0);
        scene.guest(fromGuest(PORT).id(GUEST_ID).checksum(0));
        scene.otherGuest(fromOtherGuest(PORT).id(GUEST_ID).checksum(0));
        scene.egress(leaving);

        assertEquals(Match.AMBIGUOUS, scene.findAtLast(leaving));
    }

    @Test
    @DisplayName("R18: Windows' constant identifier: sequence and destination are part of the key")
    void aConstantIdentifierIsToldApartBySequence() {
        for (int sequence = 1; sequence <= 30; sequence++) {
            scene.guest(
                    Packets.echoProbe(GUEST, TARGET, 1, sequence).ttl(sequence).id(GUEST_ID + sequence));
            scene.egress(
                    Packets.echoProbe(HOST, TARGET, 1, sequence).ttl(sequence).id(GUEST_ID + sequence));
        }
        for (int sequence = 1; sequence <= 30; sequence++) {
            ProbeBuilder quoted = Packets.echoProbe(HOST, TARGET, 1, sequence).id(GUEST_ID + sequence);
            assertEquals(Match.CERTAIN, scene.find(quoted));
            assertEquals(GUEST_ID + sequence, scene.mapper.found().identification);
        }
    }

    @Test
    @DisplayName("R17, R18: two Windows guests with one sequence are told apart by the rewritten identifier's checksum")
    void twoWindowsGuestsAreToldApart() {
        ProbeBuilder first = echo(HOST, 500).id(NAT_ID).data((byte) 1);
        ProbeBuilder second = echo(HOST, 501).id(NAT_ID).data((byte) 9);
        scene.guest(echo(GUEST, 1).id(GUEST_ID).data((byte) 1));
        scene.otherGuest(echo(OTHER_GUEST, 1).id(GUEST_ID).data((byte) 9));
        scene.egress(first);
        scene.egress(second);

        assertEquals(Match.LIKELY, scene.findAtLast(first));
        assertEquals(1, scene.foundPort());
        assertEquals(Match.LIKELY, scene.findAtLast(second));
        assertEquals(-1, scene.foundPort());
    }

    @Test
    @DisplayName("R26: a router that changes the checksum does not keep natexd from restoring the IP ID")
    void theIdentificationIsRestoredWithoutTheContent() {
        scene.guest(fromGuest(PORT).id(GUEST_ID));
        scene.egress(fromHost(PORT).id(NAT_ID));

        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT).id(NAT_ID).checksum(0)));
        assertTrue(scene.mapper.identificationChanged());
    }

    @Test
    @DisplayName("R17: two pieces of evidence without a third make a pair at once, also if the NAT process is faster")
    void twoPiecesMakeAPairAtOnce() {
        scene.egress(fromHost(PORT).id(GUEST_ID).checksum(0));
        scene.guest(fromGuest(PORT).id(GUEST_ID).checksum(0));

        assertEquals(1, scene.mapper.mappings());
    }

    @Test
    @DisplayName("R17: with a piece that disagrees, nothing is kept before an error asks: a better candidate may come")
    void aPairWithAnotherContentIsNotKeptAtOnce() {
        scene.guest(fromGuest(PORT).id(GUEST_ID));
        scene.egress(fromHost(PORT).id(GUEST_ID).checksum(0x1234));

        assertEquals(0, scene.mapper.mappings());
        assertEquals(Match.CERTAIN, scene.findAtLast(fromHost(PORT).id(GUEST_ID).checksum(0x1234)));
    }

    @Test
    @DisplayName("R20: a guest's sighting that has expired is no candidate any more")
    void anExpiredSightingIsNoCandidate() {
        ProbeBuilder leaving = fromHost(PORT).id(NAT_ID).checksum(0);
        scene.guest(fromGuest(PORT).id(GUEST_ID));
        scene.pass(400);
        scene.egress(leaving);

        scene.pass(29_500);
        assertEquals(Match.LIKELY, scene.findNow(leaving));
        scene.pass(300);
        assertEquals(Match.HOST, scene.findNow(leaving));
    }
}
