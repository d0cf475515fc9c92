package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.LabOptions.Router;
import io.github.natexd.lab.LabOptions.Send;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.linux.emulation.Namespace;
import io.github.natexd.linux.packet.PacketSocket;
import io.github.natexd.testkit.Capture;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.Macs;
import io.github.natexd.testkit.Packet;
import io.github.natexd.testkit.Packets;
import io.github.natexd.testkit.ProbeBuilder;
import io.github.natexd.testkit.clients.NatWays;
import io.github.natexd.testkit.clients.Warmup;
import io.github.natexd.wire.Ipv4Address;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The kernel's own NAT as an oracle. In one lab the host's kernel masquerades the guests; in the others there is a NAT
 * process and natexd. The guest sends the same probes in all of them, and every error must be the same, octet by octet,
 * except for differences that follow from the kernel being a router and from using two labs:
 * <ul>
 *   <li>the kernel forwards, which decrements the TTL of a probe (here the probe starts with one more) and of an error;
 *   <li>the IP ID of an error is a router's own counter, which differs between labs;
 *   <li>the outer header's checksum follows from both. The test checks that it and the ICMP message's checksum are
 *       right; it also compares the latter.
 * </ul>
 */
@TestInstance(Lifecycle.PER_CLASS)
class KernelNatLabTest {
    private static final int PATH_MTU = 1300;
    /** Large enough to reach the target; {@code max-ttl} is 60. */
    private static final int FAR = 30;

    private static final int IDENTIFIER = 0x4e58;
    private static final int FIRST_PORT = 33_434;
    private static final int FIRST_SOURCE_PORT = 41_000;
    private static final int DONT_FRAGMENT = 0x4000;
    private static final long PATIENCE_NANOS = 3_000_000_000L;
    /** If the host's port is late and the machine is busy, a probe can be too late for a copy. */
    private static final int ATTEMPTS = 3;

    private static final String MASQUERADE = """
            echo 1 > /proc/sys/net/ipv4/ip_forward
            nft -f - <<'EOF'
            table ip guests {
                chain postrouting {
                    type nat hook postrouting priority srcnat
                    oifname "up0" masquerade
                }
            }
            EOF
            """;

    /** @param bare what a UDP or ICMP socket sends just so: it has a TOS, options and a checksum of its own */
    private record Probe(Supplier<ProbeBuilder> draft, int ttl, boolean bare) {
        byte[] octets(int further) {
            return draft.get().ttl(ttl + further).bytes();
        }

        String key() {
            return Packet.of(octets(0)).probeKey();
        }
    }

    private static final List<Probe> PROBES = probes();
    /**
     * To be sent one at a time: if natexd only copies the error about it, the host gets it too, and sends no second
     * probe.
     */
    private static final List<Probe> LARGE =
            List.of(large(udp(PROBES.size(), PATH_MTU + 1)), large(echo(PROBES.size() + 1, PATH_MTU + 2)));

    /** Routers whose errors do not reach the host, or differ from probe to probe. */
    private static final EnumSet<Router> UNEVEN = EnumSet.of(Router.SILENT, Router.DAMAGED, Router.HALF, Router.SPLIT);

    /** The errors that the guest got with the kernel as the NAT. */
    private final Map<Router, Map<String, List<String>>> oracle = new EnumMap<>(Router.class);

    private static List<Probe> probes() {
        List<Probe> probes = new ArrayList<>();
        for (int ttl = 1; ttl < Topology.HOPS.size(); ttl++) {
            for (int data : new int[] {0, 1, 32, 33, 1400}) {
                probes.add(new Probe(udp(probes.size(), data), ttl, true));
                probes.add(new Probe(echo(probes.size(), data), ttl, true));
            }
            Supplier<ProbeBuilder> marked = udp(probes.size(), 24);
            probes.add(new Probe(() -> marked.get().tos(0xB8).flagsAndOffset(DONT_FRAGMENT), ttl, false));
            Supplier<ProbeBuilder> unsummed = udp(probes.size(), 24);
            probes.add(new Probe(() -> unsummed.get().checksum(0), ttl, false));
            Supplier<ProbeBuilder> optional = udp(probes.size(), 24);
            probes.add(new Probe(() -> optional.get().options((byte) 1, (byte) 1, (byte) 1, (byte) 1), ttl, false));
            Supplier<ProbeBuilder> wide = echo(probes.size(), 24);
            probes.add(
                    new Probe(() -> wide.get().tos(0x10).options((byte) 1, (byte) 1, (byte) 1, (byte) 0), ttl, false));
        }
        // Port unreachable.
        probes.add(new Probe(udp(probes.size(), 33), FAR, true));
        return probes;
    }

    /** Fragmentation needed. */
    private static Probe large(Supplier<ProbeBuilder> draft) {
        return new Probe(() -> draft.get().flagsAndOffset(DONT_FRAGMENT), FAR, true);
    }

    private static Supplier<ProbeBuilder> udp(int number, int data) {
        return () -> Packets.udpProbe(
                        Ipv4Address.parse(Topology.GUEST1),
                        Ipv4Address.parse(Topology.TARGET),
                        FIRST_SOURCE_PORT + number,
                        FIRST_PORT + number)
                .id(0x1000 + number)
                .dataOctets(data);
    }

    private static Supplier<ProbeBuilder> echo(int number, int data) {
        return () -> Packets.echoProbe(
                        Ipv4Address.parse(Topology.GUEST1), Ipv4Address.parse(Topology.TARGET), IDENTIFIER, number)
                .id(0x1000 + number)
                .dataOctets(data);
    }

    @BeforeAll
    void askTheKernel() {
        try (Lab lab = Lab.up(LabOptions.defaults().pathMtu(PATH_MTU))) {
            Lab.Result result = lab.exec(Node.HOST, "sh", "-c", MASQUERADE);
            assertEquals(0, result.exitCode(), result.output());
            for (Router kind : EnumSet.complementOf(UNEVEN)) {
                oracle.put(kind, errors(lab, kind, PROBES, true));
            }
            for (Probe probe : LARGE) {
                oracle.get(Router.KERNEL).putAll(errors(lab, Router.KERNEL, List.of(probe), true));
            }
        }
    }

    static Stream<LabOptions> ways() {
        return Stream.concat(
                NatWays.notable().stream(),
                Stream.of(LabOptions.defaults().decrementingTtl().answeringTtlOne()));
    }

    @ParameterizedTest
    @MethodSource("ways")
    @DisplayName("R23-R25, R27-R29, R32-R34: the guest gets every error as from the kernel's own NAT")
    void theGuestGetsWhatTheKernelsNatWouldGiveIt(LabOptions way) {
        List<Probe> probes = PROBES.stream()
                .filter(probe -> probe.bare() || way.send() != Send.SOCKET)
                .toList();
        try (Lab lab = Lab.up(way.pathMtu(PATH_MTU));
                LabNatexd natexd = LabNatexd.start(lab)) {
            Warmup.of(lab);
            // Routers behave the same with every NAT, so only the plain NAT is tested with all of them.
            boolean all = way.equals(LabOptions.defaults()) || way.rewritePorts() && way.rewriteIds();
            for (Router kind : all ? oracle.keySet() : Set.of(Router.KERNEL)) {
                Map<String, List<String>> expected = new TreeMap<>(oracle.get(kind));
                expected.keySet().retainAll(probes.stream().map(Probe::key).toList());
                assertEquals(expected, errors(lab, kind, probes, false), () -> kind + "\n" + natexd.log());
            }
            for (Probe probe : LARGE) {
                Map<String, List<String>> expected =
                        Map.of(probe.key(), oracle.get(Router.KERNEL).get(probe.key()));
                assertEquals(expected, errors(lab, Router.KERNEL, List.of(probe), false), natexd::log);
            }
        }
    }

    /** Sends the probes together; returns the errors about each, in a fixed order. */
    private static Map<String, List<String>> errors(Lab lab, Router kind, List<Probe> all, boolean kernel) {
        lab.router(kind);
        // Only r2 has oddities.
        List<Probe> probes = all.stream()
                .filter(probe -> kind == Router.KERNEL || probe.ttl() == 2)
                .toList();
        int copies = kind == Router.TWICE ? 2 : 1;
        int further = kernel || lab.options().decrementTtl() ? 1 : 0;
        long nextHop = kernel ? Macs.HOST : Macs.NAT;
        Map<String, List<String>> errors = new TreeMap<>();
        probes.forEach(probe -> errors.put(probe.key(), new ArrayList<>()));
        try (Capture capture = Capture.on(lab, Node.GUEST1, Topology.GUEST_INTERFACE);
                PacketSocket guest = Namespace.call(
                        lab.namespace(Node.GUEST1), () -> PacketSocket.openUnfiltered(Topology.GUEST_INTERFACE))) {
            int attempts = lab.options().egressFirstMillis() == 0 ? 1 : ATTEMPTS;
            for (int i = 0; i < attempts && errors.containsValue(List.of()); i++) {
                // If the host got a copy because the guest's probe was seen late, it now has the path's MTU in its
                // cache.
                lab.exec(Node.HOST, "ip", "route", "flush", "cache");
                List<Probe> unanswered = probes.stream()
                        .filter(probe -> errors.get(probe.key()).isEmpty())
                        .toList();
                for (Probe probe : unanswered) {
                    Packets.send(guest, nextHop, Macs.GUEST1, probe.octets(further));
                }
                take(capture, errors, probes.size() * copies, kernel);
            }
        }
        errors.forEach(
                (probe, got) -> assertEquals(copies, got.size(), () -> lab.options() + ", " + kind + ", " + probe));
        errors.values().forEach(Collections::sort);
        return errors;
    }

    /** Waits until the guest has got so many errors, and sorts them by their probes. */
    private static void take(Capture capture, Map<String, List<String>> errors, int number, boolean kernel) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        List<byte[]> seen;
        do {
            seen = capture.incoming(octets -> Packet.of(octets).isIcmpError());
        } while (seen.size() < number && System.nanoTime() < end);
        errors.values().forEach(List::clear);
        for (byte[] octets : seen) {
            Packet error = Packet.of(octets);
            List<String> known = errors.get(error.embedded().probeKey());
            assertTrue(known != null, () -> "about no probe: " + error);
            known.add(comparable(error, kernel));
        }
    }

    private static String comparable(Packet error, boolean forwarded) {
        assertTrue(Packets.headerIntact(error.octets(), 0), () -> "outer header checksum: " + error);
        assertTrue(Packets.icmpIntact(error.octets()), () -> "ICMP checksum: " + error);
        ByteBuffer octets = ByteBuffer.wrap(error.octets().clone());
        octets.putShort(4, (short) 0); // IP ID
        octets.put(8, (byte) (error.ttl() + (forwarded ? 1 : 0)));
        octets.putShort(10, (short) 0); // header checksum
        return HexFormat.of().formatHex(octets.array());
    }
}
