package io.github.natexd.mapping;

import static io.github.natexd.mapping.MappingScene.MILLI;
import static io.github.natexd.mapping.MappingScene.PORT;
import static io.github.natexd.mapping.MappingScene.fromGuest;
import static io.github.natexd.mapping.MappingScene.fromHost;
import static io.github.natexd.mapping.MappingScene.fromOtherGuest;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.natexd.testkit.ProbeBuilder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is not decided yet: what waits for a guest's sighting, and what the host is given at once. */
class MapperWaitTest {
    private static final int ID = 0x3333;
    private static final int REWRITTEN = 61000;
    private static final int NAT_ID = 0x2222;

    private final MappingScene scene = new MappingScene();

    @Test
    @DisplayName("R16: before the first pair nothing says that the NAT is ahead: the host gets its error at once")
    void nothingWaitsBeforeTheFirstPair() {
        scene.guest(fromGuest(PORT + 9).dataOctets(9));
        scene.egress(fromHost(PORT));

        assertEquals(Finding.HOST_SO_FAR, scene.find(fromHost(PORT)));
        scene.guest(fromGuest(PORT));
        assertEquals(Finding.MAPPED, scene.find(fromHost(PORT)), "the copy is the guest's");
    }

    @Test
    @DisplayName("R36: where the NAT was seen ahead of its guests, an error waits for the guest's sighting")
    void anErrorWaitsForTheGuestsSighting() {
        scene.natAhead(5 * MILLI);
        scene.egress(fromHost(PORT));

        assertEquals(Finding.WAITING, scene.find(fromHost(PORT)));
        scene.guest(fromGuest(PORT));
        assertEquals(Finding.MAPPED, scene.find(fromHost(PORT)));
    }

    @Test
    @DisplayName("R16: nothing waits for longer than twice the time by which the NAT was ahead")
    void theWaitIsTwiceTheLead() {
        scene.natAhead(MILLI);
        scene.egress(fromHost(PORT));

        scene.passNanos(2 * MILLI - 1);
        assertEquals(Finding.WAITING, scene.find(fromHost(PORT)));
        scene.passNanos(1);
        assertEquals(Finding.HOST_SO_FAR, scene.find(fromHost(PORT)));
    }

    @Test
    @DisplayName("R16: nothing waits for longer than ten milliseconds, however far the NAT was ahead")
    void nothingWaitsForLongerThanTenMillis() {
        scene.natAhead(15 * MILLI);
        scene.egress(fromHost(PORT));

        scene.passNanos(Mapper.WAIT_NANOS - 1);
        assertEquals(Finding.WAITING, scene.find(fromHost(PORT)));
        scene.passNanos(1);
        assertEquals(Finding.HOST, scene.find(fromHost(PORT)));
    }

    @Test
    @DisplayName("R16: one slow moment of the NAT's is forgotten")
    void aLongLeadIsForgotten() {
        scene.natAhead(8 * MILLI);
        for (int i = 0; i < 300; i++) {
            scene.natAhead(MILLI / 10);
        }
        scene.egress(fromHost(PORT));
        scene.pass(1);

        assertEquals(Finding.HOST_SO_FAR, scene.find(fromHost(PORT)));
    }

    @Test
    @DisplayName("R16: nothing waits where no guest was active in the last second")
    void nothingWaitsWhereNoGuestWasActiveInTheLastSecond() {
        scene.natAhead(5 * MILLI);
        scene.pass(1000);
        scene.egress(fromHost(PORT));

        assertEquals(Finding.HOST_SO_FAR, scene.find(fromHost(PORT)));
        scene.passNanos(Mapper.WAIT_NANOS);
        assertEquals(Finding.HOST, scene.find(fromHost(PORT)), "nothing late comes as late as that");
    }

    @Test
    @DisplayName("R16: a NAT that was never faster than its guests makes no error of the host's wait")
    void nothingWaitsWhereTheNatIsNeverAhead() {
        scene.guest(fromGuest(PORT));
        scene.pass(1);
        scene.egress(fromHost(PORT));
        scene.egress(fromHost(PORT + 1).dataOctets(9));

        assertEquals(Finding.HOST_SO_FAR, scene.find(fromHost(PORT + 1).dataOctets(9)));
    }

    @Test
    @DisplayName("R36: a constant flow whose next probe is sighted leaving first waits for the guest's, as any other")
    void theNextProbeOfAConstantFlowWaits() {
        scene.egress(fromHost(PORT).id(ID));
        scene.pass(5);
        scene.guest(fromGuest(PORT).id(ID));
        scene.egress(fromHost(PORT).id(ID + 1));

        assertEquals(Finding.WAITING, scene.find(fromHost(PORT).id(ID + 1)));
        scene.guest(fromGuest(PORT).id(ID + 1));
        assertEquals(Finding.MAPPED, scene.findAfterWaiting(fromHost(PORT).id(ID + 1)));
        assertEquals(ID + 1, scene.mapper.found().guestIdentification());
    }

    @Test
    @DisplayName("R16: the first pair with neither port nor IP ID may be of the host's probe: the host has its error")
    void theHostHasTheErrorOfTheFirstWeakPair() {
        scene.guest(fromGuest(PORT).id(ID));
        scene.egress(fromHost(REWRITTEN).id(NAT_ID));

        assertEquals(Finding.HOST_SO_FAR, scene.find(fromHost(REWRITTEN).id(NAT_ID)));
        assertEquals(Finding.MAPPED, scene.findAfterWaiting(fromHost(REWRITTEN).id(NAT_ID)));
        assertEquals(PORT, scene.foundPort());
    }

    @Test
    @DisplayName("R36: where such pairs are the rule, an error waits until nothing better can come")
    void aWeakPairIsBoundOnlyWhenNothingBetterCanComeAnyMore() {
        bindWeakPair(PORT + 9, REWRITTEN + 9);
        scene.guest(fromGuest(PORT).id(ID));
        scene.egress(fromHost(REWRITTEN).id(NAT_ID));

        assertEquals(Finding.WAITING, scene.find(fromHost(REWRITTEN).id(NAT_ID)));
        assertEquals(Finding.MAPPED, scene.findAfterWaiting(fromHost(REWRITTEN).id(NAT_ID)));
        assertEquals(PORT, scene.foundPort());
    }

    @Test
    @DisplayName("R16: one such pair, of a port that was taken on the host, is no rule: the next error does not wait")
    void oneWeakPairIsNoRule() {
        bindWeakPair(PORT + 9, REWRITTEN + 9);
        scene.guest(fromGuest(PORT + 8).id(ID));
        scene.egress(fromHost(PORT + 8).id(NAT_ID));
        assertEquals(Finding.MAPPED, scene.find(fromHost(PORT + 8).id(NAT_ID)));
        scene.guest(fromGuest(PORT).id(ID));
        scene.egress(fromHost(REWRITTEN).id(NAT_ID + 1));

        assertEquals(Finding.HOST_SO_FAR, scene.find(fromHost(REWRITTEN).id(NAT_ID + 1)));
    }

    @Test
    @DisplayName("R16: more probes leaving than guests sent: one is the host's, which does not wait to know which")
    void nothingWaitsAmongUnequalNumbers() {
        bindWeakPair(PORT + 9, REWRITTEN + 9);
        scene.guest(fromGuest(PORT).id(ID));
        scene.egress(fromHost(REWRITTEN).id(NAT_ID));
        scene.egress(fromHost(50000).id(NAT_ID + 1));

        assertEquals(Finding.HOST_SO_FAR, scene.find(fromHost(50000).id(NAT_ID + 1)));
        assertEquals(Finding.AMBIGUOUS, scene.findAfterWaiting(fromHost(50000).id(NAT_ID + 1)));
    }

    @Test
    @DisplayName("R16: where the NAT keeps ports and IP IDs, the host's error does not wait between two guests' probes")
    void aRefusedPairDoesNotWait() {
        scene.guest(fromGuest(PORT + 9).id(ID));
        scene.egress(fromHost(PORT + 9).id(ID));
        scene.guest(fromGuest(PORT).id(ID + 1));
        scene.otherGuest(fromOtherGuest(PORT + 1).id(ID + 2));
        ProbeBuilder hosts = fromHost(50000).id(NAT_ID);
        scene.egress(hosts);

        assertEquals(Finding.HOST_SO_FAR, scene.find(hosts));
        assertEquals(Finding.AMBIGUOUS, scene.findAfterWaiting(hosts));
    }

    private void bindWeakPair(int guestPort, int natPort) {
        scene.guest(fromGuest(guestPort).id(ID - 1).dataOctets(9));
        scene.egress(fromHost(natPort).id(NAT_ID - 1).dataOctets(9));
        assertEquals(
                Finding.MAPPED,
                scene.findAfterWaiting(fromHost(natPort).id(NAT_ID - 1).dataOctets(9)));
    }
}
