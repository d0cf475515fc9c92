package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.Node;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.LabShell;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The rules script hangs or fails; the rest of natexd continues to work. */
class RulesScriptLabTest {
    /**
     * The script has 10 s for the new rules and 10 s to restore the old ones; the rest is reserve for a busy machine.
     */
    private static final long RELOAD_MAX_NANOS = TimeUnit.SECONDS.toNanos(40);
    /** TimeoutStopSec of the unit. */
    private static final long STOP_MAX_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final String HANG = "#!/bin/sh\nsleep 300\n";
    private static final String FAIL_WITH_TTL_30 =
            "#!/bin/sh\ncase \"$*\" in install*30*) echo no such luck; exit 1; esac\n";

    private Lab lab;
    private Path tree;

    @BeforeEach
    void up() {
        lab = Lab.up(LabOptions.defaults());
        tree = lab.directory().resolve("own-tree");
        LabShell.must(
                lab,
                Node.HOST,
                "chmod go+rx \"$1\"; cp -r \"$2\" \"$3\"; cp \"$3/libexec/natexd-rules\" \"$3/rules\"",
                lab.directory().toString(),
                LabNatexd.tree().toString(),
                tree.toString());
    }

    @AfterEach
    void down() {
        lab.close();
    }

    @Test
    void aReloadFailsInTimeAndOthersGetAnswersMeanwhile() throws Exception {
        try (LabNatexd natexd = LabNatexd.startFrom(lab, tree)) {
            script(HANG);
            natexd.write("probes.max-ttl = 30");
            long begun = System.nanoTime();
            Process reload = reload(natexd);
            natexd.awaitLog("reload: probes.max-ttl");

            Lab.Result status = natexd.natexctl("status");

            assertEquals(0, status.exitCode(), status.output());
            assertTrue(reload.isAlive(), "status came while the reload went on");
            assertEquals(1, reload.waitFor());
            assertTrue(System.nanoTime() - begun < RELOAD_MAX_NANOS, natexd::log);
            script(genuine("#!/bin/sh\n"));
        }
    }

    @Test
    void aReloadWhoseRulesCannotBeLoadedFailsAndTheConfigurationBeforeStays() {
        try (LabNatexd natexd = LabNatexd.startFrom(lab, tree)) {
            script(genuine(FAIL_WITH_TTL_30));
            natexd.write("probes.max-ttl = 30");

            Lab.Result reload = natexd.natexctl("reload");

            assertEquals(1, reload.exitCode(), reload.output());
            assertTrue(reload.output().contains("the new rules could not be loaded: no such luck"), reload.output());
            String running = natexd.natexctl("show-config", "--running").output();
            assertTrue(running.contains("max-ttl = 60"), running);
            String rules = LabShell.must(lab, Node.HOST, "nft list table ip natexd");
            assertTrue(rules.contains("ip ttl <= 60"), rules);
            Lab.Result status = natexd.natexctl("status");
            assertEquals(0, status.exitCode(), status.output());

            natexd.write("probes.max-ttl = 31");
            assertEquals(0, natexd.natexctl("reload").exitCode());
            String after = LabShell.must(lab, Node.HOST, "nft list table ip natexd");
            assertTrue(after.contains("ip ttl <= 31"), after);
        }
    }

    @Test
    void natexdEndsInTime() {
        LabNatexd natexd = LabNatexd.startFrom(lab, tree);
        script(HANG);
        natexd.reload("probes.max-ttl = 30");
        natexd.awaitLog("reload: probes.max-ttl");
        long begun = System.nanoTime();

        int code = natexd.stop();

        assertEquals(0, code, natexd::log);
        assertTrue(System.nanoTime() - begun < STOP_MAX_NANOS, natexd::log);
        assertTrue(natexd.log().contains("did not end within 5000 ms and was killed"), natexd::log);
    }

    private void script(String text) {
        LabShell.must(
                lab,
                Node.HOST,
                "printf %s \"$1\" > \"$2/next\"; chmod 755 \"$2/next\"; mv \"$2/next\" \"$2/libexec/natexd-rules\"",
                text,
                tree.toString());
    }

    /** The real script, with these lines in front. */
    private String genuine(String first) {
        return first + "exec " + tree.resolve("rules") + " \"$@\"\n";
    }

    private Process reload(LabNatexd natexd) {
        return lab.start(
                Node.HOST,
                new ProcessBuilder(
                        tree.resolve("bin/natexctl").toString(),
                        "reload",
                        "--socket",
                        natexd.socket().toString()));
    }
}
