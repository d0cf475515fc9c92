package io.github.natexd.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What {@code reinject = "verdict"} needs of the kernel: it forwards what natexd has rewritten (R38). */
final class Forwarding {
    private static final Path IP_FORWARD = Path.of("/proc/sys/net/ipv4/ip_forward");

    private Forwarding() {}

    static void check() throws StartException {
        String value;
        try {
            value = Files.readString(IP_FORWARD).strip();
        } catch (IOException e) {
            throw new StartException(ExitCode.UNAVAILABLE, "cannot read " + IP_FORWARD + ": " + e.getMessage());
        }
        if (value.equals("0")) {
            throw new StartException(
                    ExitCode.UNAVAILABLE,
                    "relay.reinject = \"verdict\" needs IPv4 forwarding, which is off: sysctl -w net.ipv4.ip_forward=1 and"
                            + " let the FORWARD chain pass ICMP errors to the guest network, or use"
                            + " relay.reinject = \"frame\"");
        }
    }
}
