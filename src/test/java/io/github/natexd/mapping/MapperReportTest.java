package io.github.natexd.mapping;

import static io.github.natexd.mapping.MappingScene.PORT;
import static io.github.natexd.mapping.MappingScene.echo;
import static io.github.natexd.mapping.MappingScene.fromGuest;
import static io.github.natexd.mapping.MappingScene.fromHost;
import static io.github.natexd.testkit.Packets.GUEST;
import static io.github.natexd.testkit.Packets.HOST;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.report.MappingPage;
import io.github.natexd.report.MappingRow;
import io.github.natexd.report.NatProfile;
import io.github.natexd.report.NatProfile.Known;
import io.github.natexd.report.NatProfile.Trait;
import io.github.natexd.report.NatProfile.Traits;
import io.github.natexd.testkit.Packets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a mapper tells of its mappings and of the NAT process. */
class MapperReportTest {
    private static final int MANY = 20_000;
    private static final Trait NOTHING = new Trait(Known.UNKNOWN, 0, 0);

    @Test
    void countsWhatTheNatKeepsAndChanges() {
        MappingScene scene = new MappingScene();
        scene.guest(fromGuest(PORT).id(7).ttl(3));
        scene.egress(fromHost(PORT).id(7).ttl(3));
        scene.guest(fromGuest(PORT + 1).id(8).ttl(3));
        scene.egress(fromHost(PORT + 1).id(8).ttl(2));
        scene.findAtLast(fromHost(PORT + 1).id(8));
        scene.guest(fromGuest(PORT + 2).id(0).ttl(3));
        scene.egress(fromHost(PORT + 2).id(9).ttl(3));

        Traits udp = new Traits(
                new Trait(Known.YES, 3, 0),
                new Trait(Known.YES, 2, 0),
                new Trait(Known.MIXED, 2, 1),
                new Trait(Known.YES, 3, 0));
        assertEquals(udp, scene.mapper.profile().udp());
        assertEquals(
                new Traits(NOTHING, NOTHING, NOTHING, NOTHING),
                scene.mapper.profile().echo());
    }

    @Test
    void countsARewrittenIdentifierOfEchoesForThemselves() {
        MappingScene scene = new MappingScene();
        scene.guest(echo(GUEST, 1).id(7));
        scene.egress(echo(HOST, 500).id(7));
        scene.find(echo(HOST, 500).id(7));

        assertEquals(new Trait(Known.NO, 0, 1), scene.mapper.profile().echo().portKept());
        assertEquals(new Trait(Known.YES, 1, 0), scene.mapper.profile().echo().identificationKept());
        assertEquals(NOTHING, scene.mapper.profile().udp().portKept());
    }

    @Test
    void countsErrorsAboutProbesThatNoRuleSawLeaving() {
        MappingScene scene = new MappingScene();
        scene.guest(fromGuest(PORT).id(7));

        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT).id(7)));
        Traits udp =
                new Traits(new Trait(Known.YES, 1, 0), new Trait(Known.YES, 1, 0), NOTHING, new Trait(Known.NO, 0, 1));
        assertEquals(udp, scene.mapper.profile().udp());
    }

    @Test
    void anotherNatProcessIsAnotherStory() {
        MappingScene scene = new MappingScene();
        scene.guest(fromGuest(PORT).id(7));
        scene.egress(fromHost(PORT).id(7));

        scene.mapper.forgetProfile();

        Traits nothing = new Traits(NOTHING, NOTHING, NOTHING, NOTHING);
        assertEquals(new NatProfile(nothing, nothing), scene.mapper.profile());
    }

    @Test
    void aRowTellsBothSidesOfTheProbe() {
        MappingScene scene = new MappingScene();
        scene.guest(fromGuest(PORT).id(7).ttl(3));
        scene.egress(fromHost(61000).id(7).ttl(2));
        scene.pass(5);
        scene.find(fromHost(61000).id(7));

        MappingPage page = scene.mapper.page(0, scene.now());

        MappingRow row = new MappingRow(
                GUEST,
                Packets.GUEST_MAC,
                17,
                PORT,
                Packets.TARGET,
                MappingScene.TARGET_PORT,
                HOST,
                61000,
                3,
                5 * MappingScene.MILLI);
        assertEquals(new MappingPage(List.of(row), MappingPage.END), page);
    }

    @Test
    void whatHasNoPairIsNotListed() {
        MappingScene scene = new MappingScene();
        scene.guest(fromGuest(PORT).id(7));
        scene.egress(fromHost(61000).id(9));

        assertEquals(new MappingPage(List.of(), MappingPage.END), scene.mapper.page(0, scene.now()));
        assertEquals(0, scene.mapper.mappings());
    }

    @Test
    void pagesAreBoundedAndTellEveryMappingOnce() {
        MappingScene scene = manyMappings();

        List<Integer> ports = listed(scene);

        assertEquals(MANY, ports.size());
        assertEquals(MANY, new HashSet<>(ports).size());
    }

    @Test
    void expiredMappingsAreNotListedAndGoInBoundedSteps() {
        MappingScene scene = manyMappings();
        scene.passNanos(2 * MappingScene.LIFETIME);

        assertEquals(List.of(), listed(scene));
        assertFalse(scene.mapper.expire(scene.now()), "not all at once");
        assertTrue(scene.mapper.mappings() > 0);
        while (!scene.mapper.expire(scene.now())) {
            assertTrue(scene.mapper.mappings() > 0);
        }
        assertEquals(0, scene.mapper.mappings());
    }

    @Test
    void aPageBehindTheEndIsEmpty() {
        assertEquals(new MappingPage(List.of(), MappingPage.END), new MappingScene().mapper.page(9_999_999, 0));
    }

    private static MappingScene manyMappings() {
        MappingScene scene = new MappingScene(1 << 15);
        for (int i = 0; i < MANY; i++) {
            scene.guest(fromGuest(1 + i).id(1 + i));
            scene.egress(fromHost(1 + i).id(1 + i));
        }
        return scene;
    }

    /** The guests' ports of all pages. */
    private static List<Integer> listed(MappingScene scene) {
        List<Integer> ports = new ArrayList<>();
        int from = 0;
        while (from != MappingPage.END) {
            MappingPage page = scene.mapper.page(from, scene.now());
            assertTrue(page.rows().size() <= MappingPage.ROWS_LIMIT);
            page.rows().forEach(row -> ports.add(row.guestPort()));
            from = page.next();
        }
        return ports;
    }
}
