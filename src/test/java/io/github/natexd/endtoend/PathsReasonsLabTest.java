package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.LabOptions.HandOver;
import io.github.natexd.lab.LabOptions.Receive;
import io.github.natexd.lab.LabOptions.Router;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.linux.emulation.Inet4Socket;
import io.github.natexd.linux.emulation.Namespace;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.LabShell;
import io.github.natexd.testkit.Macs;
import io.github.natexd.testkit.Packets;
import io.github.natexd.testkit.Processors;
import io.github.natexd.wire.Ipv4Address;
import io.github.natexd.wire.MacAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code natexctl paths} names the cause if an answer is missing, or came in an unusual way: each is staged here. */
class PathsReasonsLabTest {
    private static final int SECONDS = 6;

    /** A cause, and the remark that names it. */
    enum Cause {
        SILENT_ROUTER("no-error") {
            @Override
            void stage(Lab lab) {
                lab.router(Router.SILENT);
            }
        },
        ANOTHER_RULE("dropped") {
            @Override
            void stage(Lab lab) {
                LabShell.must(lab, Node.HOST, """
                        nft -f - <<'END'
                        table ip firewall {
                            chain first {
                                type filter hook prerouting priority raw
                                ip saddr 10.0.12.2 icmp type time-exceeded drop
                            }
                        }
                        END
                        """);
            }
        },
        DAMAGED_ON_THE_WAY("damaged") {
            @Override
            void stage(Lab lab) {
                lab.router(Router.DAMAGED);
            }
        },
        PROBE_SEEN_AFTER_ITS_ERROR("late") {
            @Override
            void stage(Lab lab) {
                lab.nat(LabOptions.defaults().egressFirst(4));
                Processors.realTime("hub of lab"); // late by so much, and no more
            }
        },
        WEAK_EVIDENCE("weak") {
            @Override
            void stage(Lab lab) {
                lab.nat(LabOptions.defaults().rewritingPorts().rewritingIds());
            }
        },
        THE_HOST_SENT_THE_SAME("ambiguous") {
            @Override
            void stage(Lab lab) {
                lab.nat(LabOptions.defaults().rewritingPorts().rewritingIds());
            }

            @Override
            void probe(Lab lab) {
                sendsAtOnce(lab);
            }
        },
        NAT_DELIVERS("nat-delivers") {
            @Override
            void stage(Lab lab) {
                lab.nat(LabOptions.defaults().handingOver(HandOver.ALL, Receive.PACKET));
            }

            @Override
            void probe(Lab lab) {
                trace(lab, Topology.TARGET);
                trace(lab, Topology.TARGET); // natexd delivers too until it has seen the NAT deliver
            }
        },
        NAT_IS_A_HOP("nat-answers") {
            @Override
            void stage(Lab lab) {
                lab.nat(LabOptions.defaults().decrementingTtl().answeringTtlOne());
            }

            @Override
            int hop() {
                return 1;
            }
        },
        LONGER_THAN_THE_MTU("too-long") {
            @Override
            void stageBeforeNatexd(Lab lab) {
                setMtu(lab);
            }

            @Override
            void probe(Lab lab) {
                trace(lab, Topology.TARGET, "1000");
            }
        },
        MTU_BECAME_SMALLER("too-long") {
            @Override
            void stage(Lab lab) {
                setMtu(lab);
            }

            @Override
            void probe(Lab lab) {
                trace(lab, Topology.TARGET, "1000");
            }
        },
        NO_GUEST_NETWORK("no-guest-network") {
            @Override
            void stage(Lab lab) {
                holdErrors(lab);
            }

            @Override
            void probe(Lab lab) {
                traceWhile(lab, "ip link set vmnet8 down");
            }
        },
        RATE_USED_UP("rate-limited") {
            @Override
            String[] settings() {
                return new String[] {"relay.max-errors-per-second = 1"};
            }
        },
        AFTER_THE_LIFETIME("forgotten") {
            @Override
            void stage(Lab lab) {
                holdErrors(lab);
            }

            @Override
            void probe(Lab lab) {
                traceWhile(lab, "sleep 1.5");
            }

            @Override
            String[] settings() {
                return new String[] {"probes.lifetime-seconds = 1"};
            }
        };

        private final String remark;

        Cause(String remark) {
            this.remark = remark;
        }

        void stageBeforeNatexd(Lab lab) {}

        String[] settings() {
            return new String[0];
        }

        void stage(Lab lab) {}

        void probe(Lab lab) {
            trace(lab, Topology.TARGET);
        }

        int hop() {
            return 2;
        }

        void trace(Lab lab, String... words) {
            lab.exec(Node.GUEST1, command(words));
        }

        private String[] command(String... words) {
            List<String> command =
                    new ArrayList<>(List.of("traceroute", "-n", "-q3", "-w2", "-z0.1", "-f" + hop(), "-m" + hop()));
            command.addAll(List.of(words));
            return command.toArray(String[]::new);
        }

        private static void setMtu(Lab lab) {
            LabShell.must(lab, Node.HOST, "ip link set vmnet8 mtu 500");
        }

        /** r1 keeps what it has for the host until the host responds to its ARP requests. */
        private static void holdErrors(Lab lab) {
            LabShell.must(
                    lab,
                    Node.HOST,
                    "echo 8 > /proc/sys/net/ipv4/conf/up0/arp_ignore;"
                            + " ip neigh replace 192.168.199.1 lladdr $1 dev up0 nud permanent",
                    MacAddress.text(Macs.R1));
            LabShell.must(
                    lab, Node.R1, "echo 9 > /proc/sys/net/ipv4/neigh/down0/mcast_solicit; ip neigh flush dev down0");
        }

        /** The host runs the script after the guest's probes have left and before it gets the errors. */
        void traceWhile(Lab lab, String script) {
            Process trace = lab.start(Node.GUEST1, command(Topology.TARGET));
            LabShell.must(lab, Node.HOST, "sleep 0.5; " + script + "; echo 0 > /proc/sys/net/ipv4/conf/up0/arp_ignore");
            trace.onExit().join();
        }

        /** Guest and host send probes that differ only in what this NAT replaces. */
        private static void sendsAtOnce(Lab lab) {
            try (Inet4Socket guest = Namespace.call(lab.namespace(Node.GUEST1), Inet4Socket::rawSender);
                    Inet4Socket host = Namespace.call(lab.namespace(Node.HOST), Inet4Socket::rawSender)) {
                for (int port = 33_434; port < 33_444; port++) {
                    send(guest, Topology.GUEST1, 40_000, port);
                    send(host, Topology.HOST, 50_000, port);
                }
            }
        }

        private static void send(Inet4Socket socket, String source, int sourcePort, int port) {
            int target = Ipv4Address.parse(Topology.TARGET);
            byte[] probe = Packets.udpProbe(Ipv4Address.parse(source), target, sourcePort, port)
                    .ttl(2)
                    .id(sourcePort)
                    .bytes();
            assertTrue(socket.send(target, 0, Packets.direct(probe), 0, probe.length));
        }
    }

    @ParameterizedTest
    @EnumSource
    void theCauseIsNamed(Cause cause) throws Exception {
        try (Lab lab = Lab.up(LabOptions.defaults())) {
            cause.stageBeforeNatexd(lab);
            try (LabNatexd natexd = LabNatexd.start(lab, cause.settings())) {
                cause.stage(lab);
                JsonNode hop = hop(
                        PathsDocument.paths(lab, natexd, SECONDS, () -> {
                            cause.probe(lab);
                            return cause;
                        }),
                        cause.hop());

                assertTrue(PathsDocument.remarks(hop).contains(cause.remark), () -> hop + natexd.log());
                if (hop.at("/answered").asInt() == 0) {
                    assertEquals(List.of(cause.remark), PathsDocument.remarks(hop), hop::toString);
                }
            }
        }
    }

    /** Whether no error came to the host is not known then. */
    @Test
    void withoutPermissionTheReasonIsWhatNatexdSees() throws Exception {
        try (Lab lab = Lab.up(LabOptions.defaults());
                LabNatexd natexd = LabNatexd.start(lab)) {
            Cause.ANOTHER_RULE.stage(lab);
            List<String> command = new ArrayList<>(Lab.UNPRIVILEGED);
            command.addAll(natexd.command("paths", "--once", "--json", "--duration=" + SECONDS));
            JsonNode hop = hop(
                    PathsDocument.collect(lab, natexd, command, () -> {
                        Cause.ANOTHER_RULE.probe(lab);
                        return lab;
                    }),
                    Cause.ANOTHER_RULE.hop());

            assertEquals(List.of("none-seen"), PathsDocument.remarks(hop), () -> hop + natexd.log());
        }
    }

    private static JsonNode hop(PathsDocument document, int number) {
        for (JsonNode hop :
                document.path(Topology.GUEST1, "udp", Topology.TARGET).at("/hops")) {
            if (hop.at("/hop").asInt() == number) {
                return hop;
            }
        }
        throw new AssertionError("no such hop: " + document);
    }
}
