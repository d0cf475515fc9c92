package io.github.natexd.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ForwardingTest {
    @Test
    @DisplayName("R38: of all chains, those that drop forwarded IPv4 packets")
    void namesTheChainsThatDropForwardedPackets() {
        String listing = """
                table ip filter {
                \tchain INPUT {
                \t\ttype filter hook input priority filter; policy drop;
                \t}
                \tchain FORWARD {
                \t\ttype filter hook forward priority filter; policy drop;
                \t}
                \tchain DOCKER {
                \t}
                }
                table ip6 filter {
                \tchain FORWARD {
                \t\ttype filter hook forward priority filter; policy drop;
                \t}
                }
                table inet open {
                \tchain passing {
                \t\ttype filter hook forward priority filter; policy accept;
                \t}
                }
                table inet firewall {
                \tchain passing {
                \t\ttype filter hook forward priority filter + 10; policy drop;
                \t}
                }
                """;

        assertEquals(List.of("ip filter FORWARD", "inet firewall passing"), Forwarding.droppingChains(listing));
        assertEquals(List.of(), Forwarding.droppingChains(""));
    }
}
