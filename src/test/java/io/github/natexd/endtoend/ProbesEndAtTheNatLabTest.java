package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.lab.Traceroute;
import io.github.natexd.linux.emulation.Namespace;
import io.github.natexd.linux.packet.PacketSocket;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.Macs;
import io.github.natexd.testkit.Packets;
import io.github.natexd.testkit.clients.Client;
import io.github.natexd.wire.Ipv4Address;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A NAT process that is a silent hop: a guest's probes with TTL 1 expire there. Root's probes on the host, equal in
 * everything except port and IP ID, leave and cause errors.
 */
class ProbesEndAtTheNatLabTest {
    private static final int ROUNDS = 20;
    private static final int PROBES = 10;
    private static final int FIRST_PORT = 33_434;
    /**
     * The host's kernel gives no traceroute this port: with the same port, nothing would distinguish a probe from the
     * guest's.
     */
    private static final int SOURCE_PORT = 9_000;
    /** Longer than the half second within which a guest's probe and one that left can be a pair. */
    private static final long FAR_MILLIS = 650;

    @ParameterizedTest
    @ValueSource(strings = {"-U -p 33434", "", "-I"})
    @DisplayName("defect 1: a guest's probes that expire at the NAT take none of the host's errors (200 of 200, twice)")
    void theHostLosesNothing(String method) {
        try (Lab lab = Lab.up(LabOptions.defaults().rewritingPorts().decrementingTtl());
                LabNatexd natexd = LabNatexd.start(lab)) {
            traceWhileTheHostDoes(lab, natexd, method);

            // After a guest's traceroute, natexd knows that this NAT keeps IP IDs and lowers the TTL.
            for (Client client : List.of(Client.TRACEROUTE, Client.TRACEROUTE_ICMP)) {
                client.run(lab, Node.GUEST1);
                String output = client.run(lab, Node.GUEST1);
                assertEquals(lab.hops(), Traceroute.hops(output), output + natexd.log());
            }
            traceWhileTheHostDoes(lab, natexd, method);
        }
    }

    /**
     * Probes without IP IDs, as some systems send them, after a probe with the same destination and port that did
     * leave.
     */
    @Test
    @DisplayName("defect 1: nor do probes without an IP ID, even if similar ones have just left (200 of 200)")
    void theHostLosesNothingToProbesWithoutAnIpId() throws Exception {
        try (Lab lab = Lab.up(LabOptions.defaults().rewritingPorts().decrementingTtl());
                LabNatexd natexd = LabNatexd.start(lab);
                PacketSocket guest = Namespace.call(
                        lab.namespace(Node.GUEST1), () -> PacketSocket.openUnfiltered(Topology.GUEST_INTERFACE))) {
            StringBuilder shown = new StringBuilder();
            for (int i = 0; i < ROUNDS; i++) {
                for (int ttl = 2; ttl >= 1; ttl--) {
                    for (int port = FIRST_PORT; port < FIRST_PORT + PROBES; port++) {
                        Packets.send(guest, Macs.NAT, Macs.GUEST1, probe(port, ttl));
                    }
                }
                shown.append(firstHop(lab, Node.HOST, ""));
                TimeUnit.MILLISECONDS.sleep(FAR_MILLIS);
            }
            assertNoneLost(shown.toString(), natexd);
        }
    }

    /** A probe as traceroute sends it, except for the IP ID. */
    private static byte[] probe(int port, int ttl) {
        byte[] data = new byte[32];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) (0x40 + i);
        }
        return Packets.udpProbe(
                        Ipv4Address.parse(Topology.GUEST1), Ipv4Address.parse(Topology.TARGET), SOURCE_PORT, port)
                .ttl(ttl)
                .id(0)
                .data(data)
                .bytes();
    }

    /**
     * The host runs traceroute and loses nothing, while a guest does so, too, and may get copies (R16 in rfc5508.md).
     */
    private static void traceWhileTheHostDoes(Lab lab, LabNatexd natexd, String method) {
        AtomicBoolean enough = new AtomicBoolean();
        CompletableFuture<Void> guest = CompletableFuture.runAsync(
                () -> {
                    while (!enough.get()) {
                        firstHop(lab, Node.GUEST1, method);
                    }
                },
                task -> new Thread(task, "guest").start());
        StringBuilder shown = new StringBuilder();
        try {
            for (int i = 0; i < ROUNDS; i++) {
                shown.append(firstHop(lab, Node.HOST, method));
            }
        } finally {
            enough.set(true);
            guest.join();
        }
        assertNoneLost(shown.toString(), natexd);
    }

    /** Sends all probes at once; each error must arrive before the next round. */
    private static String firstHop(Lab lab, Node node, String method) {
        return lab.exec(
                        node,
                        "sh",
                        "-c",
                        "traceroute -n -m1 -w0.3 -q" + PROBES + " -N" + PROBES + " " + method + " " + Topology.TARGET)
                .output();
    }

    private static void assertNoneLost(String shown, LabNatexd natexd) {
        int answers = shown.split(" ms", -1).length - 1;
        assertEquals(
                ROUNDS * PROBES,
                answers,
                () -> shown
                        + natexd.log()
                        + natexd.natexctl("status", "--json").output()
                        + natexd.natexctl("mappings").output());
    }
}
