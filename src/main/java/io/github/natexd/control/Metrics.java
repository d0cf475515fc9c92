package io.github.natexd.control;

import io.github.natexd.report.Counters;
import io.github.natexd.report.Durations;
import io.github.natexd.report.NatProfile;
import io.github.natexd.report.Reason;
import io.github.natexd.report.Snapshot;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** A {@link StatusReport} in Prometheus' text format, version 0.0.4. An unknown value has no sample. */
final class Metrics {
    private static final int NANO_DIGITS = 9;

    private final StringBuilder text = new StringBuilder();

    private Metrics() {}

    /** @param now the present time */
    static String text(StatusReport report, Instant now) {
        Metrics metrics = new Metrics();
        metrics.write(report, now);
        return metrics.text.toString();
    }

    private void write(StatusReport report, Instant now) {
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
                "natexd_metrics_timestamp_seconds",
                "The time of these metrics, in seconds since 1970.",
                now.getEpochSecond());
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
        gauge("natexd_mappings", "Probes whose errors natexd can move.", relay.mappings());
        gauge(
                "natexd_mappings_capacity",
                "The largest possible number of mappings.",
                report.limits().capacity());
        counter(
                "natexd_evictions_total",
                "Probes that were removed early because a table was full.",
                relay.evictions());
        counter(
                "natexd_queue_overflows_total",
                "Errors that the kernel gave to the host because natexd did not read the queue in time.",
                relay.queueOverflows());
        counter("natexd_log_overflows_total", "Probes missed because the log queue overflowed.", relay.logOverflows());
        if (relay.anyRelayed()) {
            gauge(
                    "natexd_last_relayed_timestamp_seconds",
                    "The time at which a guest last got an error, in seconds since 1970.",
                    now.minusNanos(relay.sinceRelayedNanos()).getEpochSecond());
        }
        histogram(
                "natexd_relay_duration_seconds",
                "How long natexd took to hand an error to the guest.",
                relay.relayTimes());
        histogram(
                "natexd_round_trip_seconds",
                "The time from a guest's probe to the error that the guest got.",
                relay.roundTrips());
        nat(relay.nat());
    }

    private void counters(Counters counters) {
        head("natexd_errors_total", "counter", "ICMP errors, by what became of them.");
        for (Reason reason : Reason.values()) {
            sample("natexd_errors_total", "reason", word(reason), counters.get(reason));
        }
        head("natexd_events_total", "counter", "Other events.");
        for (Counters.Event event : Counters.Event.values()) {
            sample("natexd_events_total", "event", word(event), counters.get(event));
        }
    }

    private void nat(NatProfile nat) {
        head("natexd_nat_kept_total", "counter", "Probes in which the NAT process kept the field.");
        traits("natexd_nat_kept_total", nat, NatProfile.Trait::yes);
        head("natexd_nat_changed_total", "counter", "Probes in which the NAT process changed the field.");
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
        value(name, value);
    }

    private void gauge(String name, String help, long value) {
        head(name, "gauge", help);
        value(name, value);
    }

    private void histogram(String name, String help, Durations durations) {
        head(name, "histogram", help);
        for (int i = 0; i < Durations.bounds(); i++) {
            sample(name + "_bucket", "le", seconds(Durations.boundNanos(i)), durations.upTo(i));
        }
        sample(name + "_bucket", "le", "+Inf", durations.count());
        value(name + "_sum", seconds(durations.sumNanos()));
        value(name + "_count", durations.count());
    }

    private static String seconds(long nanos) {
        return BigDecimal.valueOf(nanos, NANO_DIGITS).stripTrailingZeros().toPlainString();
    }

    private void value(String name, Object value) {
        text.append(name).append(' ').append(value).append('\n');
    }

    private void head(String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
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
