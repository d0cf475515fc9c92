package io.github.natexd.cli.doctor;

import io.github.natexd.cli.doctor.DaemonStatus.Delivery;
import io.github.natexd.cli.doctor.DaemonStatus.Trait;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What natexd has seen of guests and of the NAT process. Any behaviour of the NAT process is good; what was not seen is unknown. */
final class NatChecks {
    static final String PROBE =
            "run `traceroute -n 9.9.9.9` in a guest (Windows: tracert -d 9.9.9.9), then run doctor again";

    private static final int TTL_LIMIT = 255;

    private NatChecks() {}

    static Diagnosis guests(Facts facts) {
        return judge(
                facts,
                status -> status.guestProbes() > 0
                        ? Diagnosis.ok(status.guestProbes() + " probes of guests were seen")
                        : Diagnosis.unknown("no probe of a guest has been seen yet", PROBE));
    }

    /** natexd cannot know whether errors about packets that it does not see are about those of guests. */
    static Diagnosis maxTtl(Facts facts) {
        int maxTtl = facts.settings().config().probes().maxTtl();
        if (maxTtl == TTL_LIMIT) {
            return Diagnosis.ok("any (probes.max-ttl = 255)");
        }
        return judge(
                facts,
                status -> Diagnosis.ok("up to " + maxTtl + " (probes.max-ttl); "
                        + (status.unmatchedErrors() == 0
                                ? "no error about any other packet has arrived"
                                : status.unmatchedErrors() + " errors about other packets, of guests or of the host,"
                                        + " went to the host only; if guests miss errors about ordinary UDP or pings"
                                        + " (ping -M do, QUIC), set probes.max-ttl = 255")));
    }

    static Diagnosis ttl(Facts facts) {
        return trait(
                facts,
                DaemonStatus::ttl,
                "it keeps the TTL of probes",
                "it lowers the TTL of probes by one: guests see a star or the gateway as the first hop");
    }

    static Diagnosis identification(Facts facts) {
        return trait(
                facts,
                DaemonStatus::identification,
                "it keeps the IP ID of probes",
                "it changes the IP ID of probes; natexd restores it in the errors");
    }

    static Diagnosis ports(Facts facts) {
        return trait(
                facts,
                DaemonStatus::ports,
                "it keeps source ports and ICMP identifiers",
                "it rewrites source ports or ICMP identifiers; natexd restores them in the errors");
    }

    static Diagnosis leaving(Facts facts) {
        return trait(
                facts,
                DaemonStatus::leaving,
                "its probes pass the host's stack, where natexd sees them",
                "it sends probes past the host's stack (packet socket); natexd matches by what the errors quote");
    }

    static Diagnosis errors(Facts facts) {
        return judge(facts, NatChecks::errors);
    }

    private static Diagnosis errors(DaemonStatus status) {
        String byNat = classes(status.deliveries(), "yes");
        String byNatexd = classes(status.deliveries(), "no");
        if (byNat.isEmpty() && byNatexd.isEmpty()) {
            return Diagnosis.unknown("no error for a guest has arrived yet", PROBE);
        }
        return Diagnosis.ok(
                byNat.isEmpty()
                        ? "it delivers none of the errors that arrived; natexd relays them: " + byNatexd
                        : "it delivers: " + byNat + (byNatexd.isEmpty() ? "" : "; natexd relays: " + byNatexd));
    }

    private static String classes(List<Delivery> deliveries, String byNat) {
        return deliveries.stream()
                .filter(delivery -> delivery.byNat().equals(byNat))
                .map(delivery -> delivery.errors() + " about " + delivery.probes())
                .collect(Collectors.joining(", "));
    }

    /** @param no begins with "it ", as {@code yes} does */
    private static Diagnosis trait(Facts facts, Function<DaemonStatus, Trait> which, String yes, String no) {
        return judge(facts, status -> {
            Trait trait = which.apply(status);
            String udp = words(trait.udp(), yes, no);
            String echo = words(trait.echo(), yes, no);
            if (udp.isEmpty() && echo.isEmpty()) {
                return Diagnosis.unknown("no probe has shown it yet", PROBE);
            }
            if (udp.equals(echo)) {
                return Diagnosis.ok(udp);
            }
            return Diagnosis.ok("UDP: " + orUnknown(udp) + "; echo: " + orUnknown(echo));
        });
    }

    /** Empty if nothing is known. */
    private static String words(String state, String yes, String no) {
        return switch (state) {
            case "yes" -> yes;
            case "no" -> no;
            case "mixed" -> no.replaceFirst("^it ", "it sometimes ");
            default -> "";
        };
    }

    private static String orUnknown(String words) {
        return words.isEmpty() ? "not known yet" : words;
    }

    private static Diagnosis judge(Facts facts, Function<DaemonStatus, Diagnosis> judge) {
        Optional<DaemonStatus> status = facts.daemon().control().status();
        return status.isPresent() ? judge.apply(status.get()) : silent(facts);
    }

    /** For what only natexd can report, when it did not. */
    static Diagnosis silent(Facts facts) {
        return facts.daemon().absent()
                ? Diagnosis.notRunning()
                : Diagnosis.unknown(
                        "natexd did not report it: " + facts.daemon().control().trouble(),
                        facts.daemon().control().fix());
    }
}
