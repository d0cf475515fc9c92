package io.github.natexd.testkit.clients;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.LabOptions.Router;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import java.util.List;
import java.util.function.Function;

/**
 * The programs that trace routes, in the ways users call them: the clients of the requirements' table. Each ends by
 * itself and prints numbers instead of names.
 *
 * <p>Not here: those of {@link #NOT_RUN}, and Windows' tracert, whose probes {@code WindowsGuestsLabTest} sends.
 */
public enum Client {
    TRACEROUTE("traceroute -n -w2 TARGET"),
    TRACEROUTE_U("traceroute -n -w2 -U TARGET"),
    TRACEROUTE_U_PORT("traceroute -n -w2 -U -p 53 TARGET"),
    TRACEROUTE_ICMP("traceroute -n -w2 -I TARGET"),
    TRACEROUTE_UNFRAGMENTED("traceroute -n -w2 -F TARGET 1400"),
    TRACEROUTE_SOURCE_PORT("traceroute -n -w2 --sport=40000 TARGET"),
    TRACEROUTE_MANY_AT_ONCE("traceroute -n -w2 -q 10 -N 32 TARGET"),
    // A second between probes, because only root may use less. One second to wait for responses, instead of five.
    MTR("mtr -n --report -c2 -i1 -G1 TARGET"),
    MTR_UDP("mtr -n --report -c2 -i1 -G1 -u TARGET"),
    // mtr's --report shows no labels, even with -e; --raw has what mtr shows on a screen.
    MTR_LABELS("mtr -n --raw -e -c1 -i1 -G1 TARGET", Readings::mtrRaw, Road.LABELLED),
    TRACEPATH("tracepath -n TARGET", Readings::tracepath, Road.PLAIN),
    TRACEPATH_SMALL_MTU("tracepath -n TARGET", Readings::tracepath, Road.NARROW),
    INETUTILS("inetutils-traceroute -w2 TARGET"),
    INETUTILS_ICMP("inetutils-traceroute -w2 -I TARGET"),
    // Debian's BusyBox has no ICMP mode: it sends UDP even with -I.
    BUSYBOX("busybox traceroute -n -w2 TARGET"),
    FPING("for ttl in 1 2 3 4 5 6; do fping -H $ttl -r0 -t500 TARGET; done", Readings::fping, Road.PLAIN),
    HPING3_UDP("hping3 --traceroute --udp -p 40000 -n -c 6 -i u300000 TARGET", Readings::hping, Road.PLAIN),
    HPING3_ICMP("hping3 --traceroute -1 -n -c 6 -i u300000 TARGET", Readings::hping, Road.PLAIN),
    NMAP_UDP("nmap -n -Pn -sU -p 40001 --traceroute TARGET", Readings::nmap, Road.PLAIN),
    NMAP_ICMP("nmap -n -sn -PE --traceroute TARGET", Readings::nmap, Road.PLAIN),
    SCAMPER_UDP_PARIS("scamper -I 'trace -P udp-paris -w 2 TARGET'"),
    SCAMPER_ICMP_PARIS("scamper -I 'trace -P icmp-paris -w 2 TARGET'");

    /** The clients of the requirements' table that have no constant here, and why. */
    static final List<String> NOT_RUN = List.of(
            "paris-traceroute: Debian 12 has no package (scamper traces in its manner: udp-paris, icmp-paris)",
            "dublin-traceroute: Debian 12's 0.4.2 does not end, on the lab's host without natexd neither",
            "tracert: a program of Windows; WindowsGuestsLabTest sends its probes",
            "yarrp, FlashRoute: Debian 12 has no packages");

    /** What is special about the path to the target. */
    private enum Road {
        PLAIN,
        /** r2 reports MPLS labels. */
        LABELLED,
        /** The MTU behind r3 is small. */
        NARROW
    }

    private static final int SMALL_MTU = 1300;

    private final String script;
    private final Function<String, List<String>> reading;
    private final Road road;

    Client(String script) {
        this(script, Readings::hops, Road.PLAIN);
    }

    Client(String script, Function<String, List<String>> reading, Road road) {
        this.script = script.replace("TARGET", Topology.TARGET);
        this.reading = reading;
        this.road = road;
    }

    /** The command as a user types it, and what is special about the path. */
    String story() {
        return switch (road) {
            case PLAIN -> script;
            case LABELLED -> script + " (r2 tells MPLS labels)";
            case NARROW -> script + " (an MTU of " + SMALL_MTU + " behind r3)";
        };
    }

    /** The command that traces the route to the lab's target. */
    public List<String> command() {
        return List.of("sh", "-c", script);
    }

    /** Runs it in a node and returns its output. Restores the plain path afterwards. */
    public String run(Lab lab, Node node) {
        switch (road) {
            case PLAIN -> {}
            case LABELLED -> lab.router(Router.MPLS);
            case NARROW -> lab.pathMtu(SMALL_MTU);
        }
        String output = lab.exec(node, command()).output();
        switch (road) {
            case PLAIN -> {}
            case LABELLED -> lab.router(Router.KERNEL);
            case NARROW -> {
                lab.pathMtu(LabOptions.MTU);
                lab.exec(node, "ip", "route", "flush", "cache"); // the node has cached the small MTU
            }
        }
        return output;
    }

    /**
     * Whether its probes differ only in their source ports (fping: in their identifiers), whereas other clients vary
     * the destination port, the sequence or the data.
     */
    public boolean tellsProbesApartBySourcePort() {
        return switch (this) {
            case TRACEROUTE_U, TRACEROUTE_U_PORT, HPING3_UDP, NMAP_UDP, FPING -> true;
            default -> false;
        };
    }

    /** What a user learns from an output: the hops in order, then everything else that the program found out. */
    public List<String> read(String output) {
        return reading.apply(output);
    }
}
