package io.github.natexd.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.Node;
import io.github.natexd.lab.Topology;
import io.github.natexd.linux.libc.Libc;
import io.github.natexd.testkit.LabNatexd;
import io.github.natexd.testkit.LabShell;
import io.github.natexd.testkit.clients.Trace;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The kernel drops everything that waits in queues when a chain with a hook is deleted. */
class WaitingErrorsLabTest {
    private static final int SIGCONT = 18;
    private static final int SIGSTOP = 19;
    private static final int PINGS = 20;
    private static final String WAITING = """
            for try in $(seq 100); do
                [ "$(awk '{print $3}' /proc/net/netfilter/nfnetlink_queue)" = %d ] && exit
                sleep 0.05
            done
            cat /proc/net/netfilter/nfnetlink_queue
            exit 1
            """.formatted(PINGS);

    @ParameterizedTest
    @ValueSource(strings = {"60", "255"})
    @DisplayName("when natexd's rules are replaced, the host still gets the errors that wait for natexd")
    void replacedRulesCostNoWaitingError(String maxTtl) {
        try (Lab lab = Lab.up(LabOptions.defaults());
                LabNatexd natexd = LabNatexd.start(lab)) {
            Libc.INSTANCE.kill((int) natexd.pid(), SIGSTOP);
            Trace pings;
            try {
                pings = Trace.start(
                        lab, Node.HOST, List.of("ping", "-n", "-i0.02", "-W10", "-t2", "-c" + PINGS, Topology.TARGET));
                LabShell.must(lab, Node.HOST, WAITING);
                LabShell.must(
                        lab,
                        Node.HOST,
                        LabNatexd.tree().resolve("libexec/natexd-rules")
                                + " install --daemon --interface vmnet8 --max-ttl " + maxTtl);
            } finally {
                Libc.INSTANCE.kill((int) natexd.pid(), SIGCONT);
            }

            String output = pings.output();
            assertEquals(
                    PINGS,
                    output.lines()
                            .filter(line -> line.contains("Time to live exceeded"))
                            .count(),
                    output);
        }
    }
}
