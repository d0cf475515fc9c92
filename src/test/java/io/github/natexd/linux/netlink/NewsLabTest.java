package io.github.natexd.linux.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.linux.packet.PacketSocket;
import io.github.natexd.testkit.NamespaceLab;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** News of links, addresses and rules, made by the real tools. */
class NewsLabTest {
    private static final long SOON = 2000;

    @Test
    @DisplayName("R45: links and addresses that come and go are news")
    void linksAndAddressesComingAndGoingAreNews() throws Exception {
        NamespaceLab.inNewNamespace(() -> {
            try (RouteNews news = RouteNews.open()) {
                assertFalse(news.drain());
                assertNews(news, "ip link add nx0 type veth peer name nx1");
                assertNews(news, "ip address add 192.168.44.1/24 dev nx0");
                assertNews(news, "ip link set nx0 mtu 1400");
                assertNews(news, "ip address del 192.168.44.1/24 dev nx0");
                assertNews(news, "ip link del nx0");
            }
        });
    }

    @Test
    @DisplayName("R46: our own promiscuous join is no news, and causes just one message")
    void ownPromiscuousJoinIsNoNewsAndCausesJustOneMessage() throws Exception {
        NamespaceLab.inNewNamespace(() -> {
            NamespaceLab.run("ip link add nx0 type veth peer name nx1; ip link set nx0 up; ip link set nx1 up");
            Thread.sleep(100);
            try (RouteNews news = RouteNews.open()) {
                news.drain();
                try (PacketSocket socket = PacketSocket.open("nx0", 60)) {
                    assertTrue(NamespaceLab.awaitInput(news.descriptor(), SOON));
                    assertFalse(news.drain());
                    socket.receive();
                    assertFalse(NamespaceLab.awaitInput(news.descriptor(), 100));
                }
            }
        });
    }

    @Test
    @DisplayName("R46: asking for addresses is no news for anybody")
    void askingForAddressesIsNoNewsForAnybody() throws Exception {
        NamespaceLab.inNewNamespace(() -> {
            try (RouteNews news = RouteNews.open()) {
                news.drain();
                assertEquals(1, Interfaces.addresses().size());
                assertFalse(NamespaceLab.awaitInput(news.descriptor(), 100));
            }
        });
    }

    @Test
    @DisplayName("R44: deleted rules are news in the tables named")
    void deletedRulesAreNewsInTheTablesNamed() throws Exception {
        NamespaceLab.inNewNamespace(() -> {
            NamespaceLab.run("nft add table ip natexd; nft add chain ip natexd c; nft add rule ip natexd c counter;"
                    + " nft add table ip foreign; nft add chain ip foreign c; nft add rule ip foreign c counter");
            try (RuleNews news = RuleNews.open("natexd", "mangle");
                    RuleNews all = RuleNews.open()) {
                assertFalse(news.drain());
                NamespaceLab.run("nft add rule ip natexd c accept; nft flush chain ip foreign c");
                assertTrue(NamespaceLab.awaitInput(news.descriptor(), SOON));
                assertFalse(news.drain());
                assertTrue(all.drain());

                NamespaceLab.run("nft flush chain ip natexd c");
                assertTrue(news.drain());
                NamespaceLab.run("nft flush ruleset");
                assertTrue(news.drain());

                NamespaceLab.run("iptables-nft -t mangle -A INPUT -p icmp -j ACCEPT");
                assertFalse(news.drain());
                NamespaceLab.run("iptables-nft -t mangle -F INPUT");
                assertTrue(news.drain());
            }
        });
    }

    private static void assertNews(RouteNews news, String commandLine) {
        NamespaceLab.run(commandLine);
        assertTrue(NamespaceLab.awaitInput(news.descriptor(), SOON), commandLine);
        assertTrue(news.drain(), commandLine);
    }
}
