package io.github.natexd.lab;

import java.util.concurrent.TimeUnit;

/**
 * What natexd must have seen before it can be sure in the harder cases: for a second after its start the host may have
 * sent probes it knows nothing of; and errors wait for a late guest's sighting only while guests are sending.
 */
final class Warmup {
    private static final long START_MILLIS = 1200;

    private Warmup() {}

    /** Lets natexd's first second pass, and both guests send a probe. */
    static void of(Lab lab) {
        try {
            TimeUnit.MILLISECONDS.sleep(START_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (Node guest : new Node[] {Node.GUEST1, Node.GUEST2}) {
            lab.exec(guest, "traceroute", "-n", "-q1", "-N1", "-w0.2", "-m1", Topology.TARGET);
        }
    }
}
