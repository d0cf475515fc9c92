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
import java.util.ArrayList;
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

    /** Replaces or removes the rules while natexd stands still; removal waits for a second. */
    private static final String CHANGE = """
            rules=$1 pid=$2
            shift 2
            $rules "$@" &
            sleep 0.5
            kill -CONT $pid
            wait $!
            """;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "install --daemon --interface vmnet8 --max-ttl 60",
                "install --daemon --interface vmnet8 --max-ttl 255",
                "remove --daemon",
                "remove"
            })
    @DisplayName("when natexd's rules are replaced or removed, the host still gets the errors that wait for natexd")
    void changedRulesCostNoWaitingError(String change) {
        try (Lab lab = Lab.up(LabOptions.defaults());
                LabNatexd natexd = LabNatexd.start(lab)) {
            Libc.INSTANCE.kill((int) natexd.pid(), SIGSTOP);
            Trace pings;
            try {
                pings = Trace.start(
                        lab, Node.HOST, List.of("ping", "-n", "-i0.02", "-W10", "-t2", "-c" + PINGS, Topology.TARGET));
                LabShell.must(lab, Node.HOST, WAITING);
                List<String> arguments = new ArrayList<>();
                arguments.add(LabNatexd.tree().resolve("libexec/natexd-rules").toString());
                arguments.add(Long.toString(natexd.pid()));
                arguments.addAll(List.of(change.split(" ")));
                LabShell.must(lab, Node.HOST, CHANGE, arguments.toArray(String[]::new));
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
