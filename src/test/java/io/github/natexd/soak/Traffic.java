package io.github.natexd.soak;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.linux.emulation.Namespace;
import io.github.natexd.linux.packet.PacketSocket;
import io.github.natexd.soak.Work.Task;
import io.github.natexd.testkit.Macs;
import io.github.natexd.testkit.Packets;
import io.github.natexd.testkit.ProbeFlood;
import io.github.natexd.wire.Ipv4Address;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What guests and the host send: each list is one thread's work. */
final class Traffic {
    private static final int STEADY_PER_SECOND = 100;
    private static final int BURST_PER_SECOND = 3000;
    private static final long SLICE_SECONDS = 5;
    /** Windows' tracert always has identifier 1 and sends 64 octets of zeros. */
    private static final int IDENTIFIER = 1;

    private static final int TRACERT_OCTETS = 64;
    private static final int TRACERT_HOPS = 5;
    private static final int TRACERT_PROBES = 3;
    private static final int SEQUENCES = 0x10000;

    /** Each ends within seconds, even where nothing responds. */
    private static final List<String> CLIENTS = List.of(
            "traceroute -n -w1 -m8 TARGET",
            "traceroute -n -w1 -m8 -I TARGET",
            "mtr -n --report -c2 -i1 -G1 -m8 TARGET",
            "ping -n -c5 -i0.2 -W1 TARGET",
            "traceroute -n -w1 -m8 -U -p 53 TARGET",
            "mtr -n --report -c2 -i1 -G1 -m8 -u TARGET",
            "ping -n -c5 -i0.2 -W1 -t3 TARGET",
            "tracepath -n -m8 TARGET");

    private final Lab lab;
    private int sequence;

    Traffic(Lab lab) {
        this.lab = lab;
    }

    void start(Work work) {
        for (Node node : List.of(Node.GUEST1, Node.GUEST2, Node.HOST)) {
            work.repeat("clients of " + node, clients(node, List.of()));
        }
        work.repeat("clients of nobody", clients(Node.HOST, Lab.UNPRIVILEGED));
        work.repeat("tracert", List.of(() -> tracert(Node.GUEST2, Topology.GUEST2, Macs.GUEST2)));
        work.repeat("streams", List.of(this::streams));
        work.repeat("bursts", List.of(() -> burst(Node.GUEST1), () -> burst(Node.HOST)));
    }

    private List<Task> clients(Node node, List<String> as) {
        List<Task> tasks = new ArrayList<>();
        for (String client : CLIENTS) {
            List<String> command = new ArrayList<>(as);
            command.addAll(List.of("timeout", "10"));
            command.addAll(List.of(client.replace("TARGET", Topology.TARGET).split(" ")));
            tasks.add(() -> lab.exec(node, command));
        }
        return tasks;
    }

    /** Echo requests as Windows' tracert sends them; no Linux program does. */
    private void tracert(Node node, String address, long mac) throws InterruptedException {
        try (PacketSocket socket =
                Namespace.call(lab.namespace(node), () -> PacketSocket.openUnfiltered(Topology.GUEST_INTERFACE))) {
            for (int probe = 0; probe < TRACERT_HOPS * TRACERT_PROBES; probe++) {
                sequence = (sequence + 1) % SEQUENCES;
                byte[] octets = Packets.echoProbe(
                                Ipv4Address.parse(address), Ipv4Address.parse(Topology.TARGET), IDENTIFIER, sequence)
                        .ttl(probe / TRACERT_PROBES + 1)
                        .id(sequence)
                        .data(new byte[TRACERT_OCTETS])
                        .bytes();
                Packets.send(socket, Macs.NAT, mac, octets);
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
    }

    /** Errors about a guest's and the host's probes, which come steadily. */
    private void streams() throws InterruptedException {
        try (ProbeFlood guest = ProbeFlood.start(lab, Node.GUEST1, 2, STEADY_PER_SECOND);
                ProbeFlood host = ProbeFlood.start(lab, Node.HOST, 3, STEADY_PER_SECOND)) {
            TimeUnit.SECONDS.sleep(SLICE_SECONDS);
        }
    }

    private void burst(Node node) throws InterruptedException {
        TimeUnit.SECONDS.sleep(SLICE_SECONDS);
        try (ProbeFlood burst = ProbeFlood.start(lab, node, 1, BURST_PER_SECOND)) {
            TimeUnit.SECONDS.sleep(1);
        }
    }
}
