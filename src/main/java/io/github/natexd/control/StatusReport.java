package io.github.natexd.control;

import io.github.natexd.report.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The state of natexd, which {@code status} and {@code metrics} report.
 *
 * @param uptime by the monotonic clock, which does not jump when the time is set
 * @param delivery as {@code relay.reinject} spells it
 * @param errors the kinds that natexd relays, as {@code relay.errors} spells them
 * @param staticGuest a dotted quad
 * @param keepalive what the service natexd-keepalive does, in its own words; empty: it does not run
 *     and need not
 */
public record StatusReport(
        String version,
        long processId,
        Instant startedAt,
        Duration uptime,
        GuestNetwork guestNetwork,
        String delivery,
        List<String> errors,
        Optional<String> staticGuest,
        Rules rules,
        Limits limits,
        Optional<String> keepalive,
        Snapshot relay) {

    /**
     * The guest network.
     *
     * @param interfaceName empty while neither natexd's configuration nor VMware's names one
     * @param address the host's, with prefix length: "192.168.44.1/24"; empty if it has none
     * @param present whether the interface exists and is up
     */
    public record GuestNetwork(Optional<String> interfaceName, Optional<String> address, boolean present) {}

    /**
     * The packet filter rules.
     *
     * @param detail the last output of the rules script; may be empty
     * @param remedy what to do about the state; may be empty
     */
    public record Rules(RulesState state, String detail, String remedy) {
        public Rules(RulesState state, String detail) {
            this(state, detail, "");
        }
    }

    /** The configured limits of the queues and tables. */
    public record Limits(int queueNumber, int queueMaxLength, int logGroup, int maxTtl, int capacity) {}

    /** Something that is wrong, and what to do about it. */
    public record Problem(String problem, String fix) {}

    /** What keeps natexd from working; empty if it works. */
    public List<Problem> problems() {
        return Health.problems(this);
    }

    /** What deserves attention although natexd works. */
    public List<Problem> warnings() {
        return Health.warnings(this);
    }
}
