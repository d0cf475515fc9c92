package io.github.natexd.lab.scenario;

import io.github.natexd.linux.emulation.FrameSocket;
import io.github.natexd.linux.emulation.Inet4Socket;
import io.github.natexd.linux.emulation.Tap;
import io.github.natexd.wire.EthernetFrame;
import io.github.natexd.wire.Ipv4Address;
import io.github.natexd.wire.MacAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A firewall drops SYNs from outside. A copy of the client's SYN reaches the server by UDP and is given to the server's
 * kernel: by a TUN device, from which the kernel refuses it, and by a TAP device in the bridge that has the server's
 * address. The rest of the connection passes the firewall, which lets through what is not a SYN.
 */
public final class TapInject implements Scenario {
    /** What is broken on purpose: a test shows that the step which depends on it notices. */
    public enum Fault {
        NONE,
        /** The last step writes frames for somebody else. */
        WRONG_MAC,
        /** The last step leaves the checksum as the client's kernel left it. */
        STALE_CHECKSUM,
        /** The server takes packets from any interface, whatever its routes say. */
        LOOSE_SOURCE_CHECK
    }

    private static final String CLIENT = "client";
    private static final String FIREWALL = "firewall";
    private static final String SERVER = "server";
    private static final String SERVER_ADDRESS = "198.51.100.10";
    private static final int PORT = 8080;
    private static final int SHIP_PORT = 7000;
    private static final String BRIDGE_MAC = "02:00:c6:33:64:0a";
    private static final String WRONG_MAC = "02:00:c6:33:64:63";

    /** How long a step waits for what shows why it fails. */
    private static final long EVIDENCE_MILLIS = 3000;
    /** How long it then watches that no connection comes up; a client sends its SYN again only after a second. */
    private static final long QUIET_MILLIS = 300;

    private static final long CONNECT_MILLIS = 3000;
    private static final long DATA_MILLIS = 5000;
    private static final int DATA_OCTETS = 64 * 1024;
    private static final long SEED = 15;

    private static final Pattern PACKETS = Pattern.compile("packets (\\d+)");

    private static final String PICTURE = """
             client                firewall                      server
             eth0 ───────── outside      inside ───────── eth0 ─┐
             192.0.2.10     192.0.2.1    198.51.100.1           ├─ br0 198.51.100.10 (TCP port 8080)
                                                          tap0 ─┘
                                                          tun0 10.9.0.1
             capture of eth0 ── UDP port 7000 ──────────▸ injector ──▸ tun0 or tap0
            """;

    private static final String RULES = """
            table ip firewall {
                counter syns { }
                chain forward {
                    type filter hook forward priority 0; policy drop;
                    iifname "inside" accept
                    udp dport %d accept
                    tcp flags & (fin | syn | rst | ack) == syn counter name "syns" drop
                    meta l4proto tcp accept
                }
            }
            """.formatted(SHIP_PORT);

    private final Fault fault;

    public TapInject() {
        this(Fault.NONE);
    }

    /** Not for users: see {@link Fault}. */
    public TapInject(Fault fault) {
        this.fault = fault;
    }

    @Override
    public String name() {
        return "tap-inject";
    }

    @Override
    public String title() {
        return "a SYN that a firewall drops enters the server through a TAP device";
    }

    @Override
    public String picture() {
        return PICTURE;
    }

    @Override
    public void play(Stage stage, Consumer<Step> audience) {
        build(stage);
        ServerSocketChannel listener = stage.open(SERVER, TapInject::listen);
        Tap tun = stage.tun(SERVER, "tun0");
        Tap tap = stage.tap(SERVER, "tap0");
        stage.ip(SERVER, """
                link set tap0 master br0
                link set tap0 up
                addr add 10.9.0.1/24 dev tun0
                link set tun0 up
                """);
        capture(stage);
        SynInjector injector = new SynInjector(
                stage.open(SERVER, () -> Inet4Socket.udp(SHIP_PORT)),
                new SynInjector.Way(tun, SynInjector.Way.NO_HEADER, true));

        audience.accept(blocked(stage));
        stage.start(SERVER, "injector", injector);
        stage.start(
                CLIENT,
                "shipper",
                new SynShipper(
                        stage.frames(CLIENT, "eth0"),
                        stage.open(CLIENT, () -> Inet4Socket.udp(0)),
                        Ipv4Address.parse(SERVER_ADDRESS),
                        SHIP_PORT));
        audience.accept(tun(stage));
        injector.way(new SynInjector.Way(tap, MacAddress.parse(WRONG_MAC), true));
        audience.accept(wrongMac(stage));
        injector.way(new SynInjector.Way(tap, MacAddress.parse(BRIDGE_MAC), false));
        audience.accept(staleChecksum(stage, injector));
        String mac = fault == Fault.WRONG_MAC ? WRONG_MAC : BRIDGE_MAC;
        injector.way(new SynInjector.Way(tap, MacAddress.parse(mac), fault != Fault.STALE_CHECKSUM));
        audience.accept(connected(stage, listener));
    }

    /** Checksum offload stays on at the client, as on most machines: that is why captured checksums need repair. */
    private void build(Stage stage) {
        stage.nodes(CLIENT, FIREWALL, SERVER);
        stage.wire(CLIENT, "eth0", FIREWALL, "outside");
        stage.wire(FIREWALL, "inside", SERVER, "eth0");
        stage.set(FIREWALL, "ipv4/ip_forward", "1");
        // Strict: a packet may only come in by the interface by which its sender is reached (RFC 3704, section 2.2).
        stage.set(SERVER, "ipv4/conf/all/rp_filter", fault == Fault.LOOSE_SOURCE_CHECK ? "0" : "1");
        stage.ip(CLIENT, """
                addr add 192.0.2.10/24 dev eth0
                link set eth0 up
                route add default via 192.0.2.1
                """);
        stage.ip(FIREWALL, """
                addr add 192.0.2.1/24 dev outside
                link set outside up
                addr add 198.51.100.1/24 dev inside
                link set inside up
                """);
        stage.ip(SERVER, """
                link add br0 address %s type bridge
                link set eth0 master br0
                link set eth0 up
                addr add %s/24 dev br0
                link set br0 up
                route add default via 198.51.100.1
                """.formatted(BRIDGE_MAC, SERVER_ADDRESS));
        stage.run(FIREWALL, RULES, "nft", "-f", "-");
    }

    private static void capture(Stage stage) {
        stage.capture(CLIENT, "eth0", PcapFile.ETHERNET);
        for (String each : new String[] {"eth0", "tap0", "br0"}) {
            stage.capture(SERVER, each, PcapFile.ETHERNET);
        }
        stage.capture(SERVER, "tun0", PcapFile.RAW_IP);
    }

    private static ServerSocketChannel listen() throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.INET);
        channel.configureBlocking(false);
        return channel.bind(server());
    }

    private static InetSocketAddress server() {
        return new InetSocketAddress(SERVER_ADDRESS, PORT);
    }

    private static Step blocked(Stage stage) {
        Outcome outcome = attempt(stage, () -> droppedSyns(stage));
        return new Step(
                "blocked",
                "The client connects to " + SERVER_ADDRESS + ", port " + PORT + ".",
                "no connection; the firewall drops the SYN",
                "%s; SYNs dropped by the firewall: %d".formatted(outcome, outcome.evidence),
                outcome.failedBecause());
    }

    private static Step tun(Stage stage) {
        KernelCounter refused = new KernelCounter(stage, SERVER, "netstat", "TcpExt", "IPReversePathFilter");
        Outcome outcome = attempt(stage, refused::value);
        return new Step(
                "tun",
                "A program sends the captured SYN to the server by UDP; the server writes it to the TUN device tun0.",
                "no connection; the kernel refuses the packet, because its route to the client is br0, not tun0"
                        + " (rp_filter = 1)",
                "%s; packets refused by the reverse path filter: %d".formatted(outcome, outcome.evidence),
                outcome.failedBecause());
    }

    private static Step wrongMac(Stage stage) {
        try (FrameSocket port = stage.in(SERVER, () -> FrameSocket.on("eth0"));
                FrameSocket bridge = stage.in(SERVER, () -> FrameSocket.on("br0"))) {
            int[] flooded = new int[1];
            Outcome outcome = attempt(stage, () -> flooded[0] += syns(port, MacAddress.parse(WRONG_MAC)));
            int taken = syns(bridge, null);
            return new Step(
                    "wrong-mac",
                    "The server writes it to the TAP device tap0 instead, in a frame for " + WRONG_MAC + ".",
                    "no connection; the bridge does not accept the frame itself, but sends it out of eth0",
                    "%s; frames sent out of eth0: %d, accepted by br0: %d".formatted(outcome, outcome.evidence, taken),
                    outcome.failedBecause() && taken == 0);
        }
    }

    private static Step staleChecksum(Stage stage, SynInjector injector) {
        KernelCounter damaged = new KernelCounter(stage, SERVER, "snmp", "Tcp", "InCsumErrors");
        Outcome outcome = attempt(stage, damaged::value);
        int shipped = injector.shippedChecksum();
        boolean unfinished = shipped == injector.unfinishedChecksum();
        return new Step(
                "stale-checksum",
                "The frame is for br0 (" + BRIDGE_MAC + "), but the checksum is the captured one.",
                "no connection; the client's kernel left the checksum to its interface, so TCP drops the SYN",
                "%s; segments with a wrong checksum: %d; 0x%04x is %s"
                        .formatted(
                                outcome,
                                outcome.evidence,
                                shipped,
                                unfinished ? "only the pseudo-header's sum" : "a finished checksum"),
                outcome.failedBecause() && unfinished);
    }

    private static Step connected(Stage stage, ServerSocketChannel listener) {
        long dropped = droppedSyns(stage);
        try (Attempt attempt = Attempt.in(stage, CLIENT, server())) {
            boolean up = stage.await(CONNECT_MILLIS, attempt::connected);
            String seen = "no connection";
            boolean same = false;
            if (up) {
                same = carriesData(stage, attempt, listener);
                seen = "a connection; %d octets each way %s"
                        .formatted(DATA_OCTETS, same ? "arrived unchanged" : "did NOT arrive unchanged");
            }
            long droppedNow = droppedSyns(stage) - dropped;
            return new Step(
                    "connected",
                    "The frame is for br0, and the checksum is computed.",
                    "a connection, although the firewall drops the SYN itself; data arrives unchanged both ways",
                    seen + "; SYNs dropped by the firewall: " + droppedNow,
                    same && droppedNow > 0);
        }
    }

    private static boolean carriesData(Stage stage, Attempt attempt, ServerSocketChannel listener) {
        SplittableRandom random = new SplittableRandom(SEED);
        byte[] there = new byte[DATA_OCTETS];
        byte[] back = new byte[DATA_OCTETS];
        random.nextBytes(there);
        random.nextBytes(back);
        SocketChannel[] accepted = new SocketChannel[1];
        try {
            SocketAddress client = attempt.channel().getLocalAddress();
            boolean arrived = stage.await(DATA_MILLIS, () -> (accepted[0] = accept(listener, client)) != null);
            if (!arrived) {
                return false;
            }
            try (SocketChannel peer = accepted[0]) {
                peer.configureBlocking(false);
                return Attempt.carries(stage, DATA_MILLIS, attempt.channel(), peer, there)
                        && Attempt.carries(stage, DATA_MILLIS, peer, attempt.channel(), back);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The client's connection, if it is among those that wait; the others are closed. */
    private static @Nullable SocketChannel accept(ServerSocketChannel listener, SocketAddress client) {
        try {
            SocketChannel next = listener.accept();
            while (next != null && !client.equals(next.getRemoteAddress())) {
                next.close();
                next = listener.accept();
            }
            return next;
        } catch (IOException e) {
            throw new UncheckedIOException("accept a connection", e);
        }
    }

    /**
     * What came of an attempt that should fail.
     *
     * @param evidence by how much the counter rose that shows why
     */
    private record Outcome(boolean connection, long evidence) {
        boolean failedBecause() {
            return !connection && evidence > 0;
        }

        @Override
        public String toString() {
            return connection ? "a connection" : "no connection";
        }
    }

    /** Connects, waits until the evidence rises, and a moment longer for the connection that should not come. */
    private static Outcome attempt(Stage stage, LongSupplier evidence) {
        long before = evidence.getAsLong();
        try (Attempt attempt = Attempt.in(stage, CLIENT, server())) {
            long[] rise = new long[1];
            stage.await(EVIDENCE_MILLIS, () -> {
                rise[0] = evidence.getAsLong() - before;
                return rise[0] > 0 || attempt.connected();
            });
            boolean connection = stage.await(QUIET_MILLIS, attempt::connected);
            return new Outcome(connection, rise[0]);
        }
    }

    private static long droppedSyns(Stage stage) {
        Matcher packets =
                PACKETS.matcher(stage.run(FIREWALL, null, "nft", "list", "counter", "ip", "firewall", "syns"));
        if (!packets.find()) {
            throw new IllegalStateException("nft does not show the counter of dropped SYNs");
        }
        return Long.parseLong(packets.group(1));
    }

    /** How many SYNs there are among the frames that wait; with this destination, unless null. */
    private static int syns(FrameSocket frames, @Nullable Long destination) {
        Syn syn = new Syn();
        EthernetFrame ethernet = new EthernetFrame();
        int count = 0;
        while (frames.receive()) {
            boolean wanted = destination == null
                    || ethernet.over(frames.octets(), 0, frames.length()).check()
                            && ethernet.destination() == destination;
            if (wanted && syn.overFrame(frames.octets(), frames.length())) {
                count++;
            }
        }
        return count;
    }
}
