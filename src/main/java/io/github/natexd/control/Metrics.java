package io.github.natexd.control;

import io.github.natexd.mapping.NatProfile;
import io.github.natexd.relay.Counters;
import io.github.natexd.relay.Snapshot;
import io.github.natexd.translate.Reason;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * A {@link StatusReport} as OpenMetrics text, which ends with {@code # EOF}; it is also valid in Prometheus' older text
 * format. An unknown value has no sample.
 */
final class Metrics {
    private final StringBuilder text = new StringBuilder();

    private Metrics() {}

    static String text(StatusReport report) {
        Metrics metrics = new Metrics();
        metrics.write(report);
        return metrics.text.append("# EOF\n").toString();
    }

    private void write(StatusReport report) {
        Snapshot relay = report.relay();
        head("natexd_build_info", "gauge", "The running version; the value is always 1.");
        sample("natexd_build_info", "version", report.version(), 1);
        gauge(
                "natexd_working",
                "1 if natexd works, 0 if it is degraded.",
                report.problems().isEmpty() ? 1 : 0);
        gauge(
                "natexd_start_time_seconds",
                "The time at which natexd started, in seconds since 1970.",
                report.startedAt().getEpochSecond());
        gauge(
                "natexd_guest_network_present",
                "1 if the guest network exists and is up.",
                report.guestNetwork().present() ? 1 : 0);
        RulesState rules = report.rules().state();
        gauge(
                "natexd_rules_loaded",
                "1 if the packet filter rules are loaded.",
                rules == RulesState.LOADED || rules == RulesState.UNMANAGED ? 1 : 0);
        counters(relay.counters());
        gauge("natexd_mappings", "Pairs of sightings that are kept.", relay.mappings());
        gauge(
                "natexd_mappings_capacity",
                "The largest possible number of mappings.",
                report.limits().capacity());
        counter("natexd_evictions", "Sightings that were removed early because a table was full.", relay.evictions());
        counter(
                "natexd_queue_overflows",
                "Errors that the kernel gave to the host because the queue was full.",
                relay.queueOverflows());
        counter("natexd_log_overflows", "Probes missed because the log queue overflowed.", relay.logOverflows());
        if (relay.anyRelayed()) {
            gauge(
                    "natexd_last_relayed_seconds",
                    "Seconds since a guest last got an error.",
                    TimeUnit.NANOSECONDS.toSeconds(relay.sinceRelayedNanos()));
        }
        nat(relay.nat());
    }

    private void counters(Counters counters) {
        head("natexd_errors", "counter", "ICMP errors, by what became of them.");
        for (Reason reason : Reason.values()) {
            sample("natexd_errors_total", "reason", word(reason), counters.get(reason));
        }
        head("natexd_events", "counter", "Other events.");
        for (Counters.Event event : Counters.Event.values()) {
            sample("natexd_events_total", "event", word(event), counters.get(event));
        }
    }

    private void nat(NatProfile nat) {
        head("natexd_nat_kept", "counter", "Probes in which the NAT process kept the field.");
        traits("natexd_nat_kept_total", nat, NatProfile.Trait::yes);
        head("natexd_nat_changed", "counter", "Probes in which the NAT process changed the field.");
        traits("natexd_nat_changed_total", nat, NatProfile.Trait::no);
    }

    private void traits(String name, NatProfile nat, ToLongFunction<NatProfile.Trait> count) {
        sample(name, "field", "port", sum(nat, NatProfile.Traits::portKept, count));
        sample(name, "field", "identification", sum(nat, NatProfile.Traits::identificationKept, count));
        sample(name, "field", "ttl", sum(nat, NatProfile.Traits::ttlKept, count));
    }

    private static long sum(
            NatProfile nat,
            Function<NatProfile.Traits, NatProfile.Trait> trait,
            ToLongFunction<NatProfile.Trait> count) {
        return count.applyAsLong(trait.apply(nat.udp())) + count.applyAsLong(trait.apply(nat.echo()));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private void counter(String name, String help, long value) {
        head(name, "counter", help);
        text.append(name).append("_total ").append(value).append('\n');
    }

    private void gauge(String name, String help, long value) {
        head(name, "gauge", help);
        text.append(name).append(' ').append(value).append('\n');
    }

    private void head(String name, String type, String help) {
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
    }

    /** The values here contain no characters that need an escape. */
    private void sample(String name, String label, String labelValue, long value) {
        text.append(name)
                .append('{')
                .append(label)
                .append("=\"")
                .append(labelValue)
                .append("\"} ");
        text.append(value).append('\n');
    }
}
