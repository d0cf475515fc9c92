package io.github.natexd.cli.doctor;

import java.util.List;
import java.util.Optional;

/**
 * The part of the status of a running natexd that doctor judges by.
 *
 * @param interfaceName the guest network that it uses or waits for; empty while it knows none
 * @param present the guest network is there and up
 * @param guestProbes probes of guests that it has seen
 * @param problems what keeps it from working, and then what is worth a look
 */
public record DaemonStatus(
        long processId,
        String version,
        Optional<String> interfaceName,
        boolean present,
        long guestProbes,
        List<Trouble> problems,
        Trait ttl,
        Trait identification,
        Trait ports,
        Trait leaving,
        List<Delivery> deliveries) {

    /** Something wrong, and what to do. */
    public record Trouble(String problem, String fix) {}

    /** What is known of the NAT process, per protocol: yes, no, mixed (the last two probes differ) or unknown. */
    public record Trait(String udp, String echo) {}

    /**
     * Who hands a class of errors to guests.
     *
     * @param errors like {@code time-exceeded}
     * @param probes like {@code udp}
     * @param byNat yes, no or unknown
     */
    public record Delivery(String errors, String probes, String byNat) {}
}
