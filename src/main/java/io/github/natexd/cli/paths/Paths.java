package io.github.natexd.cli.paths;

import io.github.natexd.cli.paths.Event.Answer;
import io.github.natexd.cli.paths.Event.ProbeKey;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All paths, as far as probes were seen. Events come in the order in which natexd saw them; the number of probes that
 * are remembered is bounded.
 */
final class Paths {
    /** An answer that comes later counts all the same, but the probe is shown as lost until then. */
    private static final long PATIENCE_MICROS = 1_000_000;

    /** An answer that comes even later does not find its probe. */
    private static final long MEMORY_MICROS = 10 * PATIENCE_MICROS;

    private static final int PROBES_LIMIT = 65_536;
    private static final int PATHS_LIMIT = 4_096;

    private final Map<Path.Key, Path> paths = new LinkedHashMap<>();
    private final Map<String, Guest> guests = new TreeMap<>();
    /** The probes of the last seconds, the oldest first. */
    private final Map<ProbeKey, Pending> pending = new LinkedHashMap<>();
    /** Those for which the patience is not over, the oldest first. */
    private final Queue<Pending> awaited = new ArrayDeque<>();
    /** The newest probe of those that are equal on both sides of the NAT. */
    private final Map<ProbeKey, Pending> byTarget = new HashMap<>();

    private long ignoredPaths;

    private static final class Pending {
        final ProbeKey key;
        final Hop hop;
        final Guest guest;
        final long micros;
        boolean answered;
        boolean awaited = true;

        Pending(ProbeKey key, Hop hop, Guest guest, long micros) {
            this.key = key;
            this.hop = hop;
            this.guest = guest;
            this.micros = micros;
        }
    }

    /** Takes one event into account. */
    void add(Event event) {
        giveUp(event.micros());
        switch (event.kind()) {
            case PROBE -> sent(event);
            case ERROR -> event.answer().ifPresent(answer -> decided(event, answer));
            case REPLY -> event.answer().ifPresent(answer -> replied(event, answer));
        }
    }

    /** By now, no answer is awaited for probes that are older than the patience. */
    void giveUp(long nowMicros) {
        for (Pending oldest = awaited.peek();
                oldest != null && nowMicros - oldest.micros > PATIENCE_MICROS;
                oldest = awaited.peek()) {
            awaited.remove();
            giveUp(oldest);
        }
        Iterator<Pending> probes = pending.values().iterator();
        while (probes.hasNext()) {
            Pending oldest = probes.next();
            if (nowMicros - oldest.micros <= MEMORY_MICROS && pending.size() <= PROBES_LIMIT) {
                break;
            }
            giveUp(oldest);
            probes.remove();
            byTarget.remove(oldest.key.withoutGuest(), oldest);
        }
    }

    private static void giveUp(Pending probe) {
        if (probe.awaited && !probe.answered) {
            probe.hop.balance().givenUp();
            probe.guest.balance().givenUp();
        }
        probe.awaited = false;
    }

    private void sent(Event event) {
        ProbeKey key = event.probe();
        Path.Key path = new Path.Key(key.guest(), key.protocol(), key.target());
        if (!paths.containsKey(path) && paths.size() == PATHS_LIMIT) {
            ignoredPaths++;
            return;
        }
        Hop hop = paths.computeIfAbsent(path, Path::new).hop(event.hop().orElse(0));
        hop.balance().sent();
        Guest guest = guests.computeIfAbsent(key.guest(), address -> new Guest());
        guest.sent(event.guestMac(), event.micros());
        Pending probe = new Pending(key, hop, guest, event.micros());
        Pending before = pending.remove(key);
        if (before != null) {
            giveUp(before);
        }
        pending.put(key, probe);
        awaited.add(probe);
        byTarget.put(key.withoutGuest(), probe);
    }

    /** natexd decided about an error. If it knows no guest, the error may be the host's own. */
    private void decided(Event event, Answer answer) {
        Pending probe = pending.get(event.probe());
        switch (answer.reason()) {
            case "RELAYED" -> answered(probe, answer, answer.roundTripMicros(), null);
            case "COPIED_LATE" -> answered(probe, answer, answer.roundTripMicros(), Remark.LATE);
            case "COPIED_LIKELY" -> answered(probe, answer, answer.roundTripMicros(), Remark.WEAK);
            case "NAT_DELIVERS" -> remark(probe, Remark.NAT_DELIVERS);
            case "TOO_LONG" -> remark(probe, Remark.TOO_LONG);
            case "SEND_FAILED" -> remark(probe, Remark.SEND_FAILED);
            case "NO_GUEST_NETWORK" -> remark(probe, Remark.NO_GUEST_NETWORK);
            case "AMBIGUOUS" -> ambiguous(byTarget.get(event.probe().withoutGuest()));
            default -> {}
        }
    }

    private void replied(Event event, Answer answer) {
        Pending probe = pending.get(event.probe());
        if (probe != null) {
            long micros = event.micros() - probe.micros;
            boolean natItself = !answer.echoReply() && isNeighbour(answer.router(), probe.key.guest());
            OptionalInt roundTrip = micros > 0 ? OptionalInt.of(Math.toIntExact(micros)) : OptionalInt.empty();
            answered(probe, answer, roundTrip, natItself ? Remark.NAT_ANSWERS : null);
        }
    }

    /** VMware's networks are /24: an error from there comes from the NAT process. */
    private static boolean isNeighbour(String router, String guest) {
        return router.substring(0, router.lastIndexOf('.')).equals(guest.substring(0, guest.lastIndexOf('.')));
    }

    /** The first answer counts: behind some NATs the first error about a probe reaches the guest twice. */
    private static void answered(
            @Nullable Pending probe, Answer answer, OptionalInt roundTripMicros, @Nullable Remark remark) {
        if (probe == null || probe.answered) {
            return;
        }
        probe.answered = true;
        probe.hop.answered(answer, roundTripMicros, probe.awaited);
        probe.guest.answered(answer, probe.awaited);
        if (remark != null) {
            probe.hop.remark(remark);
        }
    }

    private static void ambiguous(@Nullable Pending probe) {
        if (probe != null && !probe.answered) {
            probe.hop.remark(Remark.AMBIGUOUS);
        }
    }

    private static void remark(@Nullable Pending probe, Remark remark) {
        if (probe != null) {
            probe.hop.remark(remark);
        }
    }

    /** In the order of their first probes. */
    Collection<Path> all() {
        return paths.values();
    }

    /** The guests that sent probes, by address. */
    Map<String, Guest> guests() {
        return guests;
    }

    /** Paths beyond the limit of paths; they are not shown. */
    long ignoredPaths() {
        return ignoredPaths;
    }
}
