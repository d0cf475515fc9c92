package io.github.natexd.mapping;

import static io.github.natexd.mapping.MappingScene.PORT;
import static io.github.natexd.mapping.MappingScene.fromGuest;
import static io.github.natexd.mapping.MappingScene.fromHost;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.testkit.Packets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What a mapper tells of its mappings and of the NAT process. */
class MapperReportTest {
    private static final int MANY = 20_000;

    @Test
    void countsWhatTheNatKeepsAndChanges() {
        MappingScene scene = new MappingScene();
        scene.guest(fromGuest(PORT).id(7).ttl(3));
        scene.egress(fromHost(PORT).id(7).ttl(3));
        scene.guest(fromGuest(PORT + 1).id(8).ttl(3));
        scene.egress(fromHost(PORT + 1).id(8).ttl(2));
        scene.guest(fromGuest(PORT + 2).id(0).ttl(3));
        scene.egress(fromHost(PORT + 2).id(9).ttl(3));

        assertEquals(new NatBehaviour(3, 0, 2, 0, 2, 1, 0), scene.mapper.behaviour());
    }

    @Test
    void countsARewrittenPort() {
        MappingScene scene = new MappingScene();
        scene.guest(fromGuest(PORT).id(7));
        scene.egress(fromHost(61000).id(7));
        scene.findAfterWaiting(fromHost(61000).id(7));

        assertEquals(new NatBehaviour(0, 1, 1, 0, 1, 0, 0), scene.mapper.behaviour());
    }

    @Test
    void countsErrorsAboutProbesThatNoRuleSawLeaving() {
        MappingScene scene = new MappingScene();
        scene.guest(fromGuest(PORT).id(7));

        assertEquals(Finding.MAPPED, scene.find(fromHost(PORT).id(7)));
        assertEquals(new NatBehaviour(1, 0, 1, 0, 0, 0, 1), scene.mapper.behaviour());
    }

    @Test
    void anotherNatProcessIsAnotherStory() {
        MappingScene scene = new MappingScene();
        scene.guest(fromGuest(PORT).id(7));
        scene.egress(fromHost(PORT).id(7));

        scene.mapper.forgetBehaviour();

        assertEquals(new NatBehaviour(0, 0, 0, 0, 0, 0, 0), scene.mapper.behaviour());
    }

    @Test
    void aRowTellsBothSidesOfTheProbe() {
        MappingScene scene = new MappingScene();
        scene.guest(fromGuest(PORT).id(7).ttl(3));
        scene.egress(fromHost(PORT).id(7).ttl(3));
        scene.pass(5);

        MappingPage page = scene.mapper.page(0, scene.now());

        MappingRow row = new MappingRow(
                Packets.GUEST,
                Packets.GUEST_MAC,
                17,
                PORT,
                Packets.TARGET,
                MappingScene.TARGET_PORT,
                Packets.HOST,
                PORT,
                3,
                5 * MappingScene.MILLI);
        assertEquals(new MappingPage(List.of(row), MappingPage.END), page);
    }

    @Test
    void pagesAreBoundedAndTellEveryMappingOnce() {
        MappingScene scene = new MappingScene(1 << 15);
        for (int i = 0; i < MANY; i++) {
            scene.guest(fromGuest(1 + i).id(1 + i));
            scene.egress(fromHost(1 + i).id(1 + i));
        }

        List<Integer> ports = new ArrayList<>();
        int from = 0;
        while (from != MappingPage.END) {
            MappingPage page = scene.mapper.page(from, scene.now());
            assertTrue(page.rows().size() <= MappingTable.PAGE_ROWS);
            page.rows().forEach(row -> ports.add(row.guestPort()));
            from = page.next();
        }

        assertEquals(MANY, ports.size());
        Set<Integer> different = ports.stream().collect(Collectors.toSet());
        assertEquals(MANY, different.size());
    }

    @Test
    void expiredMappingsAreNotListedAndGoInBoundedSteps() {
        MappingScene scene = new MappingScene(1 << 15);
        for (int i = 0; i < MANY; i++) {
            scene.guest(fromGuest(1 + i).id(1 + i));
            scene.egress(fromHost(1 + i).id(1 + i));
        }
        scene.passNanos(MappingScene.LIFETIME + 1);

        int listed = 0;
        int from = 0;
        while (from != MappingPage.END) {
            MappingPage page = scene.mapper.page(from, scene.now());
            listed += page.rows().size();
            from = page.next();
        }
        assertEquals(0, listed);
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
}
