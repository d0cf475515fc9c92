package io.github.natexd.mapping;

import static io.github.natexd.mapping.MappingScene.LIFETIME;
import static io.github.natexd.mapping.MappingScene.PORT;
import static io.github.natexd.mapping.MappingScene.TARGET_PORT;
import static io.github.natexd.mapping.MappingScene.fromGuest;
import static io.github.natexd.mapping.MappingScene.fromHost;
import static io.github.natexd.mapping.MappingScene.fromOtherGuest;
import static io.github.natexd.mapping.MappingScene.unfinished;
import static io.github.natexd.testkit.Packets.GUEST;
import static io.github.natexd.testkit.Packets.HOST;
import static io.github.natexd.testkit.Packets.TARGET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.testkit.Packets;
import io.github.natexd.testkit.ProbeBuilder;
import io.github.natexd.wire.Ipv4Address;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Whose probe an error quotes: how long that is known, what waits, what is nobody's, and what a flood can do. */
class MapperTest {
    private static final int ID = 0x3333;
    private static final int REWRITTEN = 61000;

    private final MappingScene scene = new MappingScene();

    @Test
    @DisplayName("R15: what nobody was seen sending is unknown")
    void unknownWithoutSightings() {
        assertEquals(Finding.UNKNOWN, scene.find(fromHost(PORT)));
    }

    @Test
    @DisplayName("R20: a mapping lives exactly as long as its lifetime")
    void aMappingLivesExactlyItsLifetime() {
        scene.guest(fromGuest(PORT));
        scene.egress(fromHost(PORT));

        scene.passNanos(LIFETIME);
        assertEquals(Finding.MAPPED, scene.find(fromHost(PORT)));
        assertTrue(scene.mapper.expire(scene.now()));
        assertEquals(1, scene.mapper.mappings());
        scene.passNanos(1);
        assertEquals(Finding.UNKNOWN, scene.find(fromHost(PORT)));
        assertTrue(scene.mapper.expire(scene.now()));
        assertEquals(0, scene.mapper.mappings());
    }

    @Test
    @DisplayName("R20: a probe of the host's is known as long as a mapping")
    void aHostsProbeLivesAsLong() {
        scene.egress(fromHost(PORT));

        scene.passNanos(LIFETIME);
        assertEquals(Finding.HOST, scene.find(fromHost(PORT)));
        scene.passNanos(1);
        assertEquals(Finding.UNKNOWN, scene.find(fromHost(PORT)));
    }

    @Test
    @DisplayName("R19: errors neither refresh nor remove a mapping, and all of them find it")
    void errorsDoNotRefresh() {
        scene.guest(fromGuest(PORT));
        scene.egress(fromHost(PORT));
        for (int second = 0; second < 30; second++) {
            assertEquals(Finding.MAPPED, scene.find(fromHost(PORT)));
            scene.pass(1000);
        }
        scene.passNanos(1);
        assertEquals(Finding.UNKNOWN, scene.find(fromHost(PORT)));
    }

    @Test
    @DisplayName("R14: after the host's address has changed, old mappings live on beside new ones")
    void anotherHostAddressIsAnotherMapping() {
        int vpn = Ipv4Address.parse("203.0.113.99");
        scene.guest(fromGuest(PORT).id(ID));
        scene.egress(fromHost(PORT).id(ID));
        scene.guest(fromGuest(PORT).id(ID + 1));
        scene.egress(MappingScene.udp(vpn, PORT).id(ID + 1));

        assertEquals(Finding.MAPPED, scene.find(fromHost(PORT).id(ID)));
        assertEquals(ID, scene.mapper.found().guestIdentification());
        assertEquals(Finding.MAPPED, scene.find(MappingScene.udp(vpn, PORT).id(ID + 1)));
        assertEquals(ID + 1, scene.mapper.found().guestIdentification());
    }

    @Test
    @DisplayName("R26: of a constant flow the quoted IP ID's own probe is found")
    void aConstantFlowIsToldApartByIdentification() {
        for (int i = 0; i < 40; i++) {
            scene.guest(fromGuest(PORT).id(ID + i));
            scene.egress(fromHost(PORT).id(0x8000 + i));
            scene.find(fromHost(PORT).id(0x8000 + i)); // binds it: with another IP ID a pair is not conclusive
        }
        for (int i = 0; i < 40; i++) {
            assertEquals(Finding.MAPPED, scene.find(fromHost(PORT).id(0x8000 + i)));
            assertTrue(scene.mapper.found().identificationChanged());
            assertEquals(ID + i, scene.mapper.found().guestIdentification());
        }
    }

    @Test
    @DisplayName("R26: a router that altered the quoted IP ID changes neither the guest nor the ID")
    void anAlteredIdentificationIsLeftAlone() {
        scene.guest(fromGuest(PORT).id(ID));
        scene.egress(fromHost(PORT).id(ID));

        assertEquals(Finding.MAPPED, scene.find(fromHost(PORT).id(ID + 1)));
        assertEquals(PORT, scene.foundPort());
        assertEquals(false, scene.mapper.found().identificationChanged());
    }

    @Test
    @DisplayName("R17: of two guests with one egress tuple the IP ID decides, or nobody")
    void twoGuestsOfOneTupleAreToldApartByIdentification() {
        scene.guest(fromGuest(PORT).id(ID));
        scene.egress(fromHost(PORT).id(ID));
        scene.otherGuest(fromOtherGuest(PORT).id(ID + 1));
        scene.egress(fromHost(PORT).id(ID + 1));

        assertEquals(Finding.MAPPED, scene.find(fromHost(PORT).id(ID)));
        assertEquals(PORT, scene.foundPort());
        assertEquals(Finding.MAPPED, scene.find(fromHost(PORT).id(ID + 1)));
        assertEquals(-PORT, scene.foundPort());
        assertEquals(Finding.AMBIGUOUS, scene.find(fromHost(PORT).id(ID + 2)));
    }

    @Test
    @DisplayName("R17: without IP IDs the checksum decides between two guests of one tuple")
    void twoGuestsOfOneTupleAreToldApartByChecksum() {
        scene.guest(fromGuest(PORT).id(0).data((byte) 1));
        scene.egress(fromHost(PORT).id(0).data((byte) 1));
        scene.otherGuest(fromOtherGuest(PORT).id(0).data((byte) 2));
        scene.egress(fromHost(PORT).id(0).data((byte) 2));

        assertEquals(Finding.MAPPED, scene.find(fromHost(PORT).id(0).data((byte) 2)));
        assertEquals(-PORT, scene.foundPort());
        assertEquals(Finding.MAPPED, scene.find(fromHost(PORT).id(0).data((byte) 1)));
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

        assertEquals(Finding.HOST, scene.find(fromHost(PORT).id(ID + 1)));
        assertEquals(Finding.MAPPED, scene.find(fromHost(PORT).id(ID)));
    }

    @Test
    @DisplayName("R16: a host's probe with a mapped tuple that nothing tells apart is nobody's")
    void aHostsTwinWithoutEvidenceIsAmbiguous() {
        scene.guest(fromGuest(PORT).id(0).checksum(0));
        scene.egress(fromHost(PORT).id(0).checksum(0));
        scene.pass(600);
        scene.egress(fromHost(PORT).id(0).checksum(0));
        scene.pass(20);

        assertEquals(Finding.AMBIGUOUS, scene.find(fromHost(PORT).id(0).checksum(0)));
    }

    @Test
    @DisplayName("no egress sighting: an equal port and an equal IP ID name the guest")
    void aGuestsSightingAloneMatchesByPortAndIdentification() {
        scene.guest(fromGuest(PORT).id(ID).checksum(0));

        assertEquals(Finding.MAPPED, scene.find(fromHost(PORT).id(ID).checksum(0)));
        assertEquals(PORT, scene.foundPort());
    }

    @Test
    @DisplayName("no egress sighting: an equal port and an agreeing checksum name the guest")
    void aGuestsSightingAloneMatchesByPortAndChecksum() {
        scene.guest(fromGuest(PORT).id(ID));

        assertEquals(Finding.MAPPED, scene.find(fromHost(PORT).id(ID + 1)));
        assertEquals(PORT, scene.foundPort());
        assertTrue(scene.mapper.found().identificationChanged());
        assertEquals(ID, scene.mapper.found().guestIdentification());
    }

    @Test
    @DisplayName("R49: an equal port alone is not enough")
    void aGuestsSightingAloneDoesNotMatchByPortOnly() {
        scene.guest(fromGuest(PORT).id(ID).checksum(0));

        assertEquals(Finding.UNKNOWN, scene.find(fromHost(PORT).id(ID + 1).checksum(0)));
    }

    @Test
    @DisplayName("no egress sighting and a rewritten port: the checksum after the difference names the guest")
    void aGuestsSightingAloneMatchesARewrittenPortByChecksum() {
        scene.guest(fromGuest(PORT).id(ID));

        assertEquals(Finding.MAPPED, scene.find(fromHost(REWRITTEN).id(ID + 1)));
        assertEquals(PORT, scene.foundPort());
    }

    @Test
    @DisplayName("R16: no egress sighting and a rewritten port: an equal IP ID alone is not enough")
    void aGuestsSightingAloneDoesNotMatchByIdentificationOnly() {
        scene.guest(fromGuest(PORT).id(ID).data((byte) 1));

        assertEquals(Finding.UNKNOWN, scene.find(fromHost(REWRITTEN).id(ID).data((byte) 2)));
    }

    @Test
    @DisplayName("R16: no guest's probe is quoted with a larger TTL than it was sent with")
    void aQuoteWithALargerTimeToLiveIsNotTheGuests() {
        scene.guest(fromGuest(PORT).id(ID).ttl(3));

        assertEquals(Finding.UNKNOWN, scene.find(fromHost(REWRITTEN).id(ID).ttl(58)));
    }

    @Test
    @DisplayName("R17: two guests' sightings that fit alike are ambiguous without an egress sighting")
    void twoGuestsAloneAreAmbiguous() {
        scene.guest(fromGuest(PORT).id(ID).checksum(0));
        scene.otherGuest(fromOtherGuest(PORT).id(ID).checksum(0));

        assertEquals(Finding.AMBIGUOUS, scene.find(fromHost(PORT).id(ID).checksum(0)));
    }

    @Test
    @DisplayName("R16: after lost copies a rewritten port is not matched by its checksum for a lifetime")
    void afterLostCopiesAGuestsSightingAloneNeedsItsPort() {
        scene.mapper.egressLost(scene.now());
        scene.guest(fromGuest(PORT).id(ID));

        assertEquals(Finding.UNKNOWN, scene.find(fromHost(REWRITTEN).id(ID)));
        assertEquals(Finding.MAPPED, scene.find(fromHost(PORT).id(ID)), "port and IP ID are the guest's");

        scene.passNanos(LIFETIME);
        scene.guest(fromGuest(PORT).id(ID));
        assertEquals(Finding.MAPPED, scene.find(fromHost(REWRITTEN).id(ID)));
    }

    @Test
    @DisplayName("R16: whole traceroutes of host and guest at once, same target and ports: each gets its own")
    void hostAndGuestTraceAtOnce() {
        for (int hop = 1; hop <= 30; hop++) {
            int port = TARGET_PORT + hop;
            ProbeBuilder hosts = Packets.udpProbe(HOST, TARGET, 50000, port)
                    .ttl(hop)
                    .id(0x7000 + hop)
                    .dataOctets(32);
            int offloaded = unfinished(hosts.bytes());
            scene.egress(hosts.checksum(offloaded));
            scene.guest(
                    Packets.udpProbe(GUEST, TARGET, PORT, port).ttl(hop).id(hop).dataOctets(32));
            scene.egress(
                    Packets.udpProbe(HOST, TARGET, PORT, port).ttl(hop).id(hop).dataOctets(32));
        }
        for (int hop = 1; hop <= 30; hop++) {
            int port = TARGET_PORT + hop;
            assertEquals(
                    Finding.HOST,
                    scene.findAfterWaiting(Packets.udpProbe(HOST, TARGET, 50000, port)
                            .id(0x7000 + hop)
                            .dataOctets(32)));
            assertEquals(
                    Finding.MAPPED,
                    scene.find(
                            Packets.udpProbe(HOST, TARGET, PORT, port).id(hop).dataOctets(32)));
            assertEquals(PORT, scene.foundPort());
        }
    }

    @Test
    @DisplayName("a pair found late does not hide a younger one behind it")
    void aLatePairDoesNotHideAYoungerOne() {
        scene.guest(fromGuest(PORT).id(ID).checksum(0));
        scene.egress(fromHost(PORT).id(0x8000).checksum(0));
        scene.pass(29_000);
        scene.guest(fromGuest(PORT).id(ID + 1).checksum(0));
        scene.egress(fromHost(PORT).id(ID + 1).checksum(0)); // bound at once
        assertEquals(Finding.MAPPED, scene.find(fromHost(PORT).id(0x8000).checksum(0))); // bound now
        scene.pass(2_000);

        assertEquals(Finding.MAPPED, scene.find(fromHost(PORT).id(ID + 1).checksum(0)));
        assertEquals(ID + 1, scene.mapper.found().guestIdentification());
    }
}
