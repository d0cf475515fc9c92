package io.github.natexd.mapping;

import static io.github.natexd.mapping.MappingScene.PORT;
import static io.github.natexd.mapping.MappingScene.ROOT;
import static io.github.natexd.mapping.MappingScene.USER;
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
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.testkit.Packets;
import io.github.natexd.testkit.ProbeBuilder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which sightings make a pair: what is evidence, what is none, and that a host's probe never becomes a guest's. */
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

        assertEquals(Finding.MAPPED, scene.find(fromHost(PORT)));
        assertEquals(PORT, scene.foundPort());
        assertFalse(scene.mapper.found().identificationChanged());
    }

    @Test
    @DisplayName("R12: the NAT's sighting and then the guest's make the same mapping")
    void pairsWhenTheEgressIsSightedFirst() {
        scene.egress(fromHost(PORT));
        scene.pass(8);
        scene.guest(fromGuest(PORT));

        assertEquals(Finding.MAPPED, scene.find(fromHost(PORT)));
        assertEquals(PORT, scene.foundPort());
    }

    @ParameterizedTest
    @CsvSource({"20, MAPPED", "21, HOST"})
    void theNatMayBeAtMostTwentyMillisAheadOfTheGuest(int millis, Finding expected) {
        scene.egress(fromHost(PORT));
        scene.pass(millis);
        scene.guest(fromGuest(PORT));

        assertEquals(expected, scene.find(fromHost(PORT)));
    }

    @ParameterizedTest
    @CsvSource({"500, MAPPED", "501, HOST"})
    void theNatMayBeAtMostHalfASecondBehindTheGuest(int millis, Finding expected) {
        scene.guest(fromGuest(PORT));
        scene.pass(millis);
        scene.egress(fromHost(PORT));

        assertEquals(expected, scene.findAfterWaiting(fromHost(PORT)));
    }

    @Test
    void aLongerPacketIsAnotherProbe() {
        scene.guest(fromGuest(PORT).dataOctets(31));
        scene.egress(fromHost(PORT));

        assertEquals(Finding.HOST, scene.findAfterWaiting(fromHost(PORT)));
    }

    @Test
    void anotherDestinationPortIsAnotherProbe() {
        scene.guest(Packets.udpProbe(GUEST, TARGET, PORT, 33435).ttl(3).dataOctets(32));
        scene.egress(fromHost(PORT));

        assertEquals(Finding.HOST, scene.findAfterWaiting(fromHost(PORT)));
    }

    @ParameterizedTest
    @CsvSource({"3, MAPPED", "2, MAPPED", "4, HOST", "1, HOST"})
    @DisplayName("the NAT keeps the TTL or takes one; nothing else is the guest's probe")
    void theTimeToLiveIsKeptOrOneLess(int egressTtl, Finding expected) {
        scene.guest(fromGuest(PORT).ttl(3));
        scene.egress(fromHost(PORT).ttl(egressTtl));

        assertEquals(expected, scene.findAfterWaiting(fromHost(PORT)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    @DisplayName("R17: what a pair without rivals shows of the TTL tells a constant flow's next probes apart")
    void whatTheNatDoesToTheTimeToLiveIsEvidence(int taken) {
        ProbeBuilder first = fromHost(PORT).id(NAT_ID).ttl(3 - taken);
        scene.guest(fromGuest(PORT).id(GUEST_ID).ttl(3));
        scene.egress(first);
        assertEquals(Finding.MAPPED, scene.find(first));

        ProbeBuilder fourth = fromHost(PORT).id(NAT_ID + 1).ttl(4 - taken);
        ProbeBuilder fifth = fromHost(PORT).id(NAT_ID + 2).ttl(5 - taken);
        scene.guest(fromGuest(PORT).id(GUEST_ID + 1).ttl(4));
        scene.guest(fromGuest(PORT).id(GUEST_ID + 2).ttl(5));
        scene.egress(fourth);
        scene.egress(fifth);

        assertEquals(Finding.MAPPED, scene.find(fifth));
        assertEquals(GUEST_ID + 2, scene.mapper.found().guestIdentification());
        assertEquals(Finding.MAPPED, scene.find(fourth));
        assertEquals(GUEST_ID + 1, scene.mapper.found().guestIdentification());
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

        assertEquals(Finding.AMBIGUOUS, scene.findAfterWaiting(leaving[0]));
        assertEquals(Finding.AMBIGUOUS, scene.findAfterWaiting(leaving[1]));
    }

    @Test
    @DisplayName("R17: a pair without rivals shows what becomes of the TTL, though neither port nor IP ID is left")
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
        assertEquals(Finding.MAPPED, scene.findAfterWaiting(lone));

        ProbeBuilder[] leaving = sendWhereTheNatLeavesNothingAndTakesOne();

        assertEquals(Finding.MAPPED, scene.findAfterWaiting(leaving[0]));
        assertEquals(PORT + 1, scene.foundPort());
        assertEquals(Finding.MAPPED, scene.findAfterWaiting(leaving[1]));
        assertEquals(PORT + 2, scene.foundPort());
    }

    @Test
    @DisplayName(
            "R17: two Windows-like guests, one a TTL ahead, where IP IDs are rewritten and identifiers kept if free")
    void theTimeToLiveTellsTwoWindowsGuestsApart() {
        scene.guest(echo(GUEST, 5).id(GUEST_ID));
        scene.egress(echo(HOST, 5).id(NAT_ID));
        assertEquals(Finding.MAPPED, scene.find(echo(HOST, 5).id(NAT_ID)));

        ProbeBuilder first = echo(HOST, 1).id(NAT_ID + 1).ttl(3);
        ProbeBuilder second = echo(HOST, REWRITTEN).id(NAT_ID + 2).ttl(4);
        scene.guest(echo(GUEST, 1).id(GUEST_ID).ttl(3));
        scene.otherGuest(echo(OTHER_GUEST, 1).id(GUEST_ID).ttl(4));
        scene.egress(first);
        scene.egress(second);

        assertEquals(Finding.MAPPED, scene.find(first));
        assertEquals(1, scene.foundPort());
        assertEquals(Finding.MAPPED, scene.findAfterWaiting(second));
        assertEquals(-1, scene.foundPort());
    }

    @Test
    void pairsAProbeWithoutChecksumAndIdentificationByItsPort() {
        scene.guest(fromGuest(PORT).id(0).checksum(0));
        scene.egress(fromHost(PORT).id(0).checksum(0));

        assertEquals(Finding.MAPPED, scene.find(fromHost(PORT).id(0).checksum(0)));
        assertEquals(PORT, scene.foundPort());
    }

    @Test
    @DisplayName("R17: IP ID 0 is no evidence: two guests with it are not told apart by it")
    void identificationZeroSaysNothing() {
        scene.guest(fromGuest(PORT).id(0));
        scene.otherGuest(fromOtherGuest(PORT + 1).id(0));
        scene.egress(fromHost(REWRITTEN).id(0).checksum(0));

        assertEquals(
                Finding.AMBIGUOUS,
                scene.findAfterWaiting(fromHost(REWRITTEN).id(0).checksum(0)));
    }

    @Test
    @DisplayName("an unfinished checksum is no evidence, for or against (offload)")
    void unfinishedChecksumSaysNothing() {
        ProbeBuilder egress = fromHost(PORT).checksum(unfinished(fromHost(PORT).bytes()));
        scene.guest(fromGuest(PORT));
        scene.egress(egress);

        assertEquals(Finding.MAPPED, scene.find(fromHost(PORT)));
    }

    @Test
    @DisplayName("R12, R17: ports that the NAT rewrites are found by the IP ID")
    void portsThatTheNatRewritesAreFoundByTheIdentification() {
        scene.guest(fromGuest(PORT).id(GUEST_ID));
        scene.otherGuest(fromOtherGuest(PORT).id(NAT_ID));
        scene.egress(fromHost(REWRITTEN).id(GUEST_ID).checksum(0));
        scene.egress(fromHost(REWRITTEN + 1).id(NAT_ID).checksum(0));

        assertEquals(Finding.MAPPED, scene.findAfterWaiting(fromHost(REWRITTEN)));
        assertEquals(PORT, scene.foundPort());
        assertEquals(Finding.MAPPED, scene.findAfterWaiting(fromHost(REWRITTEN + 1)));
        assertEquals(-PORT, scene.foundPort());
    }

    @Test
    @DisplayName("R26: an IP ID that the NAT changed is known together with the guest's")
    void identificationsThatTheNatRewritesAreFoundByThePort() {
        scene.guest(fromGuest(PORT).id(GUEST_ID));
        scene.egress(fromHost(PORT).id(NAT_ID));

        assertEquals(Finding.MAPPED, scene.find(fromHost(PORT).id(NAT_ID)));
        assertTrue(scene.mapper.found().identificationChanged());
        assertEquals(GUEST_ID, scene.mapper.found().guestIdentification());
    }

    @Test
    @DisplayName("R17: ports and IP IDs both rewritten: the checksum after the known difference decides")
    void theChecksumTellsTwoGuestsApart() {
        scene.guest(fromGuest(PORT).id(GUEST_ID).data((byte) 1, (byte) 2));
        scene.otherGuest(fromOtherGuest(PORT).id(GUEST_ID).data((byte) 3, (byte) 4));
        scene.egress(fromHost(REWRITTEN).id(NAT_ID).data((byte) 3, (byte) 4));
        scene.egress(fromHost(REWRITTEN + 1).id(NAT_ID + 1).data((byte) 1, (byte) 2));

        assertEquals(
                Finding.MAPPED,
                scene.findAfterWaiting(fromHost(REWRITTEN).id(NAT_ID).data((byte) 3, (byte) 4)));
        assertEquals(-PORT, scene.foundPort());
        assertEquals(
                Finding.MAPPED,
                scene.findAfterWaiting(fromHost(REWRITTEN + 1).id(NAT_ID + 1).data((byte) 1, (byte) 2)));
        assertEquals(PORT, scene.foundPort());
    }

    @Test
    @DisplayName("R17: order is the last evidence, between equally many that nothing tells apart")
    void theOrderDecidesAtLast() {
        ProbeBuilder first = fromHost(REWRITTEN).id(NAT_ID).checksum(0);
        ProbeBuilder second = fromHost(REWRITTEN + 1).id(NAT_ID + 1).checksum(0);
        scene.guest(fromGuest(PORT).id(GUEST_ID).checksum(0));
        scene.otherGuest(fromOtherGuest(PORT).id(GUEST_ID).checksum(0));
        scene.egress(first);
        scene.egress(second);

        assertEquals(Finding.MAPPED, scene.findAfterWaiting(second));
        assertEquals(-PORT, scene.foundPort());
        assertEquals(Finding.MAPPED, scene.findAfterWaiting(first));
        assertEquals(PORT, scene.foundPort());
    }

    @Test
    @DisplayName("R17: more guests than probes leaving are not told apart by order")
    void unequalNumbersAreAmbiguous() {
        scene.guest(fromGuest(PORT).id(GUEST_ID).checksum(0));
        scene.otherGuest(fromOtherGuest(PORT).id(GUEST_ID).checksum(0));
        scene.egress(fromHost(REWRITTEN).id(NAT_ID).checksum(0));

        assertEquals(
                Finding.AMBIGUOUS, scene.findAfterWaiting(fromHost(REWRITTEN).id(NAT_ID)));
    }

    @Test
    @DisplayName("R16: the host's probe to the same port at the same time is the host's")
    void theHostsProbeStaysTheHosts() {
        scene.guest(fromGuest(PORT).id(GUEST_ID));
        scene.egress(fromHost(REWRITTEN)
                .id(NAT_ID)
                .checksum(unfinished(fromHost(REWRITTEN).bytes())));
        scene.egress(fromHost(PORT).id(GUEST_ID));

        assertEquals(Finding.HOST, scene.findAfterWaiting(fromHost(REWRITTEN).id(NAT_ID)));
        assertEquals(Finding.MAPPED, scene.find(fromHost(PORT).id(GUEST_ID)));
    }

    @Test
    @DisplayName("R16: the sender's user id tells the host's probe from the NAT's")
    void theUserIdTellsTheHostFromTheNat() {
        scene.guest(fromGuest(PORT).id(GUEST_ID));
        scene.egress(fromHost(PORT).id(GUEST_ID), ROOT);
        scene.guest(fromGuest(PORT + 1).id(0).checksum(0));
        ProbeBuilder hosts = fromHost(REWRITTEN).id(NAT_ID).checksum(0);
        scene.egress(hosts, USER);

        assertEquals(Finding.HOST, scene.find(hosts), "another user's is no guest's, however long one waits");
    }

    @Test
    @DisplayName("R16: a NAT that is not root's is learned from a certain pair; then root's probes are the host's")
    void theUserIdOfTheNatIsLearnedFromACertainPair() {
        ProbeBuilder silent = fromHost(PORT).id(0).checksum(0);
        scene.guest(fromGuest(PORT).id(0).checksum(0));
        scene.egress(silent, USER);
        assertNotEquals(Finding.MAPPED, scene.findAfterWaiting(silent), "VMware's NAT is root's until shown otherwise");

        scene.guest(fromGuest(PORT + 1).id(GUEST_ID));
        scene.egress(fromHost(PORT + 1).id(GUEST_ID), USER);
        assertEquals(Finding.MAPPED, scene.find(fromHost(PORT + 1).id(GUEST_ID)));

        ProbeBuilder roots = fromHost(PORT + 2).id(0).checksum(0);
        scene.guest(fromGuest(PORT + 2).id(0).checksum(0));
        scene.egress(roots, ROOT);
        assertEquals(Finding.HOST, scene.findAfterWaiting(roots));
    }

    @Test
    @DisplayName("R16: where the NAT keeps ports and IP IDs, a probe with neither is the host's")
    void aNatThatKeepsEverythingLeavesNoWeakPairs() {
        scene.guest(fromGuest(PORT).id(GUEST_ID));
        scene.egress(fromHost(PORT).id(GUEST_ID));
        scene.guest(fromGuest(PORT + 1).id(GUEST_ID + 1)); // the NAT itself answers this one
        ProbeBuilder hosts = fromHost(REWRITTEN).id(NAT_ID).checksum(0);
        scene.egress(hosts);

        assertNotEquals(Finding.MAPPED, scene.findAfterWaiting(hosts));
    }

    @Test
    @DisplayName("R16: where the NAT passes no hook, whatever does is the host's")
    void aNatWithoutEgressSightingsLeavesNoWeakPairs() {
        scene.guest(fromGuest(PORT).id(GUEST_ID));
        assertEquals(Finding.MAPPED, scene.find(fromHost(PORT).id(GUEST_ID)));
        scene.guest(fromGuest(PORT + 1).id(GUEST_ID + 1));
        ProbeBuilder hosts = fromHost(REWRITTEN).id(NAT_ID).checksum(0);
        scene.egress(hosts);

        assertNotEquals(Finding.MAPPED, scene.findAfterWaiting(hosts));
    }

    @Test
    @DisplayName("R16: after lost copies a weak pair may be the host's probe instead of the lost one")
    void lostCopiesLeaveNoWeakPairs() {
        scene.guest(fromGuest(PORT).id(GUEST_ID));
        scene.mapper.egressLost(scene.now());
        ProbeBuilder hosts = fromHost(REWRITTEN).id(NAT_ID).checksum(0);
        scene.egress(hosts);

        assertNotEquals(Finding.MAPPED, scene.findAfterWaiting(hosts));
    }

    @Test
    @DisplayName("R16: of a guest's probe sighted when rules came, the copy may have left unseen: no weak pair")
    void rulesThatJustCameLeaveNoWeakPairs() {
        scene.guest(fromGuest(PORT).id(GUEST_ID));
        scene.mapper.egressUnseen(scene.now());
        ProbeBuilder hosts = fromHost(REWRITTEN).id(NAT_ID);
        scene.egress(hosts);
        assertNotEquals(Finding.MAPPED, scene.findAfterWaiting(hosts));

        scene.pass(500);
        scene.guest(fromGuest(PORT + 1).id(GUEST_ID));
        scene.egress(fromHost(REWRITTEN + 1).id(NAT_ID));
        assertEquals(
                Finding.MAPPED, scene.findAfterWaiting(fromHost(REWRITTEN + 1).id(NAT_ID)));
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
            assertEquals(Finding.MAPPED, scene.find(quoted));
            assertEquals(GUEST_ID + sequence, scene.mapper.found().guestIdentification());
        }
    }

    @Test
    @DisplayName("R17, R18: two Windows guests with one sequence are told apart by the rewritten identifier's checksum")
    void twoWindowsGuestsAreToldApart() {
        ProbeBuilder first = echo(HOST, 500).id(NAT_ID).data((byte) 1);
        scene.guest(echo(GUEST, 1).id(GUEST_ID).data((byte) 1));
        scene.otherGuest(echo(OTHER_GUEST, 1).id(GUEST_ID).data((byte) 9));
        scene.egress(first);
        scene.egress(echo(HOST, 501).id(NAT_ID).data((byte) 9));

        assertEquals(Finding.MAPPED, scene.findAfterWaiting(first));
        assertEquals(1, scene.foundPort());
        assertEquals(
                Finding.MAPPED,
                scene.findAfterWaiting(echo(HOST, 501).id(NAT_ID).data((byte) 9)));
        assertEquals(-1, scene.foundPort());
    }

    @Test
    @DisplayName("checksums 0 and 0xFFFF are one number, and agree")
    void theTwoZerosAgree() {
        scene.guest(fromGuest(PORT).id(GUEST_ID).checksum(0xFFFF));
        int after = 0;
        ProbeBuilder egress = fromHost(PORT).id(GUEST_ID);
        for (int checksum = 1; checksum <= 0xFFFF; checksum++) {
            if (sameAfterDifference(checksum)) {
                after = checksum;
            }
        }
        scene.egress(egress.checksum(after));
        assertEquals(Finding.MAPPED, scene.find(fromHost(PORT).id(GUEST_ID).checksum(after)));
    }

    /** Whether {@code checksum} is what 0xFFFF becomes when the host's address replaces the guest's. */
    private static boolean sameAfterDifference(int checksum) {
        long difference = halves(HOST) - halves(GUEST);
        long expected = Math.floorMod(0xFFFFL - difference, 0xFFFFL);
        return checksum % 0xFFFF == expected;
    }

    private static long halves(int address) {
        return (address >>> 16) + (address & 0xFFFF);
    }
}
