package io.github.natexd.nftables;

import static io.github.natexd.nftables.RulesScene.FAILED;
import static io.github.natexd.nftables.RulesScene.NO_PERMISSION;
import static io.github.natexd.nftables.RulesScene.OK;
import static io.github.natexd.nftables.RulesScene.UNAVAILABLE;
import static io.github.natexd.nftables.RulesScene.UNPRIVILEGED;
import static io.github.natexd.nftables.RulesScene.USAGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.natexd.nftables.RulesScene.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What natexd-rules reports: whether its rules are loaded, and why it cannot load them. */
class RulesReportsLabTest {
    @RegisterExtension
    private final RulesScene scene = new RulesScene();

    @Test
    void statusTellsWhatIsAbsentOrIncomplete() throws Exception {
        assertEquals(FAILED, scene.rules("status").code());
        scene.rules("install", "--interface", "vmnet8");
        assertEquals(OK, scene.rules("status").code());
        assertEquals(
                FAILED,
                scene.rules("status", "--interface", "vmnet8", "--queue", "7").code(),
                "other parameters");

        scene.inNamespace("nft", "flush", "chain", "ip", "natexd", "probes");
        assertEquals(FAILED, scene.rules("status").code(), "no log rules");

        scene.rules("install", "--interface", "vmnet8");
        scene.nft(
                scene.ruleset().contains("NATEXD_QUEUE")
                        ? "flush chain ip mangle INPUT"
                        : "flush chain ip natexd errors");
        Result withoutQueueRule = scene.rules("status");
        assertEquals(FAILED, withoutQueueRule.code(), "no queue rule");
        assertTrue(withoutQueueRule.text().contains("run " + RulesScene.SCRIPT + " install"), withoutQueueRule::text);

        scene.rules("install", "--interface", "vmnet8");
        assertEquals(OK, scene.rules("status").code());
        scene.inNamespace("nft", "flush", "ruleset");
        Result flushed = scene.rules("status");
        assertEquals(FAILED, flushed.code());
        assertEquals("natexd-rules: absent: no rules of natexd are loaded", flushed.text());
    }

    @Test
    void statusHasNoEffect() throws Exception {
        scene.rules("status");
        scene.rules("status", "--interface", "vmnet8");
        scene.rules("remove");

        assertEquals("", scene.ruleset());
    }

    @Test
    @DisplayName("defect 6: without the rule that exempts loopback errors, the fallback is not complete")
    void isNotCompleteWithoutTheRuleThatPassesLoopbackBy() throws Exception {
        scene.rules("install", "--interface", "vmnet8");
        assumeTrue(scene.ruleset().contains("NATEXD_QUEUE"), "this kernel has nft's own queue statement");

        scene.inNamespace("iptables-nft", "-t", "mangle", "-D", "NATEXD_QUEUE", "-i", "lo", "-j", "RETURN");

        assertEquals(FAILED, scene.rules("status").code());
    }

    @Test
    void saysThatThePermissionIsMissing() throws Exception {
        Result refused = scene.as(UNPRIVILEGED, "install", "--interface", "vmnet8");

        assertEquals(NO_PERMISSION, refused.code());
        assertTrue(refused.text().contains("run it as root or with CAP_NET_ADMIN"), refused.text());
    }

    @Test
    void saysThatNftIsMissing() throws Exception {
        Result refused = scene.withTools(List.of(), "install", "--interface", "vmnet8");

        assertEquals(UNAVAILABLE, refused.code(), refused.text());
        assertTrue(refused.text().contains("apt-get install nftables"), refused.text());
    }

    @Test
    void saysThatNeitherWayWorksAndLeavesNothing() throws Exception {
        // An nft that rejects the queue statement, as on a kernel without it, and no iptables.
        Path nft = scene.directory().resolve("nft");
        Files.writeString(nft, """
                #!/bin/sh
                [ "$1" = -f ] || exec /usr/sbin/nft "$@"
                rules=$(cat)
                case $rules in *'queue flags bypass'*) echo 'Error: No such file or directory' >&2; exit 1 ;; esac
                echo "$rules" | exec /usr/sbin/nft -f -
                """);

        Result refused = scene.withTools(List.of(nft), "install", "--interface", "vmnet8");

        assertEquals(UNAVAILABLE, refused.code(), refused.text());
        assertTrue(refused.text().contains("apt-get install iptables"), refused.text());
        assertTrue(refused.text().contains("CONFIG_NFT_QUEUE"), refused.text());
        assertEquals("", scene.ruleset());
    }

    @Test
    void refusesWhatIsNoCommand() throws Exception {
        assertEquals(USAGE, scene.rules().code());
        assertEquals(USAGE, scene.rules("restart").code());
        assertEquals(USAGE, scene.rules("install", "--queue", "65536").code());
        assertEquals(USAGE, scene.rules("install", "--queue").code());
        assertEquals(USAGE, scene.rules("install", "--interface", "x\" accept").code());
        assertEquals(USAGE, scene.rules("install", "--types", "echo-reply").code());
        assertEquals(USAGE, scene.rules("install", "--colour", "red").code());
        assertEquals(OK, scene.rules("--help").code());
        assertEquals("", scene.ruleset());
    }
}
