package io.github.natexd.testkit.clients;

import io.github.natexd.lab.Lab;
import io.github.natexd.lab.LabOptions;
import io.github.natexd.lab.LabOptions.HandOver;
import io.github.natexd.lab.LabOptions.Receive;
import io.github.natexd.lab.LabOptions.Send;
import io.github.natexd.lab.Node;
import io.github.natexd.testkit.Processors;
import java.util.concurrent.TimeUnit;

/**
 * Lets natexd learn what it needs about a NAT process to be right about every packet; users do not notice this phase.
 */
public final class Warmup {
    private static final long START_MILLIS = 1200;

    private Warmup() {}

    public static void of(Lab lab) {
        LabOptions options = lab.options();
        if (options.rewritePorts() && options.send() == Send.PACKET) {
            // Only the content identifies the sender of the quoted probe, and only after natexd has seen all that the
            // host sent: for a second after its start, the host may have sent probes that natexd has not seen.
            pause();
        }
        if (options.egressFirstMillis() != 0) {
            // A guest whose probe is seen late gets its copy within 10 ms, or none: the hub, which makes it late, must
            // not wait for a processor, and natexd's code must be warm.
            Processors.realTime("hub of lab");
            Client.TRACEROUTE.run(lab, Node.GUEST1);
            Client.TRACEROUTE_ICMP.run(lab, Node.GUEST1);
        }
        boolean delivers = options.receive() == Receive.PACKET || options.rewritePorts() && options.rewriteIds();
        if (options.handOver() != HandOver.NONE && delivers) {
            // The first error of each class that the NAT delivers, too, arrives twice: each if the NAT captures
            // packets, those
            // that natexd copies if it reads a socket. hping3 takes a second one for that of the next hop.
            Client.TRACEROUTE_ICMP.run(lab, Node.GUEST1);
            if (options.handOver() == HandOver.ALL) {
                Client.TRACEROUTE.run(lab, Node.GUEST1);
            }
        }
    }

    /** Waits until natexd has seen all recent probes of the host: a second after its rules were loaded. */
    public static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(START_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
