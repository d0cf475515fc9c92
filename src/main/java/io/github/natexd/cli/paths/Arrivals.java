package io.github.natexd.cli.paths;

import io.github.natexd.cli.paths.Event.ProbeKey;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * The ICMP errors that came to the host's interfaces, and whether natexd decided about them. What came but was not
 * decided did not reach natexd. The decision can be read before the arrival, because they come from two sockets. The
 * number of errors that are remembered is bounded.
 */
final class Arrivals {
    private static final int PROBES_LIMIT = 65_536;
    private static final int PORTS_LIMIT = 64;
    /** By this much, a probe can be reported with a later time than its error; a decision can be too early, too. */
    private static final long SLACK_MICROS = 20_000;

    private static final long NEVER = Long.MIN_VALUE;

    /** By quoted probe as both sides of the NAT see it, then by the port that it had on the host's side. */
    private final Map<ProbeKey, Map<Integer, Errors>> errors = bounded(PROBES_LIMIT);

    private boolean observed;

    /** The last errors about probes that cannot be told apart from outside. */
    private static final class Errors {
        long cameMicros = NEVER;
        long decidedMicros = NEVER;
        boolean damaged;
    }

    private static <K, V> Map<K, V> bounded(int limit) {
        return new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > limit;
            }
        };
    }

    /** From now on, {@link #came} gets to know all errors. */
    void observed() {
        observed = true;
    }

    /**
     * An error came to an interface of the host.
     *
     * @param quoted the probe; without a guest, but with the port on the host's side
     * @param damaged natexd does not relay it, because its checksum is wrong
     */
    void came(ProbeKey quoted, long micros, boolean damaged) {
        Errors about = about(quoted);
        about.cameMicros = micros;
        about.damaged = damaged;
    }

    /** natexd got an error and decided about it. */
    void decided(ProbeKey quoted, long micros) {
        about(quoted).decidedMicros = micros;
    }

    private Errors about(ProbeKey quoted) {
        return errors.computeIfAbsent(quoted.withoutGuest(), key -> bounded(PORTS_LIMIT))
                .computeIfAbsent(quoted.guestPort(), port -> new Errors());
    }

    /**
     * Why natexd did not decide about an error for this probe.
     *
     * @param ofAnother whether another probe has this port in the guest: a NAT that keeps ports sent that one from it
     */
    Remark reason(Pending probe, IntPredicate ofAnother) {
        Map<Integer, Errors> byPort = errors.getOrDefault(probe.key().withoutGuest(), Map.of());
        return byPort.entrySet().stream()
                .filter(about -> about.getKey() == probe.key().guestPort() || !ofAnother.test(about.getKey()))
                .filter(about -> isUndecided(about.getValue(), probe))
                .max(Comparator.comparing(about -> about.getKey() == probe.key().guestPort()))
                .map(about -> take(about.getValue()))
                .orElse(observed ? Remark.NO_ERROR : Remark.NONE_SEEN);
    }

    private static boolean isUndecided(Errors about, Pending probe) {
        return about.cameMicros > probe.micros() - SLACK_MICROS
                && (about.decidedMicros == NEVER || about.cameMicros > about.decidedMicros + SLACK_MICROS);
    }

    /** It explains one probe only. */
    private static Remark take(Errors about) {
        about.decidedMicros = about.cameMicros;
        return about.damaged ? Remark.DAMAGED : Remark.DROPPED;
    }
}
