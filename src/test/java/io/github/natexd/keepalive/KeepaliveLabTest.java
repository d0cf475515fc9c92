package io.github.natexd.keepalive;

import static io.github.natexd.keepalive.KeepaliveScene.PEER;
import static io.github.natexd.keepalive.KeepaliveScene.PEER_6;
import static io.github.natexd.keepalive.KeepaliveScene.Service.BOTH;
import static io.github.natexd.keepalive.KeepaliveScene.await;
import static io.github.natexd.keepalive.KeepaliveScene.pause;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.keepalive.KeepaliveScene.Client;
import io.github.natexd.keepalive.KeepaliveScene.Service;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** natexd keepalive with the real kernel: which connections send keepalives, and which do not. */
class KeepaliveLabTest {
    private static final String NAT = NatProcesses.NAME;
    private static final String ON = "enabled = true";
    private static final int NO_PERMISSION = 77;
    private static final int CONFIGURATION = 78;
    private static final long SLOW_MACHINE_MILLIS = 2_000;

    @TempDir
    private Path directory;

    private KeepaliveScene scene;

    @BeforeEach
    void build() throws Exception {
        scene = new KeepaliveScene(directory);
    }

    @AfterEach
    void remove() {
        scene.close();
    }

    @Test
    void newConnectionsOfTheNatSendKeepalivesAtTheConfiguredTimes() throws Exception {
        Client nat = scene.client(NAT, scene.group());
        nat.connect(PEER);
        Service service = keepalive(1, 1, 2);
        service.awaitAttached(nat);
        assertEquals(0, nat.withKeepalive().size(), "a connection from before");

        nat.connect(PEER);

        assertEquals(2, nat.sockets().size());
        assertEquals(1, nat.withKeepalive().size(), nat.sockets()::toString);
        long before = scene.segmentsAtPeer();
        pause(5_500);
        long keepalives = scene.segmentsAtPeer() - before;
        assertTrue(keepalives >= 4 && keepalives <= 6, keepalives + " in 5.5 s at one a second");
        assertEquals(2, nat.sockets().size(), "the peer answers");
    }

    @Test
    void connectionsOverIpv6SendThemTooAndUdpIsLeftAlone() throws Exception {
        Client nat = scene.client(NAT, scene.group());
        keepalive(300, 1, 2).awaitAttached(nat);

        nat.connect(PEER_6);
        nat.connect("udp", PEER);
        nat.connect("udp", PEER_6);

        assertEquals(1, nat.withKeepalive().size(), nat.sockets()::toString);
        // ss writes a time of minutes as 4min59sec.
        assertTrue(nat.withKeepalive().get(0).contains("timer:(keepalive,4min5"), nat.sockets()::toString);
    }

    @Test
    void connectionsOfOtherProcessesAreUntouched() throws Exception {
        Path shared = scene.group();
        Client nat = scene.client(NAT, shared);
        Client neighbour = scene.client("neighbour", shared);
        Client stranger = scene.client("stranger", scene.group());
        keepalive(1, 1, 2).awaitAttached(nat);

        nat.connect(PEER);
        neighbour.connect(PEER);
        String connection = stranger.connect(PEER);

        assertEquals(1, nat.withKeepalive().size());
        for (Client other : new Client[] {neighbour, stranger}) {
            assertEquals(1, other.sockets().size());
            assertEquals(0, other.withKeepalive().size(), other.sockets()::toString);
        }
        scene.peerVanishes();
        await("the NAT's connection has ended", () -> nat.sockets().isEmpty());
        pause(1_000);
        assertFalse(stranger.hasEnded(connection));
        assertEquals(1, neighbour.sockets().size());
    }

    @Test
    void aPeerThatHasVanishedIsNoticedInTime() throws Exception {
        Client nat = scene.client(NAT, scene.group());
        keepalive(1, 1, 2).awaitAttached(nat);
        String connection = nat.connect(PEER);

        scene.peerVanishes();

        assertEndsWithin(3_000, nat, connection);
    }

    @Test
    void theUserTimeoutEndsAConnectionBeforeItsCountDoes() throws Exception {
        Client nat = scene.client(NAT, scene.group());
        String connection = connectAndLosePeer(
                nat, ON, "idle-seconds = 1", "interval-seconds = 1", "count = 127", "user-timeout-seconds = 3");

        assertEndsWithin(5_000, nat, connection);
    }

    @Test
    void theUserTimeoutKeepsAConnectionAfterItsCountIsReached() throws Exception {
        Client nat = scene.client(NAT, scene.group());
        String connection = connectAndLosePeer(
                nat, ON, "idle-seconds = 1", "interval-seconds = 1", "count = 1", "user-timeout-seconds = 6");

        pause(5_000);
        assertFalse(nat.hasEnded(connection), "the count alone ends it after 2 s");
        await("the connection has ended", () -> nat.hasEnded(connection));
    }

    @Test
    void theUserTimeoutCountsOnlyWhenTheSecondKeepaliveIsDue() throws Exception {
        Client nat = scene.client(NAT, scene.group());
        String connection = connectAndLosePeer(
                nat, ON, "idle-seconds = 2", "interval-seconds = 3", "count = 127", "user-timeout-seconds = 1");

        pause(3_500);
        assertFalse(nat.hasEnded(connection), "no keepalive is due between 2 and 5 s");
        await("the connection has ended", () -> nat.hasEnded(connection));
    }

    /** Makes a connection under these settings, and lets its peer vanish. */
    private String connectAndLosePeer(Client nat, String... settings) throws Exception {
        scene.service(BOTH, settings).awaitAttached(nat);
        String connection = nat.connect(PEER);
        scene.peerVanishes();
        return connection;
    }

    private static void assertEndsWithin(long millis, Client nat, String connection) {
        long start = System.nanoTime();
        pause(1_000);
        assertFalse(nat.hasEnded(connection), "at once: it has ended for another reason");
        await("the connection has ended", () -> nat.hasEnded(connection));
        long taken = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        assertTrue(taken < millis + SLOW_MACHINE_MILLIS, taken + " ms");
    }

    @Test
    void connectionsGoOnWhenItIsKilledAndTheProgramIsGone() throws Exception {
        Client nat = scene.client(NAT, scene.group());
        Service service = keepalive(1, 1, 2);
        service.awaitAttached(nat);
        String connection = nat.connect(PEER);

        service.killHard();
        nat.connect(PEER);

        pause(4_000);
        assertFalse(nat.hasEnded(connection));
        assertEquals(2, nat.sockets().size());
        assertEquals(1, nat.withKeepalive().size(), nat.sockets()::toString);
    }

    @Test
    void itFollowsTheNatToItsNextProcessAndStopsWhenTold() throws Exception {
        Client first = scene.client(NAT, scene.group());
        Service service = keepalive(1, 1, 2);
        service.awaitAttached(first);

        first.close();
        service.awaitLog("waiting for VMware's NAT process");
        Client second = scene.client(NAT, scene.group());
        service.awaitAttached(second);
        second.connect(PEER);

        assertEquals(1, second.withKeepalive().size(), second.sockets()::toString);
        assertEquals(0, service.stop());
        assertTrue(service.log().endsWith("INFO stopped\n"), service::log);
        second.connect(PEER);
        assertEquals(1, second.withKeepalive().size(), second.sockets()::toString);
    }

    @Test
    void usersCannotCrowdOutTheNat() throws Exception {
        scene.crowd(20, NAT, scene.group());
        Client nat = scene.client(NAT, scene.group());

        Service service = keepalive(1, 1, 2);

        service.awaitAttached(nat);
        Matcher served = Pattern.compile("\\(process ([0-9, ]+)\\)").matcher(service.log());
        assertTrue(served.find(), service::log);
        assertEquals(16 + 1, served.group(1).split(", ").length, service::log);
    }

    @ParameterizedTest
    @ValueSource(strings = {"+bpf", "+net_admin"})
    void withoutEitherCapabilityItNamesBoth(String only) throws Exception {
        Service service = scene.service(only, ON);

        assertEquals(NO_PERMISSION, service.awaitEnd(), service::log);
        assertTrue(
                service.log()
                        .contains(
                                "load the keepalive program into the kernel: EPERM: this needs CAP_BPF and"
                                        + " CAP_NET_ADMIN; start it with systemd (systemctl start natexd-keepalive) or as root"),
                service::log);
    }

    @Test
    void whereItIsNotEnabledItSaysSo() throws Exception {
        Service service = scene.service(BOTH, "idle-seconds = 1");

        assertEquals(CONFIGURATION, service.awaitEnd(), service::log);
        assertTrue(service.log().contains("keepalive.enabled is false in "), service::log);
    }

    private Service keepalive(int idle, int interval, int count) throws Exception {
        return scene.service(BOTH, ON, "idle-seconds = " + idle, "interval-seconds = " + interval, "count = " + count);
    }
}
