package io.github.natexd.nftables;

import static io.github.natexd.nftables.RulesScene.FAILED;
import static io.github.natexd.nftables.RulesScene.OK;
import static io.github.natexd.nftables.RulesScene.UNPRIVILEGED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.nftables.RulesScene.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What natexd-rules loads and removes, and that it leaves the rules of others alone. The kernel determines which of the
 * two ways to queue packets is used; the tests are valid for both.
 */
class RulesLabTest {
    @RegisterExtension
    private final RulesScene scene = new RulesScene();

    @Test
    void installsTwiceAndIsCompleteBothTimes() throws Exception {
        Result first = scene.rules("install", "--interface", "vmnet8");
        Result second = scene.rules("install", "--interface", "vmnet8");

        assertEquals(OK, first.code(), first.text());
        assertEquals(OK, second.code(), second.text());
        assertTrue(first.text().startsWith("natexd-rules: installed table ip natexd"), first.text());
        assertTrue(second.text().startsWith("natexd-rules: replaced table ip natexd"), second.text());
        assertEquals(1, first.text().lines().count());
        assertEquals(OK, scene.rules("status").code());
        assertEquals(OK, scene.rules("status", "--interface", "vmnet8").code());
        assertEquals(4, scene.count("counter packets \\d+ bytes \\d+ (queue|log)"), scene::ruleset);
    }

    @Test
    @DisplayName("R44: remove removes everything that install has loaded")
    void removesAllThatItInstalled() throws Exception {
        scene.rules("install", "--interface", "vmnet8");
        scene.rules("install", "--interface", "vmnet8", "--reinject", "verdict");

        Result removed = scene.rules("remove");

        assertEquals(OK, removed.code(), removed.text());
        assertTrue(removed.text().startsWith("natexd-rules: removed table ip natexd"), removed.text());
        assertEquals("", scene.ruleset());
        assertEquals("natexd-rules: nothing to remove", scene.rules("remove").text());
    }

    @Test
    void theDaemonRemovesOnlyWhatItLoaded() throws Exception {
        scene.rules("install", "--interface", "vmnet8");
        String ofTheAdministrator = scene.ruleset();

        assertEquals(OK, scene.rules("remove", "--daemon").code());
        assertEquals(ofTheAdministrator, scene.ruleset());
        assertEquals(
                FAILED,
                scene.rules("status", "--interface", "vmnet8", "--daemon").code());

        assertEquals(
                OK, scene.rules("install", "--interface", "vmnet8", "--daemon").code());
        assertEquals(
                OK, scene.rules("status", "--interface", "vmnet8", "--daemon").code());
        assertEquals(OK, scene.rules("status").code());
        assertEquals(OK, scene.rules("remove", "--daemon").code());
        assertEquals("", scene.ruleset());
    }

    @Test
    @DisplayName("R44: foreign rules stay unchanged")
    void leavesForeignRulesAsTheyWere() throws Exception {
        scene.nft("""
                table inet other {
                    set blocked { type ipv4_addr; elements = { 192.0.2.1 }; }
                    chain input { type filter hook input priority mangle; ip saddr @blocked drop; }
                }
                table ip mangle {
                    chain mine { ip saddr 192.0.2.2 accept; }
                }
                """);
        scene.inNamespace("iptables-nft", "-t", "mangle", "-A", "INPUT", "-s", "192.0.2.3", "-j", "ACCEPT");
        scene.inNamespace("iptables-nft", "-t", "mangle", "-A", "FORWARD", "-s", "192.0.2.4", "-j", "ACCEPT");
        String before = scene.ruleset();

        assertEquals(OK, scene.rules("install", "--interface", "vmnet8").code());
        assertEquals(
                OK,
                scene.rules("install", "--interface", "vmnet8", "--reinject", "verdict")
                        .code());
        assertEquals(OK, scene.rules("status").code());
        assertEquals(OK, scene.rules("remove").code());

        // The same tool and kernel within a moment, so comparing texts is safe here.
        assertEquals(before, scene.ruleset());
    }

    @Test
    @DisplayName("R44: the mangle table that natexd created stays if others use it")
    void keepsTheMangleTableItMadeOnceOthersUseIt() throws Exception {
        scene.rules("install", "--interface", "vmnet8");
        scene.inNamespace("iptables-nft", "-t", "mangle", "-A", "INPUT", "-s", "192.0.2.3", "-j", "ACCEPT");

        assertEquals(OK, scene.rules("remove").code());

        assertEquals(1, scene.count("ip saddr 192\\.0\\.2\\.3"), scene::ruleset);
        assertEquals(0, scene.count("NATEXD|natexd"), scene::ruleset);
    }

    @Test
    @DisplayName("R44: an empty mangle table that natexd did not create stays")
    void keepsAnEmptyMangleTableThatItDidNotMake() throws Exception {
        scene.nft("table ip mangle {\n}\n");

        scene.rules("install", "--interface", "vmnet8");
        scene.rules("install", "--interface", "vmnet8");
        scene.rules("remove");

        assertEquals("table ip mangle {\n}", scene.ruleset());
    }

    @ParameterizedTest
    @ValueSource(strings = {"frame", "verdict"})
    @DisplayName("defect 6: loopback errors are not queued (0 of 100)")
    void doesNotQueueErrorsOverLoopback(String reinject) throws Exception {
        scene.inNamespace("ip", "link", "set", "lo", "up");
        scene.inNamespace("sh", "-c", "echo 0 > /proc/sys/net/ipv4/icmp_ratemask");
        scene.rules("install", "--interface", "vmnet8", "--reinject", reinject);

        // Each datagram meets a closed port: one error over lo.
        String refused = scene.inNamespace("bash", "-c", """
                n=0
                for i in $(seq 100); do
                    exec 3<>/dev/udp/127.0.0.1/9
                    echo >&3
                    read -r -t 1 -u 3 answer 2>/dev/null || n=$((n + 1))
                    exec 3>&-
                done
                awk '/^IcmpMsg: / && !head { for (i = 2; i <= NF; i++) name[i] = $i; head = 1; next }
                     /^IcmpMsg: / { for (i = 2; i <= NF; i++) if (name[i] == "InType3") print $i }' /proc/net/snmp
                """);

        assertTrue(Integer.parseInt(refused.strip()) >= 100, refused);
        assertEquals(2, scene.count("counter packets 0 bytes 0 queue"), scene::ruleset);
    }

    @Test
    void queuesInPreroutingForVerdict() throws Exception {
        scene.rules("install", "--interface", "vmnet8", "--reinject", "verdict");

        assertEquals(1, scene.count("hook prerouting priority mangle"), scene::ruleset);
        assertEquals(0, scene.count("hook input"), scene::ruleset);
        assertEquals(OK, scene.rules("status").code());
    }

    @Test
    @DisplayName("R1: each selected type of errors has one queue rule")
    void hasOneQueueRuleForEachType() throws Exception {
        Result installed = scene.rules(
                "install",
                "--interface=vmnet8",
                "--types=time-exceeded,destination-unreachable,reassembly-time-exceeded,parameter-problem",
                "--queue=7",
                "--log-group=9",
                "--max-ttl=30");

        assertEquals(OK, installed.code(), installed.text());
        assertEquals(4, scene.count("queue .*\\b7\\b"), scene::ruleset);
        assertEquals(2, scene.count("ip ttl <= 30 .*log group 9 snaplen 68 queue-threshold 1"), scene::ruleset);
        assertEquals(OK, scene.rules("status").code());
    }

    @Test
    @DisplayName("R47: the rules need one capability, but not root")
    void worksUnprivilegedWithTheOneCapability() throws Exception {
        List<String> user = new ArrayList<>(UNPRIVILEGED);
        user.addAll(List.of("--inh-caps", "+net_admin", "--ambient-caps", "+net_admin"));

        Result installed = scene.as(user, "install", "--interface", "vmnet8");
        Result status = scene.as(user, "status");
        Result removed = scene.as(user, "remove");

        assertEquals(OK, installed.code(), installed.text());
        assertEquals(OK, status.code(), status.text());
        assertEquals(OK, removed.code(), removed.text());
        assertEquals("", scene.ruleset());
    }

    @Test
    void printsWhatNftAcceptsAndLoadsNothing() throws Exception {
        Result printed = scene.as(UNPRIVILEGED, "print", "--interface", "vmnet8");

        assertEquals(OK, printed.code());
        assertTrue(printed.text().contains("queue flags bypass to 5511"), printed.text());
        assertEquals("", scene.ruleset());
        // A kernel may reject the queue statement, but nft must be able to parse it.
        Result checked = scene.tried(printed.text() + "\n", "nft", "-c", "-f", "-");
        assertFalse(checked.text().contains("syntax error"), checked.text());
        // Without the chain that some kernels do not support, the text is a complete input for nft.
        scene.nft(printed.text().replaceAll("(?s)    chain errors \\{.*?\\n    \\}\\n", "") + "\n");
        assertEquals(2, scene.count("log group 5511"), scene::ruleset);
    }

    @Test
    void takesTheNativeWayWhereItWorksAndClearsTheFallbackAway() throws Exception {
        Path nft = nftWithQueueStatement();
        scene.rules("install", "--interface", "vmnet8");

        Result installed = scene.withTools(List.of(nft), "install", "--interface", "vmnet8");

        assertEquals(OK, installed.code(), installed.text());
        assertTrue(installed.text().contains("replaced table ip natexd, with nft's own queue statement"));
        assertEquals(0, scene.count("NATEXD_QUEUE|table ip mangle"), scene::ruleset);
        assertEquals(
                2, scene.count("iifname != \"lo\" iifname != \"vmnet8\" icmp type .* accept comment"), scene::ruleset);
        Result status = scene.rules("status");
        assertEquals(OK, status.code(), status.text());
        assertTrue(status.text().contains("with nft's own queue statement"), status.text());
        assertEquals(OK, scene.rules("remove").code());
        assertEquals("", scene.ruleset());
    }

    @Test
    void theNativeWayReplacesItsOwnRulesWhateverChanges() throws Exception {
        Path nft = nftWithQueueStatement();
        for (String options : List.of("", "--max-ttl 255", "--daemon", "--reinject verdict", "")) {
            List<String> words = new ArrayList<>(List.of("install", "--interface", "vmnet8"));
            words.addAll(options.isEmpty() ? List.of() : List.of(options.split(" ")));

            Result installed = scene.withTools(List.of(nft), words.toArray(String[]::new));

            assertEquals(OK, installed.code(), installed.text());
            String hook = options.endsWith("verdict") ? "prerouting" : "input";
            assertEquals(1, scene.count("\\s*type filter hook " + hook + " priority mangle.*"), scene::ruleset);
            assertEquals(2, scene.count("accept comment"), scene::ruleset);
            assertEquals(2, scene.count("log group 5511"), scene::ruleset);
            assertEquals(options.equals("--daemon") ? 1 : 0, scene.count("chain loaded_by_natexd"), scene::ruleset);
            assertEquals(options.endsWith("255") ? 0 : 1, scene.count("ip ttl > 60 accept"), scene::ruleset);
        }
    }

    /** Imitates a kernel with the queue statement: loads another statement instead. */
    private Path nftWithQueueStatement() throws Exception {
        return Files.writeString(scene.directory().resolve("nft"), """
                #!/bin/sh
                [ "$1" = -f ] || exec /usr/sbin/nft "$@"
                sed 's/queue flags bypass to [0-9]*/accept/' | exec /usr/sbin/nft -f -
                """);
    }
}
