package io.github.natexd.mapping;

import static io.github.natexd.mapping.MappingScene.PORT;
import static io.github.natexd.mapping.MappingScene.TARGET_PORT;
import static io.github.natexd.mapping.MappingScene.fromGuest;
import static io.github.natexd.mapping.MappingScene.fromHost;
import static io.github.natexd.mapping.MappingScene.fromOtherGuest;
import static io.github.natexd.mapping.MappingScene.udp;
import static io.github.natexd.testkit.Packets.GUEST;
import static io.github.natexd.testkit.Packets.HOST;
import static io.github.natexd.testkit.Packets.TARGET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.testkit.Packets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a look-up ends: exactly how much it reads, and that it is not certain if there was more. */
class LookUpLimitsTest {
    private static final int OTHER_TTL = 60;
    private static final int ID = 0x1111;

    private final MappingScene scene = new MappingScene();

    @ParameterizedTest
    @CsvSource({"125, CERTAIN", "126, LIKELY", "127, HOST"})
    @DisplayName("R53: a pair that needs all of the 128 guests and sightings that are read is not certain")
    void guestsAreReadUpToALimit(int othersThatSentLater, Match expected) {
        scene.guest(fromGuest(PORT).id(ID));
        others(othersThatSentLater);
        scene.egress(fromHost(PORT).id(ID));

        assertEquals(expected, scene.findAtLast(fromHost(PORT).id(ID)));
    }

    @ParameterizedTest
    @CsvSource({"125, CERTAIN", "126, LIKELY", "127, UNKNOWN"})
    @DisplayName(
            "R53: of probes that were not seen leaving, 128 guests and sightings are read, and then none is certain")
    void guestsAreReadUpToALimitForUnseenProbes(int othersThatSentLater, Match expected) {
        scene.guest(fromGuest(PORT).id(ID));
        others(othersThatSentLater);

        assertEquals(expected, scene.find(fromHost(PORT).id(ID)));
    }

    @Test
    @DisplayName(
            "R16, R53: a probe that left, but is behind 64 others of its chain, is not one that was not seen leaving")
    void aProbeBehindManyOthersIsNotUnseen() {
        for (int i = 0; i < 3000; i++) {
            MappingScene small = new MappingScene(128); // with 256 chains, and a secret of its own
            small.egress(fromHost(PORT).id(ID));
            small.pass(100);
            small.guest(fromGuest(PORT).id(ID + 1)); // too late for the host's probe
            for (int id = 0; id < 64; id++) {
                small.egress(fromHost(PORT + 1).id(id).dataOctets(40));
            }

            assertNotEquals(Match.CERTAIN, small.findAtLast(fromHost(PORT).id(ID)));
        }
    }

    @Test
    @DisplayName("R53: guests that have been silent for a second are not read")
    void silentGuestsAreNotRead() {
        others(130);
        scene.pass(1000);
        scene.guest(fromGuest(PORT).id(ID));
        scene.egress(fromHost(PORT).id(ID));

        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT).id(ID)));
    }

    /** Guests that sent probes to another port: each counts as one that is read. */
    private void others(int count) {
        int network = GUEST & 0xFFFFFF00;
        for (int i = 0; i < count; i++) {
            scene.guest(Packets.udpProbe(network + 110 + i, TARGET, PORT, TARGET_PORT + 1));
        }
    }

    @ParameterizedTest
    @CsvSource({"63, CERTAIN", "64, HOST"})
    @DisplayName("R53: 64 sightings of one guest are read")
    void aGuestsSightingsAreReadUpToALimit(int newer, Match expected) {
        scene.guest(fromGuest(PORT).id(ID));
        for (int i = 0; i < newer; i++) {
            scene.guest(fromGuest(PORT + 1).id(ID + 1).ttl(OTHER_TTL));
        }
        scene.egress(fromHost(PORT).id(ID));

        assertEquals(expected, scene.findAtLast(fromHost(PORT).id(ID)));
    }

    @ParameterizedTest
    @CsvSource({"63, CERTAIN", "64, UNKNOWN"})
    @DisplayName("R53: of probes that were not seen leaving, 64 sightings of one guest are read")
    void aGuestsSightingsAreReadUpToALimitForUnseenProbes(int newer, Match expected) {
        scene.guest(fromGuest(PORT).id(ID));
        for (int i = 0; i < newer; i++) {
            scene.guest(fromGuest(PORT + 1).id(ID + 1).checksum(0));
        }

        assertEquals(expected, scene.find(fromHost(PORT).id(ID)));
    }

    @Test
    @DisplayName("R53: of probes that were not seen leaving, many that fit do not hide the one that fits best")
    void manyThatFitDoNotHideTheBest() {
        scene.guest(fromGuest(PORT).id(ID));
        for (int i = 0; i < 30; i++) {
            scene.guest(fromGuest(PORT).id(ID + 1 + i));
        }

        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT).id(ID)));
        assertEquals(ID, scene.mapper.found().identification);
    }

    @ParameterizedTest
    @CsvSource({"23, CERTAIN", "24, HOST"})
    @DisplayName("R53: a guest has at most 24 candidates")
    void aGuestHasAFewCandidates(int newer, Match expected) {
        scene.guest(fromGuest(PORT).id(ID));
        for (int i = 0; i < newer; i++) {
            scene.guest(fromGuest(PORT + 1).id(ID + 1).dataOctets(33));
        }
        scene.egress(fromHost(PORT).id(ID));

        assertEquals(expected, scene.findAtLast(fromHost(PORT).id(ID)));
    }

    @ParameterizedTest
    @CsvSource({"16, CERTAIN", "17, LIKELY"})
    @DisplayName("R53: with more than 64 candidates, none is certain")
    void aCrowdOfCandidatesIsNotCertain(int ofThirdGuest, Match expected) {
        for (int i = 0; i < ofThirdGuest; i++) {
            scene.guest(udp(GUEST + 7, PORT + 1 + i).id(ID + 1 + i));
        }
        for (int i = 0; i < 24; i++) {
            scene.otherGuest(fromOtherGuest(PORT + 1 + i).id(ID + 1 + i));
        }
        for (int i = 1; i < 24; i++) {
            scene.guest(fromGuest(PORT + i).id(ID + i));
        }
        scene.guest(fromGuest(PORT).id(ID));
        scene.egress(fromHost(PORT).id(ID));

        assertEquals(expected, scene.findAtLast(fromHost(PORT).id(ID)));
    }

    @Test
    @DisplayName("R21: links of both indexes are counted")
    void linksOfQuotedTuplesAreCounted() {
        for (int i = 0; i < 5; i++) {
            scene.guest(fromGuest(PORT).id(ID + i));
            scene.egress(fromHost(PORT).id(ID + i));
        }
        long before = scene.mapper.steps();

        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT).id(ID)));
        assertTrue(scene.mapper.steps() >= before + 5);
    }

    @Test
    @DisplayName("R21: the smallest table has room for one mapping")
    void oneMappingIsEnoughForOneProbe() {
        MappingScene smallest = new MappingScene(1);
        smallest.guest(fromGuest(PORT));
        smallest.egress(fromHost(PORT));

        assertEquals(Match.CERTAIN, smallest.find(fromHost(PORT)));
    }

    @RepeatedTest(30)
    @DisplayName("R16: another target's probe in the same chain is not the quoted one")
    void aProbeToAnotherTargetIsNotFound() {
        MappingScene smallest = new MappingScene(1); // two chains, and a secret of its own
        smallest.guest(fromGuest(PORT));
        smallest.egress(fromHost(PORT));

        assertEquals(Match.UNKNOWN, smallest.find(Packets.udpProbe(HOST, TARGET, PORT, TARGET_PORT + 1)));
    }
}
