package io.github.natexd.cli.paths;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** What became of the probes with one TTL on one path. */
final class Hop {
    private final int number;
    private final Map<String, Router> routers = new LinkedHashMap<>();
    private final Map<Remark, Integer> remarks = new EnumMap<>(Remark.class);
    private final Times times = new Times();
    private final Balance balance = new Balance();
    private OptionalInt nextHopMtu = OptionalInt.empty();

    /** A router that answered, and the labels of its last answer. */
    static final class Router {
        int answers;
        List<Integer> labels = List.of();
    }

    Hop(int number) {
        this.number = number;
    }

    Balance balance() {
        return balance;
    }

    /** An answer to a probe that is still awaited, or was already given up. */
    void answered(Event.Answer answer, OptionalInt roundTripMicros, boolean awaited) {
        balance.answered(awaited);
        Router router = routers.computeIfAbsent(answer.router(), address -> new Router());
        router.answers++;
        router.labels = answer.labels();
        roundTripMicros.ifPresent(times::add);
        if (answer.nextHopMtu().isPresent()) {
            nextHopMtu = answer.nextHopMtu();
        }
    }

    void remark(Remark remark) {
        remarks.merge(remark, 1, Integer::sum);
    }

    /** A remark about one probe does not apply any more. */
    void withdraw(Remark remark) {
        remarks.computeIfPresent(remark, (each, probes) -> probes == 1 ? null : probes - 1);
    }

    /** The TTL of the probes. */
    int number() {
        return number;
    }

    /** The routers that answered, by address, in order of appearance: several where paths split. */
    Map<String, Router> routers() {
        return routers;
    }

    Times times() {
        return times;
    }

    OptionalInt nextHopMtu() {
        return nextHopMtu;
    }

    /** How many probes each remark applies to. */
    Map<Remark, Integer> remarks() {
        return remarks;
    }
}
