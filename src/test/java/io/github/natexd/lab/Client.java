package io.github.natexd.lab;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The programs that trace routes, as users call them; each ends by itself and prints numbers for names. */
enum Client {
    TRACEROUTE("traceroute", "-n", "-w2"),
    TRACEROUTE_DOMAIN_PORT("traceroute", "-n", "-w2", "-q1", "-U"),
    TRACEROUTE_ICMP("traceroute", "-n", "-w2", "-I"),
    // A second between probes: less is root's privilege.
    MTR("mtr", "-n", "--report", "-c2", "-i1"),
    MTR_UDP("mtr", "-n", "--report", "-c2", "-i1", "-u"),
    TRACEPATH("tracepath", "-n"),
    BUSYBOX("busybox", "traceroute", "-n", "-q1", "-w2"),
    INETUTILS("inetutils-traceroute", "-q1", "-w2"),
    INETUTILS_ICMP("inetutils-traceroute", "-q1", "-w2", "-I");

    private final List<String> command;

    Client(String... command) {
        this.command = Arrays.asList(command);
    }

    /** The command that traces the route to the lab's target. */
    List<String> command() {
        List<String> whole = new ArrayList<>(command);
        whole.add(Topology.TARGET);
        return whole;
    }

    /** Runs it in a node; what it printed. */
    String run(Lab lab, Node node) {
        return lab.exec(node, command()).output();
    }

    boolean isUdp() {
        return this != TRACEROUTE_ICMP && this != MTR && this != INETUTILS_ICMP;
    }
}
