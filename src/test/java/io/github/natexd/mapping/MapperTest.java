package io.github.natexd.mapping;

import static io.github.natexd.mapping.MappingScene.LIFETIME;
import static io.github.natexd.mapping.MappingScene.MILLI;
import static io.github.natexd.mapping.MappingScene.PORT;
import static io.github.natexd.mapping.MappingScene.TARGET_PORT;
import static io.github.natexd.mapping.MappingScene.USER;
import static io.github.natexd.mapping.MappingScene.fromGuest;
import static io.github.natexd.mapping.MappingScene.fromHost;
import static io.github.natexd.mapping.MappingScene.fromOtherGuest;
import static io.github.natexd.mapping.MappingScene.unfinished;
import static io.github.natexd.testkit.Packets.GUEST;
import static io.github.natexd.testkit.Packets.HOST;
import static io.github.natexd.testkit.Packets.TARGET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.testkit.Packets;
import io.github.natexd.testkit.ProbeBuilder;
import io.github.natexd.wire.Ipv4Address;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Whose probe an error quotes: how long that is known, what is open, which of several it is, and what is nobody's. */
class MapperTest {
    private static final int ID = 0x3333;
    private static final int NAT_ID = 0x2222;
    private static final int REWRITTEN = 61000;

    private final MappingScene scene = new MappingScene();

    @Test
    @DisplayName("R15: what nobody was seen sending is unknown")
    void unknownWithoutSightings() {
        assertEquals(Match.UNKNOWN, scene.find(fromHost(PORT)));
    }

    @Test
    @DisplayName("R20: a mapping lives exactly as long as its lifetime")
    void aMappingLivesExactlyItsLifetime() {
        scene.guest(fromGuest(PORT));
        scene.egress(fromHost(PORT));

        scene.passNanos(LIFETIME);
        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT)));
        assertTrue(scene.mapper.expire(scene.now()));
        assertEquals(1, scene.mapper.mappings());
        scene.passNanos(1);
        assertEquals(Match.UNKNOWN, scene.find(fromHost(PORT)));
        assertTrue(scene.mapper.expire(scene.now()));
        assertEquals(0, scene.mapper.mappings());
    }

    @Test
    @DisplayName("R20: a pair is forgotten with the older of its two sightings, whether or not it was removed")
    void aPairLivesAsLongAsItsOlderSighting() {
        scene.guest(fromGuest(PORT));
        scene.pass(400);
        scene.egress(fromHost(PORT));

        scene.passNanos(LIFETIME - 400 * MILLI);
        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT)));
        assertEquals(1, scene.mapper.page(0, scene.now()).rows().size());
        scene.passNanos(1);
        assertEquals(Match.UNKNOWN, scene.find(fromHost(PORT)));
        assertEquals(0, scene.mapper.page(0, scene.now()).rows().size());
    }

    @Test
    @DisplayName("R20: a probe of the host's is known as long as a mapping")
    void aHostsProbeLivesAsLong() {
        scene.egress(fromHost(PORT));

        scene.passNanos(LIFETIME);
        assertEquals(Match.HOST, scene.find(fromHost(PORT)));
        scene.passNanos(1);
        assertEquals(Match.UNKNOWN, scene.find(fromHost(PORT)));
    }

    @Test
    @DisplayName("R20, R50: another lifetime holds for what has been sighted already")
    void anotherLifetimeHoldsAtOnce() {
        scene.guest(fromGuest(PORT));
        scene.egress(fromHost(PORT));
        scene.pass(2_000);

        scene.mapper.lifetime(1_000 * MILLI, scene.now());
        assertEquals(Match.UNKNOWN, scene.find(fromHost(PORT)));
        scene.mapper.lifetime(LIFETIME, scene.now());
        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT)));
    }

    @Test
    @DisplayName("R19: errors neither refresh nor remove a mapping, and all of them find it")
    void errorsDoNotRefresh() {
        scene.guest(fromGuest(PORT));
        scene.egress(fromHost(PORT));
        for (int second = 0; second < 30; second++) {
            assertEquals(Match.CERTAIN, scene.find(fromHost(PORT)));
            scene.pass(1000);
        }
        scene.passNanos(2);
        assertEquals(Match.UNKNOWN, scene.find(fromHost(PORT)));
    }

    @Test
    @DisplayName("R14: after the host's address has changed, old mappings live on beside new ones")
    void anotherHostAddressIsAnotherMapping() {
        int vpn = Ipv4Address.parse("203.0.113.99");
        scene.guest(fromGuest(PORT).id(ID));
        scene.egress(fromHost(PORT).id(ID));
        scene.guest(fromGuest(PORT).id(ID + 1));
        scene.egress(MappingScene.udp(vpn, PORT).id(ID + 1));

        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT).id(ID)));
        assertEquals(ID, scene.mapper.found().identification);
        assertEquals(Match.CERTAIN, scene.find(MappingScene.udp(vpn, PORT).id(ID + 1)));
        assertEquals(ID + 1, scene.mapper.found().identification);
    }

    @Test
    @DisplayName("R26: of a constant flow the quoted IP ID's own probe is found")
    void aConstantFlowIsToldApartByIdentification() {
        for (int i = 0; i < 40; i++) {
            scene.guest(fromGuest(PORT).id(ID + i));
            scene.egress(fromHost(PORT).id(0x8000 + i));
            if (i == 0) {
                scene.find(fromHost(PORT).id(0x8000)); // shows that this NAT replaces IP IDs
            }
        }
        for (int i = 0; i < 40; i++) {
            assertEquals(Match.CERTAIN, scene.find(fromHost(PORT).id(0x8000 + i)));
            assertTrue(scene.mapper.identificationChanged());
            assertEquals(ID + i, scene.mapper.found().identification);
        }
    }

    @Test
    @DisplayName("R26: a router that altered the quoted IP ID changes neither the guest nor the ID")
    void anAlteredIdentificationIsLeftAlone() {
        scene.guest(fromGuest(PORT).id(ID));
        scene.egress(fromHost(PORT).id(NAT_ID));

        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT).id(ID + 1)));
        assertEquals(PORT, scene.foundPort());
        assertFalse(scene.mapper.identificationChanged());
    }

    @Test
    @DisplayName("R26: where several fit that had different IP IDs, the quoted one is left alone")
    void differentIdentificationsAreLeftAlone() {
        for (int i = 0; i < 2; i++) {
            scene.guest(fromGuest(PORT).id(ID + i));
            scene.egress(fromHost(PORT).id(NAT_ID));
            assertEquals(Match.CERTAIN, scene.find(fromHost(PORT).id(NAT_ID)));
        }

        assertEquals(PORT, scene.foundPort());
        assertFalse(scene.mapper.identificationChanged());
    }

    @Test
    @DisplayName("R49, R52: a quote that agrees in nothing but the tuple with a mapped probe is likely about it")
    void aTupleAloneIsLikely() {
        scene.guest(fromGuest(PORT).id(ID));
        scene.egress(fromHost(PORT).id(ID));

        assertEquals(Match.LIKELY, scene.find(fromHost(PORT).id(ID + 1).checksum(0)));
        assertEquals(PORT, scene.foundPort());
    }

    @Test
    @DisplayName("R52: of more than 64 mapped probes of one tuple, and one sender, the quoted one is likely among them")
    void moreThanSixtyFourOfATupleAreLikely() {
        for (int i = 0; i < 65; i++) {
            scene.guest(fromGuest(PORT).id(ID));
            scene.egress(fromHost(PORT).id(ID));
            assertEquals(
                    i < 64 ? Match.CERTAIN : Match.LIKELY,
                    scene.find(fromHost(PORT).id(ID)));
        }
    }

    @Test
    @DisplayName("R17: of two guests with one egress tuple the IP ID decides, or nobody")
    void twoGuestsOfOneTupleAreToldApartByIdentification() {
        scene.guest(fromGuest(PORT).id(ID));
        scene.egress(fromHost(PORT).id(ID));
        scene.otherGuest(fromOtherGuest(PORT).id(ID + 1));
        scene.egress(fromHost(PORT).id(ID + 1));

        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT).id(ID)));
        assertEquals(PORT, scene.foundPort());
        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT).id(ID + 1)));
        assertEquals(-PORT, scene.foundPort());
        assertEquals(Match.AMBIGUOUS, scene.find(fromHost(PORT).id(ID + 2)));
    }

    @Test
    @DisplayName("R17: without IP IDs the checksum decides between two guests of one tuple")
    void twoGuestsOfOneTupleAreToldApartByChecksum() {
        scene.guest(fromGuest(PORT).id(0).data((byte) 1));
        scene.egress(fromHost(PORT).id(0).data((byte) 1));
        scene.otherGuest(fromOtherGuest(PORT).id(0).data((byte) 2));
        scene.egress(fromHost(PORT).id(0).data((byte) 2));

        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT).id(0).data((byte) 2)));
        assertEquals(-PORT, scene.foundPort());
        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT).id(0).data((byte) 1)));
        assertEquals(PORT, scene.foundPort());
    }

    @Test
    @DisplayName("R16: a host's probe with a mapped tuple is told by its IP ID")
    void aHostsTwinIsToldByIdentification() {
        scene.guest(fromGuest(PORT).id(ID));
        scene.egress(fromHost(PORT).id(ID));
        scene.pass(600);
        scene.egress(fromHost(PORT).id(ID + 1));
        scene.pass(600);

        assertEquals(Match.HOST, scene.find(fromHost(PORT).id(ID + 1)));
        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT).id(ID)));
    }

    @Test
    @DisplayName("R16: a host's probe with a mapped tuple that nothing tells apart is nobody's")
    void aHostsTwinWithoutEvidenceIsAmbiguous() {
        scene.guest(fromGuest(PORT).id(0));
        scene.egress(fromHost(PORT).id(0));
        scene.pass(600);
        scene.egress(fromHost(PORT).id(0));
        scene.pass(20);

        assertEquals(Match.AMBIGUOUS, scene.find(fromHost(PORT).id(0)));
    }

    @Test
    @DisplayName("R52: a mapped probe and a likely one of the same sender, both of the quoted tuple: a copy")
    void aMappedAndALikelyProbeOfOneSenderAreLikely() {
        scene.guest(fromGuest(PORT).id(0));
        scene.egress(fromHost(PORT).id(0));
        scene.guest(fromGuest(PORT).id(0).checksum(0));
        scene.egress(fromHost(PORT).id(0).checksum(0));

        assertEquals(Match.LIKELY, scene.findAtLast(fromHost(PORT).id(0).checksum(0)));
        assertEquals(PORT, scene.foundPort());
        assertFalse(scene.mapper.identificationChanged());
    }

    @Test
    @DisplayName("R17: a mapped probe and a likely one of different senders, both of the quoted tuple: nobody's")
    void aMappedAndALikelyProbeOfTwoSendersAreAmbiguous() {
        scene.guest(fromGuest(PORT).id(0));
        scene.egress(fromHost(PORT).id(0));
        scene.otherGuest(fromOtherGuest(PORT).id(0).checksum(0));
        scene.egress(fromHost(PORT).id(0).checksum(0));

        assertEquals(Match.AMBIGUOUS, scene.findAtLast(fromHost(PORT).id(0).checksum(0)));
    }

    @Test
    @DisplayName("R17: mapped probes of two senders and a likely one of the second, all of the quoted tuple: nobody's")
    void mappedProbesOfTwoSendersAndALikelyOneAreAmbiguous() {
        scene.otherGuest(fromOtherGuest(PORT).id(0));
        scene.egress(fromHost(PORT).id(0));
        scene.guest(fromGuest(PORT).id(0));
        scene.egress(fromHost(PORT).id(0));
        scene.guest(fromGuest(PORT).id(0).checksum(0));
        scene.egress(fromHost(PORT).id(0).checksum(0));

        assertEquals(Match.AMBIGUOUS, scene.findAtLast(fromHost(PORT).id(0).checksum(0)));
    }

    @Test
    @DisplayName("R26: of a likely pair, too, the IP ID is put back only if the quoted one is the one that left")
    void ofALikelyPairTheIdentificationIsPutBackIfItLeft() {
        scene.guest(fromGuest(PORT).id(ID).checksum(0));
        scene.egress(fromHost(PORT).id(NAT_ID).checksum(0));

        assertEquals(Match.LIKELY, scene.findAtLast(fromHost(PORT).id(NAT_ID).checksum(0)));
        assertTrue(scene.mapper.identificationChanged());
        assertEquals(
                Match.LIKELY, scene.findAtLast(fromHost(PORT).id(NAT_ID + 1).checksum(0)));
        assertFalse(scene.mapper.identificationChanged());
    }

    @Test
    @DisplayName("R36: until ten milliseconds after the probe left, a guest's sighting may still come: open")
    void itIsOpenForTenMillis() {
        scene.egress(fromHost(PORT));
        scene.passNanos(Mapper.SETTLED_NANOS - 1);
        assertEquals(Match.OPEN, scene.find(fromHost(PORT)));
        assertEquals(scene.now() + 1, scene.mapper.openUntilNanos());

        scene.passNanos(1);
        assertEquals(Match.HOST, scene.find(fromHost(PORT)));
    }

    @Test
    @DisplayName("R36: a guest's sighting that comes while the error is open makes it certain")
    void aLateSightingMakesItCertain() {
        scene.egress(fromHost(PORT));
        assertEquals(Match.OPEN, scene.find(fromHost(PORT)));

        scene.pass(3);
        scene.guest(fromGuest(PORT));

        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT)));
        assertEquals(PORT, scene.foundPort());
    }

    @Test
    @DisplayName("R16: another user's probe is not open, nor is anything where no sighting is waited for")
    void whatIsTheHostsIsNotOpen() {
        scene.egress(fromHost(PORT + 1), USER);
        scene.egress(fromHost(PORT));

        assertEquals(Match.HOST, scene.find(fromHost(PORT + 1)));
        assertEquals(Match.HOST, scene.findNow(fromHost(PORT)));
    }

    @Test
    @DisplayName("R36: a likely pair is open as well, since a better one may come")
    void aLikelyPairIsOpenBeforeItIsLikely() {
        ProbeBuilder leaving = fromHost(REWRITTEN).id(NAT_ID);
        scene.guest(fromGuest(PORT).id(ID));
        scene.egress(leaving);

        assertEquals(Match.OPEN, scene.find(leaving));
        scene.otherGuest(fromOtherGuest(REWRITTEN).id(NAT_ID));
        assertEquals(Match.CERTAIN, scene.find(leaving));
        assertEquals(-REWRITTEN, scene.foundPort());
    }

    @Test
    @DisplayName("R36: of a constant flow whose next probe is sighted leaving first, the error is open")
    void theNextProbeOfAConstantFlowIsOpen() {
        scene.guest(fromGuest(PORT).id(ID));
        scene.egress(fromHost(PORT).id(ID));
        scene.egress(fromHost(PORT).id(ID + 1));

        assertEquals(Match.OPEN, scene.find(fromHost(PORT).id(ID + 1)));
        scene.guest(fromGuest(PORT).id(ID + 1));
        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT).id(ID + 1)));
        assertEquals(ID + 1, scene.mapper.found().identification);
    }

    @Test
    @DisplayName("R16: whole traceroutes of host and guest at once, same target and ports: each gets its own")
    void hostAndGuestTraceAtOnce() {
        for (int hop = 1; hop <= 30; hop++) {
            ProbeBuilder hosts = hosts(hop).ttl(hop);
            scene.egress(hosts.checksum(unfinished(hosts.bytes())));
            scene.guest(Packets.udpProbe(GUEST, TARGET, PORT, TARGET_PORT + hop)
                    .ttl(hop)
                    .id(hop)
                    .dataOctets(32));
            scene.egress(leaving(hop).ttl(hop));
        }
        for (int hop = 1; hop <= 30; hop++) {
            assertEquals(Match.HOST, scene.findAtLast(hosts(hop)));
            assertEquals(Match.CERTAIN, scene.find(leaving(hop)));
            assertEquals(PORT, scene.foundPort());
        }
    }

    private static ProbeBuilder hosts(int hop) {
        return Packets.udpProbe(HOST, TARGET, 50000, TARGET_PORT + hop)
                .id(0x7000 + hop)
                .dataOctets(32);
    }

    private static ProbeBuilder leaving(int hop) {
        return Packets.udpProbe(HOST, TARGET, PORT, TARGET_PORT + hop).id(hop).dataOctets(32);
    }
}
