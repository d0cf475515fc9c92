package io.github.natexd.testkit.clients;

import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.LabOptions.HandOver;
import io.github.natexd.lab.LabOptions.Receive;
import io.github.natexd.lab.LabOptions.Send;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The kinds of NAT processes that tests choose from; {@link LabOptions} describes them. */
public final class NatWays {
    /** The delay of a guest's frame at the host if the NAT is faster: near the worst delay of VMware's driver. */
    public static final int EGRESS_FIRST_MILLIS = 5;

    /** The properties in which NAT processes differ; a way has one value of each. */
    enum Dimension {
        PORTS(way -> way.rewritePorts() ? "ports rewritten" : "ports kept"),
        IDENTIFICATION(way -> way.rewriteIds() ? "IP ID rewritten" : "IP ID kept"),
        TTL(way -> way.decrementTtl() ? "TTL decremented" : "TTL kept"),
        SEND(way -> "sends by " + way.send()),
        HAND_OVER(way -> "hands over " + way.handOver() + " from " + way.receive());

        private final Function<LabOptions, String> value;

        Dimension(Function<LabOptions, String> value) {
            this.value = value;
        }

        String of(LabOptions way) {
            return value.apply(way);
        }
    }

    private NatWays() {}

    /** The ways that matter to natexd, for tests of something else. */
    public static List<LabOptions> notable() {
        LabOptions plain = LabOptions.defaults();
        return List.of(
                plain,
                plain.rewritingPorts(),
                plain.rewritingIds(),
                plain.rewritingPorts().rewritingIds(),
                plain.sendingBy(Send.SOCKET).rewritingIds(),
                plain.sendingBy(Send.PACKET),
                plain.egressFirst(EGRESS_FIRST_MILLIS),
                plain.egressFirst(EGRESS_FIRST_MILLIS).rewritingPorts());
    }

    /**
     * Every combination of the {@link Dimension}s' values that exists, a hundred: behind UDP and ICMP sockets IP IDs
     * are always the kernel's, so there is none that keeps them. A NAT that decrements the TTL responds when the TTL
     * expires, as a router does.
     */
    public static List<LabOptions> all() {
        List<LabOptions> ways = List.of(LabOptions.defaults());
        ways = eachWith(ways, way -> List.of(way, way.rewritingPorts()));
        ways = eachWith(ways, way -> List.of(way, way.rewritingIds()));
        ways = eachWith(ways, way -> List.of(way, way.decrementingTtl().answeringTtlOne()));
        ways = eachWith(ways, NatWays::sending);
        return eachWith(ways, NatWays::handingOver);
    }

    private static List<LabOptions> sending(LabOptions way) {
        List<LabOptions> ways = new ArrayList<>(List.of(way, way.sendingBy(Send.PACKET)));
        if (way.rewriteIds()) {
            ways.add(way.sendingBy(Send.SOCKET));
        }
        return ways;
    }

    private static List<LabOptions> handingOver(LabOptions way) {
        return List.of(
                way,
                way.handingOver(HandOver.ECHO, Receive.RAW),
                way.handingOver(HandOver.ECHO, Receive.PACKET),
                way.handingOver(HandOver.ALL, Receive.RAW),
                way.handingOver(HandOver.ALL, Receive.PACKET));
    }

    private static List<LabOptions> eachWith(List<LabOptions> ways, Function<LabOptions, List<LabOptions>> values) {
        return ways.stream().flatMap(way -> values.apply(way).stream()).toList();
    }
}
