package io.github.natexd.lab;

import java.util.concurrent.TimeUnit;

/**
 * Where a NAT sends by packet socket and rewrites ports, natexd must be sure that the quoted probe is none of the host's;
 * for a second after its start the host may have sent probes that it has not seen.
 */
final class Warmup {
    private static final long START_MILLIS = 1200;

    private Warmup() {}

    static void of(Lab lab) {
        LabOptions options = lab.options();
        if (options.send() != LabOptions.Send.PACKET || !options.rewritePorts()) {
            return;
        }
        try {
            TimeUnit.MILLISECONDS.sleep(START_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
