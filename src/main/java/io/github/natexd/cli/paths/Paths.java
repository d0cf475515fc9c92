package io.github.natexd.cli.paths;

import io.github.natexd.cli.paths.Event.Answer;
import io.github.natexd.cli.paths.Event.ProbeKey;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.TreeMap;

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
    /** Those that cannot be told apart where the guest is unknown, the oldest first. */
    private final Map<ProbeKey, Deque<Pending>> byTarget = new HashMap<>();

    private final Arrivals arrivals = new Arrivals();
    private long ignoredPaths;

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
                oldest != null && nowMicros - oldest.micros() > PATIENCE_MICROS;
                oldest = awaited.peek()) {
            awaited.remove();
            giveUp(oldest);
        }
        Iterator<Pending> probes = pending.values().iterator();
        while (probes.hasNext()) {
            Pending oldest = probes.next();
            if (nowMicros - oldest.micros() <= MEMORY_MICROS && pending.size() <= PROBES_LIMIT) {
                break;
            }
            forget(oldest);
            probes.remove();
        }
    }

    private void giveUp(Pending probe) {
        if (probe.isAwaited()) {
            Deque<Pending> equals = byTarget.getOrDefault(probe.key().withoutGuest(), new ArrayDeque<>());
            probe.lost(arrivals.reason(
                    probe, port -> equals.stream().anyMatch(each -> each.key().guestPort() == port)));
        }
    }

    private void forget(Pending probe) {
        giveUp(probe);
        Deque<Pending> equals = byTarget.get(probe.key().withoutGuest());
        if (equals != null) {
            equals.remove(probe);
            if (equals.isEmpty()) {
                byTarget.remove(probe.key().withoutGuest());
            }
        }
    }

    private void sent(Event event) {
        ProbeKey key = event.probe();
        Path.Key path = new Path.Key(key.guest(), key.protocol(), key.target());
        if (!paths.containsKey(path) && paths.size() == PATHS_LIMIT) {
            ignoredPaths++;
            return;
        }
        Hop hop = paths.computeIfAbsent(path, Path::new).hop(event.hop().orElse(0));
        Guest guest = guests.computeIfAbsent(key.guest(), address -> new Guest());
        guest.sent(event.guestMac(), event.micros());
        Pending probe = new Pending(key, hop, guest, event.micros());
        Pending before = pending.remove(key);
        if (before != null) {
            forget(before);
        }
        pending.put(key, probe);
        awaited.add(probe);
        byTarget.computeIfAbsent(key.withoutGuest(), same -> new ArrayDeque<>()).add(probe);
    }

    /** natexd sees nothing of errors that do not reach its queue; from now on, {@link #arrived} does. */
    void arrivalsObserved() {
        arrivals.observed();
    }

    /** An error came to an interface of the host; see {@link Arrivals#came}. */
    void arrived(ProbeKey quoted, long micros, boolean damaged) {
        arrivals.came(quoted, micros, damaged);
    }

    private void decided(Event event, Answer answer) {
        arrivals.decided(answer.quoted(), event.micros());
        Optional<Pending> probe = Optional.ofNullable(pending.get(event.probe()));
        switch (answer.reason()) {
            case "RELAYED" -> probe.ifPresent(sent -> sent.answered(answer, answer.roundTripMicros(), null));
            case "COPIED_LATE" -> probe.ifPresent(sent -> sent.answered(answer, answer.roundTripMicros(), Remark.LATE));
            case "COPIED_LIKELY" ->
                probe.ifPresent(sent -> sent.answered(answer, answer.roundTripMicros(), Remark.WEAK));
            case "NAT_DELIVERS" -> probe.ifPresent(sent -> sent.obstructed(Remark.NAT_DELIVERS));
            case "TOO_LONG" -> probe.ifPresent(sent -> sent.obstructed(Remark.TOO_LONG));
            case "SEND_FAILED" -> probe.ifPresent(sent -> sent.obstructed(Remark.SEND_FAILED));
            case "NO_GUEST_NETWORK" -> probe.ifPresent(sent -> sent.obstructed(Remark.NO_GUEST_NETWORK));
            case "RATE_LIMITED" -> probe.ifPresent(sent -> sent.obstructed(Remark.RATE_LIMITED));
            case "AMBIGUOUS" -> open(answer.quoted()).forEach(sent -> sent.obstructed(Remark.AMBIGUOUS));
            case "NO_MAPPING" -> forgotten(answer.quoted());
            default -> {}
        }
    }

    /** natexd knows none of the probes; that with the same port on both sides of the NAT is more probable. */
    private void forgotten(ProbeKey quoted) {
        List<Pending> open = open(quoted);
        open.stream()
                .filter(probe -> probe.key().guestPort() == quoted.guestPort())
                .findFirst()
                .or(() -> open.stream().findFirst())
                .ifPresent(probe -> probe.obstructed(Remark.FORGOTTEN));
    }

    /** The probes without an answer that an error without a guest can be about, the oldest first. */
    private List<Pending> open(ProbeKey quoted) {
        return byTarget.getOrDefault(quoted.withoutGuest(), new ArrayDeque<>()).stream()
                .filter(probe -> !probe.isAnswered())
                .toList();
    }

    private void replied(Event event, Answer answer) {
        Pending probe = pending.get(event.probe());
        if (probe != null) {
            long micros = event.micros() - probe.micros();
            OptionalInt roundTrip = micros > 0 ? OptionalInt.of(Math.toIntExact(micros)) : OptionalInt.empty();
            boolean natItself = isNeighbour(answer.router(), probe.key().guest());
            Remark remark = natItself ? Remark.NAT_ANSWERS : Remark.NAT_DELIVERS;
            probe.answered(answer, roundTrip, answer.echoReply() ? null : remark);
        }
    }

    /** VMware's networks are /24: an error from there comes from the NAT process. */
    private static boolean isNeighbour(String router, String guest) {
        return router.substring(0, router.lastIndexOf('.')).equals(guest.substring(0, guest.lastIndexOf('.')));
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
