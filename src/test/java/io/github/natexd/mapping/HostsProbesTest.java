package io.github.natexd.mapping;

import static io.github.natexd.mapping.MappingScene.PORT;
import static io.github.natexd.mapping.MappingScene.ROOT;
import static io.github.natexd.mapping.MappingScene.USER;
import static io.github.natexd.mapping.MappingScene.fromGuest;
import static io.github.natexd.mapping.MappingScene.fromHost;
import static io.github.natexd.mapping.MappingScene.unfinished;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.natexd.testkit.ProbeBuilder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The host's own probes stay the host's: told from the NAT's by evidence, by the sender's user, by the profile. */
class HostsProbesTest {
    private static final int REWRITTEN = 61000;
    private static final int GUEST_ID = 0x1111;
    private static final int NAT_ID = 0x2222;

    private final MappingScene scene = new MappingScene();

    @Test
    @DisplayName("R16: the host's probe to the same port at the same time is the host's")
    void theHostsProbeStaysTheHosts() {
        scene.guest(fromGuest(PORT).id(GUEST_ID));
        scene.egress(fromHost(REWRITTEN)
                .id(NAT_ID)
                .checksum(unfinished(fromHost(REWRITTEN).bytes())));
        scene.egress(fromHost(PORT).id(GUEST_ID));

        assertEquals(Match.HOST, scene.findAtLast(fromHost(REWRITTEN).id(NAT_ID)));
        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT).id(GUEST_ID)));
    }

    @Test
    @DisplayName("R16: the sender's user id tells the host's probe from the NAT's")
    void theUserIdTellsTheHostFromTheNat() {
        ProbeBuilder hosts = fromHost(REWRITTEN).id(NAT_ID).checksum(0);
        scene.guest(fromGuest(PORT + 1).id(0).checksum(0));
        scene.egress(hosts, USER);

        assertEquals(Match.HOST, scene.find(hosts), "another user's is no guest's, however long one waits");
    }

    @Test
    @DisplayName(
            "R16: a NAT that is not root's is learned from a pair of port and IP ID; then root's probes are the host's")
    void theUserIdOfTheNatIsLearnedFromACertainPair() {
        ProbeBuilder silent = fromHost(PORT).id(0).checksum(0);
        scene.guest(fromGuest(PORT).id(0).checksum(0));
        scene.egress(silent, USER);
        assertEquals(Match.HOST, scene.findAtLast(silent), "VMware's NAT is root's until shown otherwise");

        scene.guest(fromGuest(PORT + 1).id(GUEST_ID));
        scene.egress(fromHost(PORT + 1).id(GUEST_ID), USER);
        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT + 1).id(GUEST_ID)));

        ProbeBuilder roots = fromHost(PORT + 2).id(0).checksum(0);
        scene.guest(fromGuest(PORT + 2).id(0).checksum(0));
        scene.egress(roots, ROOT);
        assertEquals(Match.HOST, scene.findAtLast(roots));
    }

    @Test
    @DisplayName("R16: where the NAT keeps ports and IP IDs, a probe with neither is the host's")
    void aNatThatKeepsEverythingLeavesNoWeakPairs() {
        ProbeBuilder hosts = fromHost(REWRITTEN).id(NAT_ID).checksum(0);
        scene.guest(fromGuest(PORT).id(GUEST_ID));
        scene.egress(fromHost(PORT).id(GUEST_ID));
        scene.guest(fromGuest(PORT + 1).id(GUEST_ID + 1)); // the NAT itself answers this one
        scene.egress(hosts);

        assertEquals(Match.HOST, scene.findAtLast(hosts));
    }

    @Test
    @DisplayName("R16: where the NAT is not seen leaving and keeps ports, whatever leaves from another is the host's")
    void aNatWithoutEgressSightingsLeavesNoWeakPairs() {
        ProbeBuilder hosts = fromHost(REWRITTEN).id(NAT_ID).checksum(0);
        scene.guest(fromGuest(PORT).id(GUEST_ID));
        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT).id(GUEST_ID)));
        scene.pass(600);
        scene.guest(fromGuest(PORT + 1).id(GUEST_ID + 1));
        scene.egress(hosts);

        assertEquals(Match.HOST, scene.findAtLast(hosts));
    }

    @Test
    @DisplayName(
            "R16: where the NAT is not seen leaving, the host's probes teach nothing about it: all stay the host's")
    void theHostsProbesTeachNothingAboutANatThatIsNotSeenLeaving() {
        scene.guest(fromGuest(PORT).id(GUEST_ID));
        assertEquals(Match.CERTAIN, scene.find(fromHost(PORT).id(GUEST_ID)));
        for (int i = 1; i <= 4; i++) {
            scene.pass(600);
            ProbeBuilder hosts = fromHost(REWRITTEN + i).id(NAT_ID + i);
            scene.guest(fromGuest(PORT + i).id(GUEST_ID + i));
            scene.egress(hosts);

            assertEquals(Match.HOST, scene.findAtLast(hosts), "probe " + i);
        }
    }
}
