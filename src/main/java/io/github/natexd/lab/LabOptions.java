package io.github.natexd.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * How the lab's NAT process behaves where versions of VMware's are known, or suspected, to differ; and a router.
 *
 * @param rewritePorts every source port and ICMP identifier is replaced, not only those that are taken
 * @param rewriteIds every IP ID is replaced
 * @param decrementTtl the NAT counts as a hop; what arrives with TTL 1 goes no further
 * @param answerTtlOne the NAT answers TTL 1 itself, as 192.168.44.2
 * @param send the kind of socket that sends probes to the uplink
 * @param handOver which ICMP errors the NAT hands to guests itself
 * @param receive the kind of socket from which it knows those errors
 * @param egressFirstMillis if not 0, the NAT is served before the host's port of the hub, which gets its frames this
 *     many milliseconds later
 * @param pathMtu the MTU between r3 and r4
 * @param router how r2 answers probes that end there
 * @param hostHere the lab's host is this machine itself, in its own network namespace, so that a service installed here
 *     can be tried: it gets the interfaces vmnet8 and up0 and routes to the lab's networks, and loses them with the lab
 */
public record LabOptions(
        boolean rewritePorts,
        boolean rewriteIds,
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
        /** A UDP or ICMP socket with IP_TTL: the kernel makes the header and the IP ID. */
        SOCKET,
        /** A packet socket: passes no netfilter hook. */
        PACKET
    }

    public enum HandOver {
        NONE,
        ECHO,
        /** Port unreachable, about UDP: what a program that is not there causes; of routes nothing. */
        PORT_UNREACHABLE,
        ALL;

        /** As on the command line. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public enum Receive {
        /** Behind the hook {@code input}: what natexd drops is not seen. */
        RAW,
        /** At the interface: sees everything. */
        PACKET
    }

    /** Oddities of routers; {@link OddRouter} has them. */
    public enum Router {
        /** None: the kernel itself. */
        KERNEL,
        /** Quotes header and eight octets, as RFC 792 has it. */
        BRIEF,
        /** Quotes everything, and tells MPLS labels behind it (RFC 4884, 4950). */
        MPLS,
        /** The same before RFC 4884: at a fixed place, the length octet 0. */
        OLD_MPLS,
        /** A quote of 17 words in front of extensions, far below the least of RFC 4884. */
        ODD_LENGTH,
        /** The quoted header's checksum is wrong. */
        BAD_CHECKSUM,
        /** Quotes another TTL, TOS and total length than came: the header counted twice, as old BSDs did. */
        ALTERING,
        /** IP options in the error's own header. */
        OPTIONS,
        /** Two errors for each probe. */
        TWICE,
        SILENT,
        /** Answers as 10.255.255.1. */
        PRIVATE;

        /** How many errors a probe gets. */
        int copies() {
            return this == TWICE ? 2 : this == SILENT ? 0 : 1;
        }

        boolean extended() {
            return this == MPLS || this == OLD_MPLS || this == ODD_LENGTH;
        }

        /** As on the command line. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public static final int MTU = 1500;

    private static final LabOptions DEFAULTS = new LabOptions(
            false, false, false, false, Send.RAW, HandOver.NONE, Receive.RAW, 0, MTU, Router.KERNEL, false);

    /** As VMware Workstation does it: TTL and IP ID kept, nothing answered, nothing handed over. */
    public static LabOptions defaults() {
        return DEFAULTS;
    }

    public LabOptions rewritingPorts() {
        return with(draft -> draft.rewritePorts = true);
    }

    public LabOptions rewritingIds() {
        return with(draft -> draft.rewriteIds = true);
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

    /** A copy while one thing of it is changed. */
    private static final class Draft {
        private boolean rewritePorts;
        private boolean rewriteIds;
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

    /** The options as {@code natexctl lab up} takes them; empty for the defaults. */
    public List<String> arguments() {
        List<String> arguments = new ArrayList<>();
        if (rewritePorts) {
            arguments.add("--rewrite-ports");
        }
        if (rewriteIds) {
            arguments.add("--rewrite-ids");
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
