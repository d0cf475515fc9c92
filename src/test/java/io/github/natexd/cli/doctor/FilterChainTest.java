package io.github.natexd.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What other people's rules do to ICMP errors, as nft lists them. */
class FilterChainTest {
    @Test
    void readsBaseChainsOfFiltersAndTheirRules() {
        List<FilterChain> chains = FilterChain.parse("""
                table ip natexd {
                \tchain errors {
                \t\ttype filter hook input priority mangle; policy accept;
                \t\ticmp type time-exceeded counter packets 1 bytes 2 queue flags bypass to 5511
                \t}
                }
                table ip nat {
                \tchain PREROUTING {
                \t\ttype nat hook prerouting priority dstnat; policy accept;
                \t\tip protocol icmp drop
                \t}
                }
                table inet fw {
                \tset bad {
                \t\ttype ipv4_addr
                \t\telements = { 10.0.0.1 }
                \t}
                \tchain helper {
                \t\tip protocol icmp drop
                \t}
                \tchain early {
                \t\ttype filter hook prerouting priority raw - 5; policy drop;
                \t\tct state established,related accept
                \t\ticmp type time-exceeded counter packets 7 bytes 99 drop comment "no"
                \t}
                }
                table netdev dev {
                \tchain in {
                \t\ttype filter hook ingress device "eth0" priority -500; policy accept;
                \t}
                }
                """);

        assertEquals(
                List.of(
                        new FilterChain(
                                "inet fw early",
                                "prerouting",
                                -305,
                                true,
                                List.of(
                                        "ct state established,related accept",
                                        "icmp type time-exceeded counter packets 7 bytes 99 drop comment \"no\"")),
                        new FilterChain("netdev dev in", "ingress", -500, false, List.of())),
                chains);
    }

    @ParameterizedTest
    @CsvSource({
        "ip fw c, prerouting, 0, true, false",
        "ip fw c, prerouting, -300, true, true",
        "inet fw c, input, -150, true, false",
        "inet fw c, input, 0, false, false",
        "ip fw c, forward, -300, false, false",
        "netdev fw c, ingress, 0, true, true",
        "ip6 fw c, prerouting, -300, false, false",
    })
    void standsBeforeNatexdOrNot(String name, String hook, int priority, boolean inInput, boolean inPrerouting) {
        FilterChain chain = new FilterChain(name, hook, priority, false, List.of());

        assertEquals(inInput, chain.isBefore(false));
        assertEquals(inPrerouting, chain.isBefore(true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "icmp type time-exceeded drop",
                "icmp type { destination-unreachable, echo-request, time-exceeded } drop",
                "meta l4proto icmp counter packets 4 bytes 7 drop",
                "ip protocol icmp drop comment \"quiet\"",
                "ip protocol icmp icmp type 11 reject",
            })
    void aRuleForAllErrorsOfAKindSurelyDropsThem(String rule) {
        assertEquals(Optional.of(rule), chain(false, rule).droppingErrors());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "iifname \"eth1\" icmp type time-exceeded drop",
                "ct state invalid drop",
                "ip saddr @bad drop",
                "limit rate over 10/second drop",
                "jump helper",
            })
    void aRuleWithConditionsMayDropThem(String rule) {
        assertEquals(Optional.empty(), chain(false, rule).droppingErrors());
        assertTrue(chain(false, rule).mayDropErrors());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tcp dport 22 drop",
                "icmp type echo-request drop",
                "icmpv6 type time-exceeded drop",
                "meta l4proto udp drop",
                "icmp type time-exceeded accept",
                "counter packets 5 bytes 6 jump NATEXD_QUEUE",
            })
    void aRuleForOtherPacketsDoesNot(String rule) {
        assertEquals(Optional.empty(), chain(false, rule).droppingErrors());
        assertFalse(chain(false, rule).mayDropErrors());
    }

    /** The remedy that doctor gives is one that it understands. */
    @Test
    void whatLetsThemPassFirstMakesAllThatFollowsHarmless() {
        String accept = "icmp type { destination-unreachable, time-exceeded } accept";
        FilterChain mended = chain(true, accept, "icmp type time-exceeded drop");

        assertEquals(Optional.empty(), mended.droppingErrors());
        assertFalse(mended.mayDropErrors());
        assertTrue(mended.remedy().endsWith(accept), mended::remedy);
        assertTrue(chain(true, "icmp type time-exceeded accept").mayDropErrors());
        assertTrue(chain(true).mayDropErrors());
    }

    /** In front of connection tracking nothing is related. */
    @Test
    void relatedPacketsPassOnlyWhereConnectionsAreKnown() {
        String related = "ct state established,related accept";

        assertFalse(new FilterChain("ip fw c", "prerouting", -150, true, List.of(related)).mayDropErrors());
        assertTrue(new FilterChain("ip fw c", "prerouting", -300, true, List.of(related)).mayDropErrors());
    }

    private static FilterChain chain(boolean dropsByDefault, String... rules) {
        return new FilterChain("ip fw c", "prerouting", -300, dropsByDefault, List.of(rules));
    }
}
