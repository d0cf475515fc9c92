package io.github.natexd.mapping;

import static io.github.natexd.mapping.MappingScene.PORT;
import static io.github.natexd.mapping.MappingScene.ROOT;
import static io.github.natexd.mapping.MappingScene.TARGET_PORT;
import static io.github.natexd.mapping.MappingScene.echo;
import static io.github.natexd.mapping.MappingScene.fromGuest;
import static io.github.natexd.mapping.MappingScene.fromHost;
import static io.github.natexd.mapping.MappingScene.fromOtherGuest;
import static io.github.natexd.testkit.Packets.GUEST;
import static io.github.natexd.testkit.Packets.HOST;
import static io.github.natexd.testkit.Packets.TARGET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.report.NatProfile.Known;
import io.github.natexd.testkit.Packets;
import io.github.natexd.testkit.ProbeBuilder;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the former heart did wrong, by the numbers of its defects: each stays mended. */
class DefectsTest {
    private static final int REWRITTEN = 61000;
    private static final int HOSTS_PORT = 50000;
    private static final int GUEST_ID = 0x1111;
    private static final int NAT_ID = 0x2222;

    /** Large: hashes of a crowd and of its victim hardly ever collide. */
    private final MappingScene scene = new MappingScene(65_536);

    @ParameterizedTest
    @CsvSource({"true, 7", "true, 0", "false, 7", "false, 0"})
    @DisplayName("R16, R52: defect 1: guests' probes end at the NAT, and root traces the same: the host loses nothing")
    void whatEndsAtTheNatTakesNothingFromTheHost(boolean portsKept, int id) {
        for (int i = 0; i < 40; i++) {
            int natPort = portsKept ? PORT + 1 : REWRITTEN + i;
            passes(
                    probe(GUEST, PORT + 1, i, 2).id(id),
                    probe(HOST, natPort, i, 2).id(id));
            scene.guest(probe(GUEST, PORT, i, 1).id(id));
            ProbeBuilder hosts = probe(HOST, HOSTS_PORT + i, i, 1).id(NAT_ID + i);
            scene.egress(hosts, ROOT);

            assertNotTaken(hosts);
            scene.pass(600);
        }
    }

    @Test
    @DisplayName("R52: defect 1: many probes in a row that end at the NAT turn the profile, and still nothing is taken")
    void aTurnedProfileTakesNothingFromTheHost() {
        passes(fromGuest(PORT).id(GUEST_ID), fromHost(PORT).id(GUEST_ID));
        for (int i = 0; i < 100; i++) {
            scene.guest(probe(GUEST, PORT, i, 1).id(GUEST_ID));
            ProbeBuilder hosts = probe(HOST, HOSTS_PORT + i, i, 1).id(NAT_ID + i);
            scene.egress(hosts, ROOT);

            assertNotTaken(hosts);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 20, 61_000, 600_000})
    @DisplayName("R49, R52: defect 1: a guest sprays datagrams without checksum, with guessed tuples: nothing is taken")
    void aSprayOfGuessesTakesNothing(int millisAfterThePair) {
        Random random = new Random(1);
        passes(fromGuest(PORT).id(GUEST_ID), fromHost(PORT).id(GUEST_ID));
        scene.pass(millisAfterThePair);
        for (int hop = 0; hop < 30; hop++) {
            int hostsPort = HOSTS_PORT + random.nextInt(64);
            for (int guess = 0; guess < 64; guess++) {
                int id = guess % 2 == 0 ? 0 : 1 + random.nextInt(0xFFFF);
                scene.guest(
                        probe(GUEST, HOSTS_PORT + guess, hop, 1 + hop).id(id).checksum(0));
            }
            ProbeBuilder hosts = probe(HOST, hostsPort, hop, 1 + hop).id(0);
            scene.egress(hosts, ROOT);

            assertNotTaken(hosts);
            assertNotTaken(hosts.checksum(0));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("R16, R52: defect 4: A's probe is lost in the NAT, B's leaves, root sends one: neither is taken")
    void aLostProbeMixesUpNobodyForCertain(boolean checksums) {
        passes(
                probe(GUEST, PORT, 9, 5).id(GUEST_ID),
                probe(HOST, REWRITTEN, 9, 5).id(NAT_ID));
        ProbeBuilder ofB = fromHost(REWRITTEN).id(NAT_ID);
        ProbeBuilder roots = fromHost(HOSTS_PORT).id(NAT_ID + 1);
        scene.guest(fromGuest(PORT).id(GUEST_ID).checksum(checksums ? -1 : 0));
        scene.otherGuest(fromOtherGuest(PORT).id(GUEST_ID).checksum(checksums ? -1 : 0));
        scene.egress(ofB.checksum(checksums ? -1 : 0), ROOT);
        scene.egress(roots.checksum(checksums ? -1 : 0), ROOT);

        assertNotTaken(roots);
        assertNotTaken(ofB);
    }

    @Test
    @DisplayName("R17, R36: defect 5: one constant flow with IP ID 0, 200 probes: each error reaches the guest")
    void everyProbeOfALongConstantFlowReachesTheGuest() {
        for (int i = 0; i < 200; i++) {
            scene.guest(fromGuest(PORT).id(0));
            scene.egress(fromHost(PORT).id(0));
            scene.pass(1);

            Match match = scene.find(fromHost(PORT).id(0));
            assertEquals(i < 64 ? Match.CERTAIN : Match.LIKELY, match, "probe " + i);
            assertEquals(PORT, scene.foundPort());
        }
    }

    @Test
    @DisplayName("R17, R36: defect 5: 200 of such a flow at once, sighted in any order, and then their errors")
    void everyProbeOfABurstReachesTheGuest() {
        for (int i = 0; i < 200; i++) {
            scene.guest(fromGuest(PORT).id(0));
        }
        for (int i = 0; i < 200; i++) {
            scene.egress(fromHost(PORT).id(0));
        }

        for (int i = 0; i < 200; i++) {
            assertEquals(Match.LIKELY, scene.find(fromHost(PORT).id(0)));
            assertEquals(PORT, scene.foundPort());
        }
    }

    @Test
    @DisplayName(
            "R17, R52: defect 5: a flow without checksum, too, is copied as long as at most sixteen are on their way")
    void everyProbeOfAFlowWithoutChecksumIsCopied() {
        for (int i = 0; i < 200; i++) {
            scene.guest(fromGuest(PORT).id(0).checksum(0));
            scene.egress(fromHost(PORT).id(0).checksum(0));
            scene.pass(25);

            assertEquals(Match.LIKELY, scene.findAtLast(fromHost(PORT).id(0).checksum(0)), "probe " + i);
            assertEquals(PORT, scene.foundPort());
        }
    }

    @Test
    @DisplayName("R53: defect 7: what echoes show of the TTL is not expected of UDP")
    void theTimeToLiveIsKnownPerProtocol() {
        passes(echo(GUEST, 1).id(GUEST_ID).ttl(3), echo(HOST, 1).id(GUEST_ID).ttl(2));

        ProbeBuilder leaving = fromHost(PORT).id(GUEST_ID).ttl(3);
        scene.guest(fromGuest(PORT).id(GUEST_ID).ttl(3));
        scene.guest(fromGuest(PORT).id(GUEST_ID).ttl(4));
        scene.egress(leaving);

        assertEquals(Match.CERTAIN, scene.find(leaving));
        assertEquals(3, scene.mapper.found().timeToLive);
        assertEquals(Known.NO, scene.mapper.profile().echo().ttlKept().known());
        assertEquals(Known.YES, scene.mapper.profile().udp().ttlKept().known());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("R53: defect 7: one crafted pair costs another guest at most one probe, which it gets as a copy")
    void oneCraftedPairCostsAtMostOneCertainProbe(boolean twice) {
        passes(probe(GUEST, PORT, 0, 9).id(1), probe(HOST, PORT, 0, 9).id(1));
        passes(probe(GUEST, PORT, 1, 9).id(2), probe(HOST, PORT, 1, 9).id(2));
        for (int i = 0; i < (twice ? 2 : 1); i++) { // a guest that lies about its TTL, as if the NAT took one
            passes(
                    probe(GUEST, PORT, 2 + i, 9).id(3),
                    probe(HOST, PORT, 2 + i, 8).id(3));
        }

        int certain = 0;
        for (int hop = 1; hop <= 10; hop++) {
            ProbeBuilder leaving = probe(HOST, PORT, 10 + hop, hop).id(10 + hop);
            scene.otherGuest(probe(Packets.OTHER_GUEST, PORT, 10 + hop, hop).id(10 + hop));
            scene.egress(leaving);
            Match match = scene.findAtLast(leaving);
            assertTrue(match == Match.CERTAIN || match == Match.LIKELY, "hop " + hop + " is " + match);
            assertEquals(-PORT, scene.foundPort());
            certain += match == Match.CERTAIN ? 1 : 0;
        }
        assertTrue(certain >= 9, "certain: " + certain);
    }

    @ParameterizedTest
    @ValueSource(ints = {65, 300})
    @DisplayName("R53: defect 9: many probes of a class by one guest leave another's as certain as it was")
    void aCrowdOfOneGuestsProbesMakesNothingAmbiguous(int crowd) {
        ProbeBuilder leaving = fromHost(PORT).id(NAT_ID);
        for (int i = 0; i < crowd / 2; i++) {
            scene.guest(fromGuest(1000 + i).id(i));
        }
        scene.otherGuest(fromOtherGuest(PORT).id(NAT_ID));
        for (int i = crowd / 2; i < crowd; i++) {
            scene.guest(fromGuest(1000 + i).id(i));
        }
        scene.egress(leaving);

        assertEquals(Match.CERTAIN, scene.find(leaving));
        assertEquals(-PORT, scene.foundPort());
    }

    @Test
    @DisplayName("R53: defect 9: nor do those that leave through the NAT, with a port that is another's")
    void aCrowdOfLeavingProbesMakesNothingAmbiguous() {
        for (int i = 0; i < 100; i++) {
            scene.guest(fromGuest(1000 + i).id(1 + i));
            scene.egress(fromHost(1000 + i).id(1 + i));
        }
        scene.otherGuest(fromOtherGuest(PORT).id(NAT_ID));
        scene.egress(fromHost(PORT).id(NAT_ID));

        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT).id(NAT_ID)));
        assertEquals(-PORT, scene.foundPort());
    }

    @Test
    @DisplayName("R53: defect 9: two guessed pieces cost another guest its certainty, not the host its error")
    void twoGuessedPiecesCostCertainty() {
        ProbeBuilder leaving = fromHost(PORT).id(NAT_ID);
        scene.guest(fromGuest(PORT).id(NAT_ID));
        scene.otherGuest(fromOtherGuest(PORT).id(NAT_ID));
        scene.egress(leaving);

        assertEquals(Match.AMBIGUOUS, scene.findAtLast(leaving));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("R6, R12: defect 12: a fragmented echo behind a NAT that reassembles it, or one that does not")
    void aFragmentedEchoIsFound(boolean reassembled) {
        int checksum = 0x1234; // of the whole request
        ProbeBuilder guests = echo(GUEST, 1).id(GUEST_ID).checksum(checksum).flagsAndOffset(0x2000);
        ProbeBuilder leaving = echo(HOST, 1).id(NAT_ID).checksum(checksum);
        leaving = reassembled ? leaving.dataOctets(2000) : leaving.flagsAndOffset(0x2000);
        scene.guest(guests.dataOctets(1472));
        scene.egress(leaving);

        assertEquals(Match.CERTAIN, scene.find(leaving));
        assertEquals(1, scene.foundPort());
        assertEquals(Match.CERTAIN, scene.find(leaving.flagsAndOffset(0x2000)), "a router quotes a fragment");
        assertEquals(Match.CERTAIN, scene.find(leaving.flagsAndOffset(0).dataOctets(32)));
    }

    @Test
    @DisplayName("R35: defect 14: echo checksums 0 and 0xFFFF are one number, and evidence")
    void theTwoZerosOfEchoesAgree() {
        ProbeBuilder leaving = echo(HOST, 1).id(NAT_ID).checksum(0xFFFF);
        scene.guest(echo(GUEST, 1).id(GUEST_ID).checksum(0));
        scene.egress(leaving);

        assertEquals(Match.CERTAIN, scene.find(leaving), "identifier and content");
        assertEquals(1, scene.foundPort());
    }

    @Test
    @DisplayName("R35: defect 14: UDP checksums that a NAT made 0xFFFF of, since 0 says that there is none, agree")
    void theTwoZerosOfUdpAgree() {
        int after = afterTheNat(0xFFFF);
        assertEquals(after, afterTheNat(0));
        ProbeBuilder leaving = fromHost(PORT).id(NAT_ID).checksum(after);
        scene.guest(fromGuest(PORT).id(GUEST_ID).checksum(0xFFFF));
        scene.egress(leaving);

        assertEquals(Match.CERTAIN, scene.find(leaving), "port and content");
    }

    @Test
    @DisplayName("R15, R49: defect 14: an error about a probe that nobody sent is nobody's, and nothing is waited for")
    void whatNobodySentIsNotOpen() {
        passes(fromGuest(PORT).id(GUEST_ID), fromHost(PORT).id(GUEST_ID));

        assertEquals(Match.UNKNOWN, scene.find(echo(HOST, 1).checksum(0)));
        assertEquals(Match.UNKNOWN, scene.find(echo(HOST, 1).checksum(0xFFFF)));
        assertEquals(Match.UNKNOWN, scene.find(fromHost(PORT + 1).id(GUEST_ID)));
    }

    /** What a UDP checksum becomes when the host's address replaces the guest's: 1 to 0xFFFF. */
    private static int afterTheNat(int checksum) {
        long difference = halves(HOST) - halves(GUEST);
        long after = Math.floorMod(checksum - difference, 0xFFFFL);
        return after == 0 ? 0xFFFF : (int) after;
    }

    private static long halves(int address) {
        return (address >>> 16) + (address & 0xFFFF);
    }

    private void assertNotTaken(ProbeBuilder hosts) {
        assertNotEquals(Match.CERTAIN, scene.find(hosts));
        assertNotEquals(Match.CERTAIN, scene.findAtLast(hosts));
    }

    /** A guest's probe passes the NAT, an error about it comes, and half a second passes. */
    private void passes(ProbeBuilder guests, ProbeBuilder leaving) {
        scene.guest(guests);
        scene.egress(leaving);
        scene.findAtLast(leaving);
        scene.pass(600);
    }

    private static ProbeBuilder probe(int source, int port, int number, int ttl) {
        return Packets.udpProbe(source, TARGET, port, TARGET_PORT + 100 + number)
                .ttl(ttl)
                .dataOctets(32);
    }
}
