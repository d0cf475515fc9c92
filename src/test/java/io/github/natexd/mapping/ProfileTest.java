package io.github.natexd.mapping;

import static io.github.natexd.mapping.MappingScene.PORT;
import static io.github.natexd.mapping.MappingScene.echo;
import static io.github.natexd.mapping.MappingScene.fromGuest;
import static io.github.natexd.mapping.MappingScene.fromHost;
import static io.github.natexd.testkit.Packets.GUEST;
import static io.github.natexd.testkit.Packets.HOST;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.natexd.report.NatProfile.Known;
import io.github.natexd.report.NatProfile.Traits;
import io.github.natexd.testkit.ProbeBuilder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is learned of the NAT process, and what it is good for: to lower a grade, and to tell which TTL to expect. */
class ProfileTest {
    private static final int REWRITTEN = 61000;
    private static final int ID = 7;

    private final MappingScene scene = new MappingScene();

    @ParameterizedTest
    @CsvSource({
        "kept, YES",
        "rewritten, NO",
        "kept kept, YES",
        "kept rewritten, MIXED",
        "rewritten kept, MIXED",
        "kept rewritten rewritten, NO",
        "rewritten kept kept, YES",
        "kept rewritten kept, MIXED"
    })
    @DisplayName("the last two pairs count; one pair alone counts as both")
    void theLastTwoPairsCount(String pairs, Known expected) {
        for (String pair : pairs.split(" ")) {
            pairWithPort(pair.equals("kept"));
        }

        assertEquals(expected, udp().portKept().known());
    }

    @Test
    @DisplayName("R52: a pair that contradicts is a grade lower; the next alike finds the profile mixed and is certain")
    void theSecondContradictionIsNone() {
        pairWithPort(true);

        assertEquals(Match.LIKELY, pairWithPort(false));
        assertEquals(Match.CERTAIN, pairWithPort(false));
    }

    @ParameterizedTest
    @CsvSource({"61000, 7, 3", "40000, 9, 3", "40000, 7, 2"})
    @DisplayName("R52: port, IP ID and TTL can each contradict")
    void eachTraitCanContradict(int port, int id, int ttl) {
        pairWithPort(true);
        scene.pass(600);
        ProbeBuilder leaving = fromHost(port).id(id).ttl(ttl);
        scene.guest(fromGuest(PORT).id(ID).ttl(3));
        scene.egress(leaving);

        assertEquals(Match.LIKELY, scene.findAtLast(leaving));
    }

    @Test
    @DisplayName("R52: a likely pair that contradicts is the host's, and teaches all the same")
    void aLikelyPairThatContradictsIsTheHosts() {
        pairWithPort(true);
        ProbeBuilder leaving = fromHost(REWRITTEN).id(9);
        scene.guest(fromGuest(PORT).id(ID));
        scene.egress(leaving);

        assertEquals(Match.HOST, scene.findAtLast(leaving));
        assertEquals(Known.MIXED, udp().portKept().known());
        assertEquals(Match.LIKELY, scene.findNow(leaving), "the profile says nothing more");
    }

    @Test
    @DisplayName("each leaving sighting teaches once, however many errors there are about it")
    void eachLeavingSightingTeachesOnce() {
        ProbeBuilder leaving = fromHost(REWRITTEN).id(9);
        scene.guest(fromGuest(PORT).id(ID));
        scene.egress(leaving);

        for (int i = 0; i < 5; i++) {
            scene.findAtLast(leaving);
        }

        assertEquals(1, udp().portKept().no());
    }

    @Test
    @DisplayName("one that became certain after it had taught does not teach again")
    void whatBecomesCertainDoesNotTeachAgain() {
        ProbeBuilder leaving = fromHost(PORT).id(ID);
        scene.egress(leaving);
        scene.guest(fromGuest(PORT).id(0).checksum(0));
        assertEquals(Match.LIKELY, scene.findAtLast(leaving));

        scene.pass(5);
        scene.guest(fromGuest(PORT).id(ID));

        assertEquals(Match.CERTAIN, scene.findNow(leaving));
        assertEquals(1, udp().portKept().yes());
        assertEquals(Known.UNKNOWN, udp().identificationKept().known());
    }

    @Test
    @DisplayName("what is not decided yet, or ambiguous, teaches nothing")
    void whatIsOpenOrAmbiguousTeachesNothing() {
        ProbeBuilder leaving = fromHost(REWRITTEN).id(9).checksum(0);
        scene.guest(fromGuest(PORT).id(ID));
        scene.egress(leaving);
        assertEquals(Match.OPEN, scene.find(leaving));
        assertEquals(Known.UNKNOWN, udp().portKept().known());

        scene.guest(fromGuest(PORT + 1).id(ID + 1));
        assertEquals(Match.AMBIGUOUS, scene.findAtLast(leaving));
        assertEquals(Known.UNKNOWN, udp().portKept().known());
    }

    @ParameterizedTest
    @CsvSource({"9, UNKNOWN", "11, NO"})
    @DisplayName(
            "behind a NAT that keeps neither port nor IP ID, a probe with an equal one within 10 ms teaches nothing")
    void probesWithAnEqualOneTeachNothing(int millis, Known expected) {
        scene.guest(echo(GUEST, 1).id(ID));
        scene.egress(echo(HOST, REWRITTEN).id(9));
        scene.pass(millis);
        scene.find(echo(HOST, REWRITTEN).id(9));
        scene.guest(echo(GUEST, 2).id(ID + 1));
        scene.egress(echo(HOST, REWRITTEN + 1).id(10));
        scene.findAtLast(echo(HOST, REWRITTEN).id(9));
        scene.findAtLast(echo(HOST, REWRITTEN + 1).id(10));

        assertEquals(expected, scene.mapper.profile().echo().portKept().known());
    }

    @Test
    @DisplayName("only guests' IP IDs other than 0 count")
    void identificationZeroTeachesNothing() {
        scene.guest(fromGuest(PORT).id(0));
        scene.egress(fromHost(PORT).id(9));

        assertEquals(Known.YES, udp().portKept().known());
        assertEquals(Known.UNKNOWN, udp().identificationKept().known());
    }

    @Test
    @DisplayName("each protocol is for itself")
    void eachProtocolIsForItself() {
        pairWithPort(true);
        scene.guest(echo(GUEST, 1).id(ID).ttl(5));
        scene.egress(echo(HOST, REWRITTEN).id(ID).ttl(4));
        scene.find(echo(HOST, REWRITTEN).id(ID));

        assertEquals(Known.YES, udp().portKept().known());
        assertEquals(Known.YES, udp().ttlKept().known());
        assertEquals(Known.NO, scene.mapper.profile().echo().portKept().known());
        assertEquals(Known.NO, scene.mapper.profile().echo().ttlKept().known());
    }

    @Test
    @DisplayName("nothing ages, and nothing is left after the guest network was created again")
    void nothingAges() {
        pairWithPort(true);
        scene.pass(3_600_000);
        assertEquals(Known.YES, udp().portKept().known());

        scene.mapper.forgetProfile();
        assertEquals(Known.UNKNOWN, udp().portKept().known());
        assertEquals(Match.CERTAIN, pairWithPort(false));
    }

    @ParameterizedTest
    @CsvSource({
        "UNKNOWN, 0, 2, true",
        "UNKNOWN, 1, 2, false",
        "UNKNOWN, 0, 1, false",
        "YES, 0, 0, true",
        "YES, 1, 3, false",
        "NO, 1, 0, true",
        "NO, 0, 3, false",
        "MIXED, 0, 2, true",
        "MIXED, 0, 1, false",
    })
    @DisplayName("R17: which TTL is expected")
    void whichTimeToLiveIsExpected(Known known, int hops, int pieces, boolean expected) {
        Profile profile = new Profile();
        if (known == Known.YES || known == Known.MIXED) {
            profile.learn(sighting(3), sighting(3));
        }
        if (known == Known.NO || known == Known.MIXED) {
            profile.learn(sighting(3), sighting(2));
        }

        assertEquals(expected, profile.expectsHops(true, hops, pieces));
        assertEquals(hops == 0, profile.expectsHops(false, hops, 2), "of echoes nothing is known");
    }

    private static Sighting sighting(int ttl) {
        Sighting sighting = new Sighting();
        sighting.protocol = 17;
        sighting.timeToLive = ttl;
        sighting.uid = Mapper.NO_UID;
        return sighting;
    }

    /** A probe passes whose IP ID and content are kept, and an error about it comes when nothing more can. */
    private Match pairWithPort(boolean kept) {
        scene.pass(600);
        ProbeBuilder leaving = fromHost(kept ? PORT : REWRITTEN).id(ID);
        scene.guest(fromGuest(PORT).id(ID));
        scene.egress(leaving);
        return scene.findAtLast(leaving);
    }

    private Traits udp() {
        return scene.mapper.profile().udp();
    }
}
