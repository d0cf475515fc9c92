package io.github.natexd.cli.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The part of the status of a running natexd that doctor judges by.
 *
 * @param interfaceName the guest network that it uses or waits for; empty while it knows none
 * @param present the guest network is there and up
 * @param guestProbes probes of guests that it has seen
 * @param unmatchedErrors errors about packets that it has not seen
 * @param startedAt in UTC, as ISO 8601 writes it
 * @param problems what keeps natexd from working, and what goes wrong now
 * @param warnings what has gone wrong since natexd started, with counts
 */
public record DaemonStatus(
        long processId,
        String version,
        Optional<String> interfaceName,
        boolean present,
        long guestProbes,
        long unmatchedErrors,
        String startedAt,
        long uptimeSeconds,
        List<Trouble> problems,
        List<Trouble> warnings,
        Trait ttl,
        Trait identification,
        Trait ports,
        Trait leaving,
        List<Delivery> deliveries) {

    /** This status, in which a warning that has changed since an earlier status is a problem: its count still grows. */
    DaemonStatus comparedWith(DaemonStatus earlier) {
        if (earlier.processId != processId) {
            return this;
        }
        List<Trouble> old = new ArrayList<>();
        List<Trouble> all = new ArrayList<>(problems);
        for (Trouble warning : warnings) {
            if (earlier.warnings.contains(warning)) {
                old.add(warning);
            } else {
                all.add(new Trouble(warning.problem() + " (some of them while doctor ran)", warning.fix()));
            }
        }
        return new DaemonStatus(
                processId,
                version,
                interfaceName,
                present,
                guestProbes,
                unmatchedErrors,
                startedAt,
                uptimeSeconds,
                all,
                old,
                ttl,
                identification,
                ports,
                leaving,
                deliveries);
    }

    /** Something wrong, and what to do. */
    public record Trouble(String problem, String fix) {}

    /** A property of the NAT process, per protocol: yes, no, mixed (the last two probes differ) or unknown. */
    public record Trait(String udp, String echo) {}

    /**
     * Whether the NAT process delivers a class of errors to guests.
     *
     * @param errors like {@code time-exceeded}
     * @param probes like {@code udp}
     * @param byNat yes, no or unknown
     */
    public record Delivery(String errors, String probes, String byNat) {}
}
