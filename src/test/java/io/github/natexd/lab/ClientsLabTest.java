package io.github.natexd.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.natexd.testkit.LabNatexd;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * More programs than {@link TracerouteLabTest} runs, and more ways to call them, behind a NAT that keeps ports and one that
 * rewrites them. The host shows that the program itself is able to find all hops here.
 *
 * <p>Not here: paris-traceroute, yarrp and FlashRoute, for which Debian has no package (scamper traces in the manner of
 * paris-traceroute); dublin-traceroute 0.4.2 of Debian 12, which does not end on the lab's host either; Windows' tracert,
 * whose probes {@link WindowsGuestsLabTest} sends.
 */
class ClientsLabTest {
    enum Call {
        TRACEROUTE_PORT_53("traceroute -n -w2 -U -p 53 TARGET", Traceroute::hops),
        TRACEROUTE_SOURCE_PORT("traceroute -n -w2 --sport=SOURCE_PORT TARGET", Traceroute::hops),
        TRACEROUTE_UNFRAGMENTED("traceroute -n -w2 -F TARGET 1400", Traceroute::hops),
        TRACEROUTE_MANY_AT_ONCE("traceroute -n -w2 -q 10 -N 32 TARGET", Traceroute::hops),
        FPING("for ttl in 1 2 3 4 5; do fping -H $ttl -r0 -t500 TARGET; done", Call::fpingHops),
        HPING3_ICMP("hping3 --traceroute -1 -n -c 5 -i u300000 TARGET", Call::hpingHops),
        HPING3_UDP("hping3 --traceroute --udp -p 40000 -n -c 5 -i u300000 TARGET", Call::hpingHops),
        NMAP_ICMP("nmap -n -sn -PE --traceroute TARGET", Call::nmapHops),
        NMAP_UDP("nmap -n -Pn -sU -p 40001 --traceroute TARGET", Call::nmapHops),
        SCAMPER_UDP_PARIS("scamper -I 'trace -P udp-paris -w 2 TARGET'", Traceroute::hops),
        SCAMPER_ICMP_PARIS("scamper -I 'trace -P icmp-paris -w 2 TARGET'", Traceroute::hops);

        private static final Pattern FPING_ANSWER =
                Pattern.compile("(?m)^ICMP Time Exceeded from (\\S+) for ICMP Echo|^(\\S+) is alive$");
        private static final Pattern HPING_ANSWER =
                Pattern.compile("(?:TTL 0 during transit from|Port Unreachable from|len=\\d+) ip=([\\d.]+)");

        private static final Pattern NMAP_ROW = Pattern.compile("(?m)^\\d+ +[\\d.]+ ms +(\\S+)$");

        private final String script;
        private final Function<String, List<String>> hops;

        Call(String script, Function<String, List<String>> hops) {
            this.script = script.replace("TARGET", Topology.TARGET);
            this.hops = hops;
        }

        private static List<String> fpingHops(String output) {
            return answers(FPING_ANSWER, output);
        }

        private static List<String> hpingHops(String output) {
            return answers(HPING_ANSWER, output);
        }

        private static List<String> nmapHops(String output) {
            return answers(NMAP_ROW, output);
        }

        private static List<String> answers(Pattern pattern, String output) {
            return pattern.matcher(output)
                    .results()
                    .map(answer -> answer.group(1) == null ? answer.group(2) : answer.group(1))
                    .toList();
        }

        /** Runs it in a node: every hop is there, and nothing is missing of those that are asked more than once. */
        void showsEveryHop(Lab lab, Node node, String log) {
            // The NAT holds the port that a guest had: the host's own program needs another one.
            String sourcePort = node == Node.HOST ? "40001" : "40000";
            String output = lab.exec(node, "sh", "-c", script.replace("SOURCE_PORT", sourcePort))
                    .output();

            assertEquals(lab.hops(), hops.apply(output), () -> output + log);
            assertFalse(output.contains(" *"), () -> output + log);
        }
    }

    @TestInstance(Lifecycle.PER_CLASS)
    abstract static class BehindANat {
        private final LabOptions options;
        private Lab lab;
        private LabNatexd natexd;

        BehindANat(LabOptions options) {
            this.options = options;
        }

        @BeforeAll
        void start() {
            lab = Lab.up(options);
            natexd = LabNatexd.start(lab);
        }

        @AfterAll
        void stop() {
            natexd.close();
            lab.close();
        }

        @ParameterizedTest
        @EnumSource
        void showsEveryHopInTheGuest(Call call) {
            call.showsEveryHop(lab, Node.GUEST1, natexd.log());
        }

        @ParameterizedTest
        @EnumSource
        void showsEveryHopOnTheHost(Call call) {
            call.showsEveryHop(lab, Node.HOST, natexd.log());
        }
    }

    @Nested
    class KeepingPorts extends BehindANat {
        KeepingPorts() {
            super(LabOptions.defaults());
        }
    }

    @Nested
    class RewritingPorts extends BehindANat {
        RewritingPorts() {
            super(LabOptions.defaults().rewritingPorts());
        }
    }
}
