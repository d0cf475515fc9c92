package io.github.natexd.mapping;

import static io.github.natexd.mapping.MappingScene.MILLI;
import static io.github.natexd.mapping.MappingScene.PORT;
import static io.github.natexd.mapping.MappingScene.fromGuest;
import static io.github.natexd.mapping.MappingScene.fromHost;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.testkit.ProbeBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Behind a NAT that replaces ports and keeps IP IDs and TTLs: which likely pairs are final at once. */
class ExpectedPairsTest {
    private static final int REWRITTEN = 61000;
    private static final int ID = 0x3333;
    private static final int TTL = 3;

    private final MappingScene scene = new MappingScene();

    @BeforeEach
    void theNatIsKnown() {
        scene.guest(fromGuest(PORT).id(ID).ttl(TTL));
        scene.egress(fromHost(REWRITTEN).id(ID).ttl(TTL));
        assertEquals(Match.CERTAIN, scene.find(fromHost(REWRITTEN).id(ID).ttl(TTL)));
    }

    @Test
    void aPairThatTheNatIsKnownToMakeIsFinal() {
        assertEquals(
                Match.LIKELY,
                pair(withoutContent(fromGuest(PORT + 1), ID + 1), withoutContent(fromHost(REWRITTEN + 1), ID + 1)));
        assertEquals(PORT + 1, scene.foundPort());
    }

    @Test
    @DisplayName("R26: an IP ID of 0 shows nothing about the NAT, so the pair is final")
    void anIdentificationThatIsNoneDoesNotCount() {
        assertEquals(
                Match.LIKELY,
                pair(
                        fromGuest(PORT + 1).id(0).ttl(TTL),
                        fromHost(REWRITTEN + 1).id(ID + 1).ttl(TTL)));
    }

    @Test
    void aKeptPortIsUnexpected() {
        assertEquals(
                Match.OPEN, pair(withoutContent(fromGuest(PORT + 1), 0), withoutContent(fromHost(PORT + 1), ID + 1)));
    }

    @Test
    void anotherIdentificationIsUnexpected() {
        assertEquals(
                Match.OPEN,
                pair(
                        fromGuest(PORT + 1).id(ID + 1).ttl(TTL),
                        fromHost(REWRITTEN + 1).id(ID + 2).ttl(TTL)));
    }

    @Test
    void aSmallerTtlIsUnexpected() {
        assertEquals(
                Match.OPEN,
                pair(
                        withoutContent(fromGuest(PORT + 1), ID + 1),
                        withoutContent(fromHost(REWRITTEN + 1), ID + 1).ttl(TTL - 1)));
    }

    @Test
    void whatIsOpenIsLikelyWhenItsTimeIsUp() {
        ProbeBuilder leaving = fromHost(REWRITTEN + 1).id(ID + 2).ttl(TTL);
        pair(fromGuest(PORT + 1).id(ID + 1).ttl(TTL), leaving);
        long left = scene.mapper.openUntilNanos() - scene.now();

        assertTrue(left > 9 * MILLI && left < 11 * MILLI, left + " ns");
        assertEquals(Match.LIKELY, scene.findAtLast(leaving));
    }

    private Match pair(ProbeBuilder guests, ProbeBuilder leaving) {
        scene.guest(guests);
        scene.egress(leaving);
        return scene.find(leaving);
    }

    /** Without a UDP checksum, the contents cannot be compared. */
    private static ProbeBuilder withoutContent(ProbeBuilder probe, int identification) {
        return probe.id(identification).checksum(0).ttl(TTL);
    }
}
