package io.github.natexd.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * How the lab's NAT process behaves where VMware's versions differ, or may differ; and how router r2 behaves.
 *
 * @param rewritePorts the NAT replaces every source port and ICMP identifier, not only those that are taken
 * @param rewriteIds the NAT replaces every IP ID
 * @param perDestination the NAT takes another port or identifier for each destination, and a random IP ID for every packet
 * @param decrementTtl the NAT is a hop: it decrements the TTL, and drops packets with TTL 1
 * @param answerTtlOne the NAT responds to probes with TTL 1 itself, as 192.168.44.2
 * @param send the kind of socket that sends probes to the uplink
 * @param handOver the ICMP errors that the NAT delivers to guests itself
 * @param receive the kind of socket that receives these errors
 * @param egressFirstMillis if not 0, the hub serves the NAT first, and the host's port gets its frames this many
 *     milliseconds later
 * @param pathMtu the MTU between r3 and r4
 * @param router how r2 responds to probes that expire there
 * @param hostHere the lab's host is this machine's own network namespace, to test a service that is installed here:
 *     the machine gets the interfaces vmnet8 and up0 and routes to the lab's networks until the lab is removed
 */
public record LabOptions(
        boolean rewritePorts,
        boolean rewriteIds,
        boolean perDestination,
        boolean decrementTtl,
        boolean answerTtlOne,
        Send send,
        HandOver handOver,
        Receive receive,
        int egressFirstMillis,
        int pathMtu,
        Router router,
        boolean hostHere) {

    public enum Send {
        /** A raw socket with a header of the NAT's own: the IP ID stays. */
        RAW,
        /** A UDP or ICMP socket with IP_TTL: the kernel chooses the header and the IP ID. */
        SOCKET,
        /** A packet socket: passes no netfilter hook. */
        PACKET
    }

    public enum HandOver {
        NONE,
        ECHO,
        /** Port unreachable about UDP, which a closed port causes; no errors of routers. */
        PORT_UNREACHABLE,
        ALL;

        /** The spelling on the command line. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public enum Receive {
        /** Behind the hook {@code input}: does not see what natexd drops. */
        RAW,
        /** At the interface: sees everything. */
        PACKET
    }

    /** Oddities of routers; {@link OddRouter} implements them. */
    public enum Router {
        /** None: the kernel itself responds. */
        KERNEL,
        /** Quotes header and eight octets, as in RFC 792. */
        BRIEF,
        /** Quotes everything, and appends MPLS labels (RFC 4884, 4950). */
        MPLS,
        /** The same as before RFC 4884: labels at a fixed place, the length octet 0. */
        OLD_MPLS,
        /** A quote of 17 words in front of extensions, far below the minimum of RFC 4884. */
        ODD_LENGTH,
        /** The quoted header's checksum is wrong. */
        BAD_CHECKSUM,
        /** The error's own checksum is wrong. */
        DAMAGED,
        /** Changes TTL, TOS and total length in the quote; the header is counted twice, as in old BSDs. */
        ALTERING,
        /** IP options in the error's own header. */
        OPTIONS,
        /** Two errors for each probe. */
        TWICE,
        SILENT,
        /** No error about every second probe. */
        HALF,
        /** Responds as 10.255.255.1. */
        PRIVATE,
        /** Responds in turn as 10.255.255.1 and as itself, like two routers where paths split. */
        SPLIT;

        /** The number of errors about one probe. */
        int copies(boolean everySecond) {
            return switch (this) {
                case TWICE -> 2;
                case SILENT -> 0;
                case HALF -> everySecond ? 0 : 1;
                default -> 1;
            };
        }

        boolean extended() {
            return this == MPLS || this == OLD_MPLS || this == ODD_LENGTH;
        }

        /** The spelling on the command line. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public static final int MTU = 1500;

    private static final LabOptions DEFAULTS = new LabOptions(
            false, false, false, false, false, Send.RAW, HandOver.NONE, Receive.RAW, 0, MTU, Router.KERNEL, false);

    /** As VMware Workstation behaves: keeps TTL and IP ID, and neither responds nor delivers errors itself. */
    public static LabOptions defaults() {
        return DEFAULTS;
    }

    public LabOptions rewritingPorts() {
        return with(draft -> draft.rewritePorts = true);
    }

    public LabOptions rewritingIds() {
        return with(draft -> draft.rewriteIds = true);
    }

    public LabOptions changingPerDestination() {
        return with(draft -> draft.perDestination = true);
    }

    public LabOptions decrementingTtl() {
        return with(draft -> draft.decrementTtl = true);
    }

    public LabOptions answeringTtlOne() {
        return with(draft -> draft.answerTtlOne = true);
    }

    public LabOptions sendingBy(Send kind) {
        return with(draft -> draft.send = kind);
    }

    public LabOptions handingOver(HandOver errors, Receive from) {
        return with(draft -> {
            draft.handOver = errors;
            draft.receive = from;
        });
    }

    public LabOptions egressFirst(int millis) {
        return with(draft -> draft.egressFirstMillis = millis);
    }

    public LabOptions pathMtu(int octets) {
        return with(draft -> draft.pathMtu = octets);
    }

    public LabOptions router(Router kind) {
        return with(draft -> draft.router = kind);
    }

    public LabOptions onThisHost() {
        return with(draft -> draft.hostHere = true);
    }

    private LabOptions with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.done();
    }

    /** The mutable fields of a copy. */
    private static final class Draft {
        private boolean rewritePorts;
        private boolean rewriteIds;
        private boolean perDestination;
        private boolean decrementTtl;
        private boolean answerTtlOne;
        private Send send;
        private HandOver handOver;
        private Receive receive;
        private int egressFirstMillis;
        private int pathMtu;
        private Router router;
        private boolean hostHere;

        Draft(LabOptions from) {
            rewritePorts = from.rewritePorts;
            rewriteIds = from.rewriteIds;
            perDestination = from.perDestination;
            decrementTtl = from.decrementTtl;
            answerTtlOne = from.answerTtlOne;
            send = from.send;
            handOver = from.handOver;
            receive = from.receive;
            egressFirstMillis = from.egressFirstMillis;
            pathMtu = from.pathMtu;
            router = from.router;
            hostHere = from.hostHere;
        }

        LabOptions done() {
            return new LabOptions(
                    rewritePorts,
                    rewriteIds,
                    perDestination,
                    decrementTtl,
                    answerTtlOne,
                    send,
                    handOver,
                    receive,
                    egressFirstMillis,
                    pathMtu,
                    router,
                    hostHere);
        }
    }

    /** The options for the command line of {@code natexctl lab up}; empty for the defaults. */
    public List<String> arguments() {
        List<String> arguments = new ArrayList<>();
        if (rewritePorts) {
            arguments.add("--rewrite-ports");
        }
        if (rewriteIds) {
            arguments.add("--rewrite-ids");
        }
        if (perDestination) {
            arguments.add("--per-destination");
        }
        if (decrementTtl) {
            arguments.add("--decrement-ttl");
        }
        if (answerTtlOne) {
            arguments.add("--answer-ttl-one");
        }
        if (send != Send.RAW) {
            arguments.add("--send=" + send.name().toLowerCase(Locale.ROOT));
        }
        if (handOver != HandOver.NONE) {
            arguments.add("--hand-over=" + handOver);
            arguments.add("--receive=" + receive.name().toLowerCase(Locale.ROOT));
        }
        if (egressFirstMillis != 0) {
            arguments.add("--egress-first=" + egressFirstMillis);
        }
        if (pathMtu != MTU) {
            arguments.add("--path-mtu=" + pathMtu);
        }
        if (router != Router.KERNEL) {
            arguments.add("--router=" + router);
        }
        if (hostHere) {
            arguments.add("--host-here");
        }
        return arguments;
    }

    @Override
    public String toString() {
        return arguments().isEmpty() ? "defaults" : String.join(" ", arguments());
    }
}
