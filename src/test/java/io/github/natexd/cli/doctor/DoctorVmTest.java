package io.github.natexd.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.Node;
import io.github.natexd.testkit.DoctorReport;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.LabShell;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * {@code natexctl doctor} where the kernel lacks something: modules of a stock kernel are taken away for the time of a test.
 * What doctor says is compared with what natexd then meets.
 */
@TestInstance(Lifecycle.PER_CLASS)
class DoctorVmTest {
    private static final String FIX = "boot a kernel that has it";

    /**
     * Unloads the modules named and lays over the kernel's directory of modules one without them. The kernel lets go of
     * the rules that use a module soon after their network namespace has gone.
     */
    private static final String TAKE_AWAY = """
            directory=/lib/modules/$(uname -r)
            mkdir -p /run/modules/upper /run/modules/work
            layers=lowerdir=$directory,upperdir=/run/modules/upper,workdir=/run/modules/work
            mount -t overlay -o $layers modules $directory
            for module in "$@"; do
                tries=0
                while [ -e /sys/module/$module ] && ! rmmod $module; do
                    tries=$((tries + 1))
                    [ $tries -lt 60 ]
                    sleep 1
                done
                rm $(find $directory/kernel/net -name "$module.ko*")
                sed -i "\\\\|^[^:]*/$module\\\\.ko[^:]*:|d" $directory/modules.dep
            done
            """;

    private static final String GIVE_BACK = """
            directory=/lib/modules/$(uname -r)
            ! mountpoint -q $directory || umount $directory
            rm -rf /run/modules
            """;

    private Lab lab;

    @BeforeAll
    void up() {
        lab = Lab.up(LabOptions.defaults());
    }

    @AfterAll
    void down() {
        lab.close();
    }

    @AfterEach
    void giveBack() {
        onHost(GIVE_BACK);
    }

    @Test
    void aStockKernelHasAll() throws Exception {
        doctor().says("kernel-queue", "ok", "NFQUEUE: ")
                .says("kernel-log", "ok", "NFLOG: ")
                .says("kernel-rule", "ok", "nft's own queue statement: module nft_queue is ");
    }

    @Test
    void seesAKernelThatCannotQueue() throws Exception {
        onHost(TAKE_AWAY, "nfnetlink_queue");

        doctor().endsWith(DoctorReport.WRONG)
                .advises("kernel-queue", "wrong", "has no module nfnetlink_queue", FIX)
                .says("kernel-log", "ok", "nfnetlink_log");
        assertNatexdEndsWith("NFQUEUE");
    }

    @Test
    void seesAKernelThatCannotLog() throws Exception {
        onHost(TAKE_AWAY, "nfnetlink_log");

        doctor().endsWith(DoctorReport.WRONG)
                .advises("kernel-log", "wrong", "has no module nfnetlink_log", FIX)
                .says("kernel-queue", "ok", "nfnetlink_queue");
        assertNatexdEndsWith("NFLOG");
    }

    @Test
    void withoutNftsStatementTheTargetOfIptablesHolds() throws Exception {
        onHost(TAKE_AWAY, "nft_queue");

        doctor().says("kernel-rule", "ok", "the NFQUEUE target through iptables-nft: module xt_NFQUEUE is ");
        try (LabNatexd natexd = LabNatexd.start(lab)) {
            assertTrue(natexd.log().contains("the queue rule is iptables-nft"), natexd.log());
        }
    }

    @Test
    void withoutBothNoRuleCanQueue() throws Exception {
        onHost(TAKE_AWAY, "nft_queue", "xt_NFQUEUE");

        doctor().endsWith(DoctorReport.WRONG)
                .advises("kernel-rule", "wrong", "no NFQUEUE target either: kernel ", FIX)
                .says("kernel-queue", "ok", "nfnetlink_queue");
        assertNatexdEndsWith("no way to queue packets");
    }

    private void assertNatexdEndsWith(String words) {
        String said = assertThrows(IllegalStateException.class, () -> LabNatexd.start(lab))
                .getMessage();
        assertTrue(said.startsWith("natexd ended; ") && said.contains(words), said);
    }

    private DoctorReport doctor() throws Exception {
        Path configuration = Files.writeString(lab.directory().resolve("doctor.toml"), """
                guest-network.interface = "vmnet8"
                control.socket = "%s"
                """.formatted(
                        lab.directory().resolve("none.sock")));
        Lab.Result result = lab.exec(
                Node.HOST,
                LabNatexd.tree().resolve("bin/natexctl").toString(),
                "doctor",
                "--json",
                "--config",
                configuration.toString());
        return DoctorReport.of(result.exitCode(), result.output());
    }

    /** In the lab's host, whose files are those of the machine. */
    private void onHost(String script, String... arguments) {
        LabShell.must(lab, Node.HOST, script, arguments);
    }
}
