package io.github.natexd.lab;

import io.github.natexd.linux.emulation.Namespace;
import io.github.natexd.linux.emulation.Offloads;
import io.github.natexd.wire.MacAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The machines and wires of the lab.
 * <pre>{@code
 *  guest1 192.168.44.100 ─┐
 *  guest2 192.168.44.101 ─┤ hub (vmnet8, 192.168.44.0/24)
 *  NAT    192.168.44.2   ─┤
 *  host   192.168.44.1   ─┘
 *
 *  host ──── r1 ──── r2 ──── r3 ──── r4 ──── target
 *  192.168.199.195      10.0.12.2        10.0.34.2
 *           192.168.199.1      10.0.23.2         14.215.177.37
 * }</pre>
 * The routers are Linux namespaces ({@link OddRouter} can replace their errors). In each router, {@code up0} is the interface
 * towards the target, and {@code down0} the one towards the host.
 */
public final class Topology {
    public static final String GUEST1 = "192.168.44.100";
    public static final String GUEST2 = "192.168.44.101";
    public static final String GATEWAY = "192.168.44.2";
    public static final String HOST_ON_GUEST_NETWORK = "192.168.44.1";
    public static final String HOST = "192.168.199.195";
    public static final String TARGET = "14.215.177.37";

    /** What a correct traceroute to the target shows. */
    public static final List<String> HOPS = List.of("192.168.199.1", "10.0.12.2", "10.0.23.2", "10.0.34.2", TARGET);

    /** The address from which r2 responds if it hides its own ones. */
    public static final String PRIVATE_ROUTER = "10.255.255.1";

    public static final String GUEST_NETWORK_INTERFACE = "vmnet8";
    public static final String GUEST_INTERFACE = "eth0";
    public static final String UP = "up0";
    public static final String DOWN = "down0";

    static final long HOST_MAC = MacAddress.parse("00:50:56:c0:00:08");
    static final long NAT_MAC = MacAddress.parse("00:50:56:e0:44:02");
    static final long UPLINK_MAC = MacAddress.parse("02:00:c0:a8:c7:c3");
    static final long R1_MAC = MacAddress.parse("02:00:c0:a8:c7:01");
    static final String GUEST1_MAC = "00:0c:29:44:01:00";
    static final String GUEST2_MAC = "00:0c:29:44:01:01";

    public static final String PICTURE = """
             guest1 192.168.44.100 ─┐
             guest2 192.168.44.101 ─┤ vmnet8
             NAT    192.168.44.2   ─┤
             host   192.168.44.1   ─┘
                    192.168.199.195 ── r1 192.168.199.1 ── r2 10.0.12.2 ── r3 10.0.23.2 ── r4 10.0.34.2 ── target 14.215.177.37
            """;

    private static final String DEFAULT_ROUTE = "route add default via 192.168.199.1\n";

    /** Instead of the default route, if the host is a machine with its own routes. */
    private static final String ROUTES = """
            route add 10.0.12.0/24 via 192.168.199.1
            route add 10.0.23.0/24 via 192.168.199.1
            route add 10.0.34.0/24 via 192.168.199.1
            route add 10.255.255.1/32 via 192.168.199.1
            route add 14.215.177.0/24 via 192.168.199.1
            """;

    private static final String GUEST_NETWORK = """
            link set vmnet8 address %s
            link set vmnet8 up
            addr add 192.168.44.1/24 dev vmnet8
            """.formatted(MacAddress.text(HOST_MAC));

    private static final Map<Node, String> COMMANDS = commands();

    private Topology() {}

    private static Map<Node, String> commands() {
        Map<Node, String> map = new EnumMap<>(Node.class);
        map.put(Node.GUEST1, guest(GUEST1, GUEST1_MAC));
        map.put(Node.GUEST2, guest(GUEST2, GUEST2_MAC));
        map.put(Node.HOST, """
                %slink set up0 up
                addr add 192.168.199.195/24 dev up0
                %s""".formatted(GUEST_NETWORK, DEFAULT_ROUTE));
        map.put(Node.R1, """
                link set down0 up
                addr add 192.168.199.1/24 dev down0
                link set up0 up
                addr add 10.0.12.1/24 dev up0
                route add default via 10.0.12.2
                """);
        map.put(Node.R2, router("10.0.12.2", "10.0.23.1", "10.0.12.1", "10.0.23.2"));
        map.put(Node.R3, router("10.0.23.2", "10.0.34.1", "10.0.23.1", "10.0.34.2"));
        map.put(Node.R4, router("10.0.34.2", "14.215.177.38", "10.0.34.1", TARGET));
        map.put(Node.TARGET, """
                link set down0 up
                addr add 14.215.177.37/24 dev down0
                route add default via 14.215.177.38
                """);
        return map;
    }

    private static String guest(String address, String mac) {
        return """
                link set eth0 address %s
                link set eth0 up
                addr add %s/24 dev eth0
                route add default via 192.168.44.2
                """.formatted(mac, address);
    }

    /** A router between two links; its default route is towards the target. */
    private static String router(String down, String up, String towardsHost, String towardsTarget) {
        return """
                link set down0 up
                addr add %s/24 dev down0
                link set up0 up
                addr add %s/24 dev up0
                route add 192.168.199.0/24 via %s
                route add default via %s
                """.formatted(down, up, towardsHost, towardsTarget);
    }

    /** Creates the wires between the namespaces, which must exist. */
    static void link(LabState state, int pathMtu) {
        List<Node> chain = List.of(Node.HOST, Node.R1, Node.R2, Node.R3, Node.R4, Node.TARGET);
        StringBuilder batch = new StringBuilder();
        // The host's wire last: Linux 6.1, unlike 6.18, rejects a name for any namespace if the caller's own has it.
        for (int i = chain.size() - 2; i >= 0; i--) {
            String mtu = chain.get(i) == Node.R3 ? " mtu " + pathMtu : "";
            batch.append("link add name up0%s%s netns %s type veth peer name down0%s%s netns %s\n"
                    .formatted(
                            i == 0 ? " address " + MacAddress.text(UPLINK_MAC) : "",
                            mtu,
                            state.namespace(chain.get(i)),
                            i == 0 ? " address " + MacAddress.text(R1_MAC) : "",
                            mtu,
                            state.namespace(chain.get(i + 1))));
        }
        Shell.run(batch.toString(), "ip", "-batch", "-");
    }

    /** Changes the MTU of the wire between r3 and r4. */
    static void pathMtu(LabState state, int octets) {
        Shell.run(null, "ip", "-n", state.namespace(Node.R3), "link", "set", UP, "mtu", Integer.toString(octets));
        Shell.run(null, "ip", "-n", state.namespace(Node.R4), "link", "set", DOWN, "mtu", Integer.toString(octets));
    }

    /** Settings that must be made before an interface exists. */
    static void prepare(LabState state, Node node) {
        Namespace.call(state.namespace(node), () -> {
            // Unlimited: with a rate limit, a second traceroute would show stars.
            set("net/ipv4/icmp_ratelimit", "0");
            set("net/ipv4/icmp_ratemask", "0");
            set("net/ipv4/ip_forward", node.label().startsWith("r") ? "1" : "0");
            set("net/ipv4/conf/all/rp_filter", "0");
            set("net/ipv4/conf/default/rp_filter", "0");
            // The NAT can send echo requests from an ICMP socket.
            set("net/ipv4/ping_group_range", "0 2147483647");
            // No duplicate address detection, no router solicitations: the hub carries what the tests send, nothing
            // else.
            set("net/ipv6/conf/all/disable_ipv6", "1");
            set("net/ipv6/conf/default/disable_ipv6", "1");
            return node;
        });
    }

    /**
     * Addresses and routes; the interfaces must exist.
     *
     * @param here whether the node is this machine itself, which keeps its default route
     */
    static void configure(LabState state, Node node, boolean here) {
        String commands = "link set lo up\n" + COMMANDS.get(node);
        String batch = here ? commands.replace(DEFAULT_ROUTE, ROUTES) : commands;
        Shell.run(batch, "ip", "-n", state.namespace(node), "-batch", "-");
        Namespace.call(state.namespace(node), () -> {
            for (String end : List.of(UP, DOWN)) {
                // With the offload on, a router would quote an incomplete checksum.
                Offloads.transmitChecksumOff(end);
            }
            return node;
        });
    }

    /** Configures the host's interface on the guest network, which has just been created. */
    static void configureGuestNetwork(LabState state) {
        Shell.run(GUEST_NETWORK, "ip", "-n", state.namespace(Node.HOST), "-batch", "-");
    }

    /** {@code /proc/sys/net} shows the namespace of the thread that opens the file. */
    private static void set(String key, String value) throws IOException {
        Path file = Path.of("/proc/sys", key);
        if (Files.exists(file)) {
            Files.writeString(file, value);
        }
    }
}
