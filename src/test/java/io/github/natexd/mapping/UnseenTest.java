package io.github.natexd.mapping;

import static io.github.natexd.mapping.MappingScene.LIFETIME;
import static io.github.natexd.mapping.MappingScene.MILLI;
import static io.github.natexd.mapping.MappingScene.PORT;
import static io.github.natexd.mapping.MappingScene.fromGuest;
import static io.github.natexd.mapping.MappingScene.fromHost;
import static io.github.natexd.mapping.MappingScene.fromOtherGuest;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.report.NatProfile.Known;
import io.github.natexd.testkit.Packets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Errors about probes that were not seen leaving: what a guest's sighting alone shows. */
class UnseenTest {
    private static final int ID = 0x3333;
    private static final int REWRITTEN = 61000;
    private static final long SECOND = 1000 * MILLI;

    private final MappingScene scene = new MappingScene(65_536);

    @Test
    @DisplayName("an equal port and an equal IP ID name the guest")
    void portAndIdentificationAreCertain() {
        scene.guest(fromGuest(PORT).id(ID).checksum(0));

        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT).id(ID).checksum(0)));
        assertEquals(PORT, scene.foundPort());
        assertFalse(scene.mapper.identificationChanged());
    }

    @Test
    @DisplayName("R26: an equal port and an equal content name the guest; its IP ID is put back")
    void portAndContentAreCertain() {
        scene.guest(fromGuest(PORT).id(ID));

        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT).id(ID + 1)));
        assertEquals(PORT, scene.foundPort());
        assertTrue(scene.mapper.identificationChanged());
        assertEquals(ID, scene.mapper.found().identification);
    }

    @Test
    @DisplayName("R26: the same for a guest whose address ends with 0, as in a network larger than /24")
    void theGuestWithNumberZeroIsReadOnce() {
        scene.guest(MappingScene.udp(Packets.GUEST & 0xFFFFFF00, PORT).id(ID));

        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT).id(ID + 1)));
        assertTrue(scene.mapper.identificationChanged());
    }

    @Test
    @DisplayName("R26: of a constant flow nobody knows which probe it was: the quoted IP ID is left alone")
    void theIdentificationOfOneOfSeveralIsLeftAlone() {
        scene.guest(fromGuest(PORT).id(ID));
        scene.guest(fromGuest(PORT).id(ID + 1));

        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT).id(ID + 9)));
        assertFalse(scene.mapper.identificationChanged());
        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT).id(ID)), "this one has one piece more");
        assertEquals(ID, scene.mapper.found().identification);
    }

    @Test
    @DisplayName("if the host's probes had to make room, one not seen leaving can be the host's: for a lifetime")
    void afterEvictionsNothingUnseenIsCertain() {
        MappingScene full = new MappingScene(4);
        for (int i = 0; i <= 8; i++) {
            full.egress(fromHost(REWRITTEN + i).id(ID + i));
        }
        full.guest(fromGuest(PORT).id(ID).checksum(0));
        assertEquals(Match.LIKELY, full.find(fromHost(PORT).id(ID).checksum(0)));

        full.passNanos(LIFETIME + 9); // since the guest's sighting, which is the tenth
        full.mapper.expire(full.now());
        full.guest(fromGuest(PORT).id(ID).checksum(0));
        assertEquals(Match.CERTAIN, full.find(fromHost(PORT).id(ID).checksum(0)));
    }

    @Test
    @DisplayName("an expired probe of the host's that makes room was of no use any more")
    void expiredSightingsAreNoLoss() {
        MappingScene full = new MappingScene(4);
        for (int i = 0; i < 8; i++) {
            full.egress(fromHost(REWRITTEN + i).id(ID + i));
        }
        full.passNanos(LIFETIME + MILLI);

        full.guest(fromGuest(PORT).id(ID).checksum(0));

        assertEquals(0, full.mapper.evictions());
        assertEquals(Match.CERTAIN, full.find(fromHost(PORT).id(ID).checksum(0)));
    }

    @Test
    @DisplayName("R49: an equal port alone is not enough")
    void aGuestsSightingAloneDoesNotMatchByPortOnly() {
        scene.guest(fromGuest(PORT).id(ID).checksum(0));

        assertEquals(Match.UNKNOWN, scene.find(fromHost(PORT).id(ID + 1).checksum(0)));
    }

    @Test
    @DisplayName("R52: a rewritten port: the content alone makes the guest likely")
    void contentAloneIsLikely() {
        scene.guest(fromGuest(PORT).id(ID));

        assertEquals(Match.LIKELY, scene.find(fromHost(REWRITTEN).id(ID + 1)));
        assertEquals(PORT, scene.foundPort());
    }

    @Test
    @DisplayName("R16: a rewritten port: an equal IP ID alone is not enough")
    void identificationAloneIsNothing() {
        scene.guest(fromGuest(PORT).id(ID).data((byte) 1));

        assertEquals(Match.UNKNOWN, scene.find(fromHost(REWRITTEN).id(ID).data((byte) 2)));
    }

    @ParameterizedTest
    @CsvSource({"0, CERTAIN", "3, CERTAIN", "4, UNKNOWN"})
    @DisplayName("R16: no guest's probe is quoted with a larger TTL than it was sent with")
    void aQuoteWithALargerTimeToLiveIsNotTheGuests(int quotedTtl, Match expected) {
        scene.guest(fromGuest(PORT).id(ID).ttl(3));

        assertEquals(expected, scene.find(fromHost(PORT).id(ID).ttl(quotedTtl)));
    }

    @Test
    @DisplayName("R17: two guests' sightings that fit alike are ambiguous")
    void twoGuestsThatFitAlikeAreAmbiguous() {
        scene.guest(fromGuest(PORT).id(ID).checksum(0));
        scene.otherGuest(fromOtherGuest(PORT).id(ID).checksum(0));

        assertEquals(Match.AMBIGUOUS, scene.find(fromHost(PORT).id(ID).checksum(0)));
    }

    @Test
    @DisplayName("R17: of two guests' sightings the one with more pieces counts")
    void theOneWithMorePiecesCounts() {
        scene.otherGuest(fromOtherGuest(PORT).id(ID + 1));
        scene.guest(fromGuest(PORT).id(ID));
        scene.otherGuest(fromOtherGuest(PORT).id(ID + 2));

        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT).id(ID)));
        assertEquals(PORT, scene.foundPort());
    }

    @Test
    @DisplayName(
            "R16: after lost copies the content says nothing for a lifetime, and port and IP ID make it likely only")
    void afterLostCopiesAGuestsSightingAloneNeedsItsPort() {
        scene.mapper.egressLost(scene.now());
        scene.guest(fromGuest(PORT).id(ID));

        assertEquals(Match.UNKNOWN, scene.find(fromHost(REWRITTEN).id(ID)));
        assertEquals(Match.LIKELY, scene.find(fromHost(PORT).id(ID)));

        scene.passNanos(LIFETIME);
        scene.guest(fromGuest(PORT).id(ID));
        assertEquals(Match.LIKELY, scene.find(fromHost(REWRITTEN).id(ID)));
        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT).id(ID)));
    }

    @Test
    @DisplayName("R16: for one second after rules came, the host's probe may have left unseen")
    void afterRulesCameNothingUnseenIsCertain() {
        scene.mapper.egressUnseen(scene.now());
        scene.guest(fromGuest(PORT).id(ID));

        scene.passNanos(SECOND - 1);
        assertEquals(Match.LIKELY, scene.find(fromHost(PORT).id(ID)));
        assertEquals(Match.UNKNOWN, scene.find(fromHost(REWRITTEN).id(ID)));
        scene.passNanos(1);
        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT).id(ID)));
    }

    @Test
    @DisplayName("R16: a change of rules does not shorten what lost copies have cost")
    void aChangeOfRulesDoesNotMakeLostCopiesGood() {
        scene.mapper.egressLost(scene.now());
        scene.mapper.egressUnseen(scene.now());
        scene.pass(2_000);
        scene.guest(fromGuest(PORT).id(ID));

        assertEquals(Match.LIKELY, scene.find(fromHost(PORT).id(ID)));
    }

    @Test
    @DisplayName("R16, R20: after a longer lifetime was set, what lived too short may be gone")
    void aLongerLifetimeIsNotCompleteAtOnce() {
        scene.mapper.lifetime(2 * LIFETIME, scene.now());
        scene.guest(fromGuest(PORT).id(ID));

        assertEquals(Match.LIKELY, scene.find(fromHost(PORT).id(ID)));
    }

    @Test
    @DisplayName(
            "where the NAT process is seen leaving, a probe that was not seen is less: certain likely, likely nothing")
    void whereTheNatIsSeenLeavingTheGradeIsLower() {
        scene.guest(fromGuest(PORT + 1).id(ID));
        scene.egress(fromHost(PORT + 1).id(ID));
        scene.guest(fromGuest(PORT).id(ID));

        assertEquals(Match.UNKNOWN, scene.find(fromHost(REWRITTEN).id(ID)));
        assertEquals(Match.LIKELY, scene.find(fromHost(PORT).id(ID)));
        assertEquals(
                Known.MIXED, scene.mapper.profile().udp().seenLeaving().known(), "that error was about one not seen");
    }

    @Test
    @DisplayName("R36: where the NAT is known not to be seen leaving, an error that fits nothing is open")
    void whereTheNatIsNotSeenLeavingAnErrorIsOpen() {
        scene.guest(fromGuest(PORT + 1).id(ID).dataOctets(9));
        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT + 1).id(ID).dataOctets(9)));

        assertEquals(Match.OPEN, scene.find(fromHost(PORT).id(ID)));
        assertEquals(scene.now() + Mapper.SETTLED_NANOS, scene.mapper.openUntilNanos());
        assertEquals(Match.UNKNOWN, scene.findNow(fromHost(PORT).id(ID)));
        scene.guest(fromGuest(PORT).id(ID));
        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT).id(ID)));
    }

    @Test
    @DisplayName(
            "R49: where errors are read before the host's own NAT has seen them, guests' sightings alone show nothing")
    void withoutTrustNothingIsFound() {
        scene.guest(fromGuest(PORT).id(ID));

        scene.mapper.trustsUnseen(false);
        assertEquals(Match.UNKNOWN, scene.find(fromHost(PORT).id(ID)));
        scene.mapper.trustsUnseen(true);
        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT).id(ID)));
    }

    @Test
    @DisplayName("R20: a guest's sighting alone lives exactly as long as its lifetime")
    void aGuestsSightingAloneLivesExactlyItsLifetime() {
        scene.guest(fromGuest(PORT).id(ID));

        scene.passNanos(LIFETIME);
        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT).id(ID)));
        scene.passNanos(1);
        assertEquals(Match.UNKNOWN, scene.findNow(fromHost(PORT).id(ID)));
    }

    @Test
    @DisplayName("R53: a guest that has sent hundreds of the class does not hide another guest's probe")
    void hundredsOfOneGuestHideNobody() {
        scene.otherGuest(fromOtherGuest(PORT).id(ID));
        for (int i = 0; i < 300; i++) {
            scene.guest(fromGuest(REWRITTEN).id(ID + 1 + i).data((byte) 1));
        }

        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT).id(ID)));
        assertEquals(-PORT, scene.foundPort());
    }

    @Test
    @DisplayName("in the first second, an error can be about what the host sent before the rules were there")
    void nothingUnseenIsCertainInTheFirstSecond() {
        MappingScene started = MappingScene.justStarted();
        started.guest(fromGuest(PORT).id(ID));

        assertEquals(Match.LIKELY, started.find(fromHost(PORT).id(ID)));
        started.pass(1000);
        assertEquals(Match.CERTAIN, started.find(fromHost(PORT).id(ID)));
    }

    @Test
    @DisplayName("R43: to set the lifetime that is already set makes nothing less certain")
    void anUnchangedLifetimeChangesNothing() {
        scene.guest(fromGuest(PORT).id(ID));
        scene.mapper.lifetime(LIFETIME, scene.now());

        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT).id(ID)));
    }

    @Test
    @DisplayName("what is known about UDP says nothing about echo requests")
    void unseenUdpProbesSayNothingAboutEchoRequests() {
        scene.guest(fromGuest(PORT).id(ID));
        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT).id(ID)));

        assertEquals(Match.UNKNOWN, scene.find(MappingScene.echo(Packets.HOST, PORT)));
    }
}
