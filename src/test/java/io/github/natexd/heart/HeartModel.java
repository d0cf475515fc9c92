package io.github.natexd.heart;

import io.github.natexd.heart.Outcome.Delivered;
import io.github.natexd.mapping.NatProfile.Known;
import io.github.natexd.translate.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The page "How natexd decides who gets an error" as a plain, slow program: lists, and loops over all of them. It was written from
 * the page without the program. What the page left open, the fuzz showed; the page says it now. It knows nothing of quotas, of the limits of candidates, or of yielding.
 */
final class HeartModel {
    private static final long MILLI = 1_000_000;
    private static final long OPEN = 10 * MILLI;
    private static final long LEFT_AFTER = 500 * MILLI;
    private static final long LEFT_BEFORE = 20 * MILLI;
    private static final long START = 1000 * MILLI;
    private static final int MOST_COPIES = 64;
    private static final int MOST_SEARCHED = 64;
    private static final int MOST_KEPT = 4;
    private static final int NO_UID = -1;
    private static final int ROOT = 0;

    private static final class GuestSeen {
        final Sent probe;
        final long mac;
        final long gateway;
        final long at;
        boolean paired;
        boolean taught;

        GuestSeen(Step.Guest step, long at) {
            probe = step.probe();
            mac = step.mac();
            gateway = step.gateway();
            this.at = at;
        }

        boolean sameSender(GuestSeen other) {
            return probe.source() == other.probe.source()
                    && probe.sourcePort() == other.probe.sourcePort()
                    && mac == other.mac;
        }

        boolean alike(GuestSeen other) {
            return sameSender(other) && probe.id() == other.probe.id() && gateway == other.gateway;
        }
    }

    private static final class LeftSeen {
        final Sent probe;
        final int uid;
        final long at;
        boolean taught;

        @Nullable
        GuestSeen pair;

        LeftSeen(Step.Leaves step, long at) {
            probe = step.probe();
            uid = step.uid();
            this.at = at;
        }

        boolean alike(LeftSeen other) {
            return probe.source() == other.probe.source()
                    && probe.sourcePort() == other.probe.sourcePort()
                    && probe.id() == other.probe.id();
        }
    }

    private enum Grade {
        CERTAIN,
        LIKELY,
        HOST,
        AMBIGUOUS,
        UNKNOWN,
        OPEN
    }

    /** Of a weighing. The lists are the pairs, place by place. */
    private record Weighed(
            Grade grade, @Nullable GuestSeen guest, boolean only, List<GuestSeen> guests, List<LeftSeen> lefts) {
        static Weighed nobody(Grade grade) {
            return new Weighed(grade, null, false, List.of(), List.of());
        }
    }

    private record Found(Grade grade, @Nullable GuestSeen guest, boolean idPutBack, long until) {
        static Found nobody(Grade grade) {
            return new Found(grade, null, false, 0);
        }
    }

    private record Kept(int error, Sent quoted, long until) {}

    /** What the last two that showed something showed. */
    static final class Trait {
        private @Nullable Boolean last;
        private @Nullable Boolean before;

        void shows(boolean yes) {
            before = last;
            last = yes;
        }

        Known known() {
            if (last == null) {
                return Known.UNKNOWN;
            }
            if (before != null && !before.equals(last)) {
                return Known.MIXED;
            }
            return last ? Known.YES : Known.NO;
        }

        boolean says(boolean yes) {
            return known() == (yes ? Known.YES : Known.NO);
        }

        boolean contradicts(boolean yes) {
            return known() == (yes ? Known.NO : Known.YES);
        }
    }

    static final class Traits {
        final Trait portKept = new Trait();
        final Trait idKept = new Trait();
        final Trait ttlKept = new Trait();
        final Trait seenLeaving = new Trait();
    }

    private final long lifetime;
    private boolean byVerdict;
    private final List<GuestSeen> guests = new ArrayList<>();
    private final List<LeftSeen> lefts = new ArrayList<>();
    private final List<Kept> copies = new ArrayList<>();
    private Traits udp = new Traits();
    private Traits echo = new Traits();
    private final Map<Integer, Outcome> settled = new LinkedHashMap<>();
    private int natUser = ROOT;
    private long completeFrom;
    private long lastSighted = Long.MIN_VALUE;
    private int errors;

    HeartModel(long lifetime, long start) {
        this.lifetime = lifetime;
        completeFrom = start + START;
    }

    void byVerdict(boolean now) {
        byVerdict = now;
    }

    /** Forgets everything, as after a long time; answers whether the NAT process's user was not root. */
    boolean forget() {
        boolean wasAnother = natUser != ROOT;
        guests.clear();
        lefts.clear();
        copies.clear();
        udp = new Traits();
        echo = new Traits();
        natUser = ROOT;
        errors = 0;
        return wasAnother;
    }

    Traits traits(int protocol) {
        return protocol == Sent.UDP ? udp : echo;
    }

    void rulesChange(long now) {
        completeFrom = Math.max(completeFrom, now + START);
    }

    /** What came in since the last turn; answers what is settled now, by the errors' numbers. */
    Map<Integer, Outcome> turn(
            long now, boolean lost, List<Step.Leaves> left, List<Step.Guest> seen, List<Step.Errors> queued) {
        settled.clear();
        guests.removeIf(guest -> now - guest.at > lifetime);
        lefts.removeIf(gone -> now - gone.at > lifetime || gone.pair != null && !guests.contains(gone.pair));
        if (lost) {
            completeFrom = Math.max(completeFrom, now + lifetime);
        }
        for (Step.Leaves step : left) {
            LeftSeen sighting = new LeftSeen(step, sightingTime(now));
            lefts.add(sighting);
            weighAndKeep(sighting);
        }
        for (Step.Guest step : seen) {
            guestSighted(new GuestSeen(step, sightingTime(now)));
        }
        judgeCopies(now, left, seen);
        for (Step.Errors step : queued) {
            for (int i = 0; i < step.times(); i++) {
                errorComes(errors++, step.quoted(), now);
            }
        }
        return settled;
    }

    /** The sightings of one turn are a nanosecond apart, so that they have an order. */
    private long sightingTime(long now) {
        lastSighted = Math.max(now, lastSighted + 1);
        return lastSighted;
    }

    private void guestSighted(GuestSeen sighting) {
        guests.add(sighting);
        for (int i = lefts.size() - 1; i >= 0; i--) {
            LeftSeen left = lefts.get(i);
            if (left.pair == null
                    && sighting.at - left.at <= LEFT_BEFORE
                    && canBeOne(sighting, left, false)
                    && pieces(sighting, left) >= 2) {
                weighAndKeep(left);
                return;
            }
        }
    }

    // ---- evidence ----

    private boolean canBeOne(GuestSeen guest, LeftSeen left) {
        return canBeOne(guest, left, true);
    }

    private boolean canBeOne(GuestSeen guest, LeftSeen left, boolean userCounts) {
        Sent sent = guest.probe;
        Sent gone = left.probe;
        int hop = sent.ttl() - gone.ttl();
        boolean lengthFits = !sent.lengthKnown() || !gone.lengthKnown() || sent.length() == gone.length();
        if (!sent.sameClass(gone) || !lengthFits || hop < 0 || hop > 1 || !inTime(guest, left)) {
            return false;
        }
        boolean port = samePort(sent, gone);
        boolean id = sameId(sent, gone);
        boolean differs = sent.contentKnown() && gone.contentKnown() && sent.content() != gone.content();
        if (differs && !port && !id) {
            return false;
        }
        return !userCounts || !isAnothers(left.uid) || port && id;
    }

    private static boolean inTime(GuestSeen guest, LeftSeen left) {
        long after = left.at - guest.at;
        return after <= LEFT_AFTER && after >= -LEFT_BEFORE;
    }

    private boolean isAnothers(int uid) {
        return uid != NO_UID && uid != natUser;
    }

    private static boolean samePort(Sent guest, Sent left) {
        return guest.sourcePort() == left.sourcePort();
    }

    private static boolean sameId(Sent guest, Sent left) {
        return guest.id() != 0 && guest.id() == left.id();
    }

    private static boolean sameContent(Sent guest, Sent left) {
        return guest.contentKnown() && left.contentKnown() && guest.content() == left.content();
    }

    private static int pieces(Sent guest, Sent left) {
        return (samePort(guest, left) ? 1 : 0) + (sameId(guest, left) ? 1 : 0) + (sameContent(guest, left) ? 1 : 0);
    }

    private static int pieces(GuestSeen guest, LeftSeen left) {
        return pieces(guest.probe, left.probe);
    }

    /** -1 if they cannot be of one probe. */
    private int rank(GuestSeen guest, LeftSeen left) {
        if (!canBeOne(guest, left)) {
            return -1;
        }
        int pieces = pieces(guest, left);
        boolean ttlKept = guest.probe.ttl() == left.probe.ttl();
        boolean asExpected =
                switch (traits(left.probe.protocol()).ttlKept.known()) {
                    case YES -> ttlKept;
                    case NO -> !ttlKept;
                    default -> ttlKept && pieces >= 2;
                };
        return 2 * pieces + (asExpected ? 1 : 0);
    }

    // ---- weighing ----

    private Weighed weigh(LeftSeen e) {
        List<GuestSeen> freeGuests = new ArrayList<>();
        for (GuestSeen guest : guests) {
            if (!guest.paired && guest.probe.sameClass(e.probe) && e.at - guest.at <= LEFT_AFTER) {
                freeGuests.add(guest);
            }
        }
        List<LeftSeen> freeLefts = new ArrayList<>();
        for (LeftSeen left : lefts) {
            if (left.pair == null && left.probe.sameClass(e.probe)) {
                freeLefts.add(left);
            }
        }
        int best = -1;
        List<GuestSeen> guestRivals = new ArrayList<>();
        for (GuestSeen guest : freeGuests) {
            int rank = rank(guest, e);
            if (rank >= 0 && rank >= best && !ranksAnotherHigher(guest, freeLefts, rank)) {
                if (rank > best) {
                    guestRivals.clear();
                }
                best = rank;
                guestRivals.add(guest);
            }
        }
        if (guestRivals.isEmpty()) {
            return Weighed.nobody(Grade.HOST);
        }
        List<LeftSeen> leftRivals = new ArrayList<>();
        for (LeftSeen left : freeLefts) {
            if (left == e || isRival(left, guestRivals, freeGuests, best)) {
                leftRivals.add(left);
            }
        }
        return weigh(e, best, guestRivals, leftRivals);
    }

    private boolean ranksAnotherHigher(GuestSeen guest, List<LeftSeen> freeLefts, int rank) {
        for (LeftSeen left : freeLefts) {
            if (rank(guest, left) > rank) {
                return true;
            }
        }
        return false;
    }

    private boolean isRival(LeftSeen left, List<GuestSeen> guestRivals, List<GuestSeen> freeGuests, int best) {
        boolean ranksAlike = false;
        for (GuestSeen guest : guestRivals) {
            ranksAlike |= rank(guest, left) == best;
        }
        for (GuestSeen guest : freeGuests) {
            if (rank(guest, left) > best) {
                return false;
            }
        }
        return ranksAlike;
    }

    private Weighed weigh(LeftSeen e, int rank, List<GuestSeen> guestRivals, List<LeftSeen> leftRivals) {
        if (guestRivals.size() == 1 && leftRivals.size() == 1) {
            return graded(e, rank, true, true, guestRivals, leftRivals);
        }
        if (guestRivals.size() < leftRivals.size()) {
            return Weighed.nobody(Grade.AMBIGUOUS);
        }
        for (int i = 0; i < leftRivals.size(); i++) {
            if (rank(guestRivals.get(i), leftRivals.get(i)) != rank) {
                return Weighed.nobody(Grade.AMBIGUOUS);
            }
        }
        if (allAlike(guestRivals, leftRivals)) {
            return graded(e, rank, false, true, guestRivals, leftRivals);
        }
        if (guestRivals.size() == leftRivals.size() && differAlikeInTtl(guestRivals, leftRivals)) {
            return graded(e, rank, false, false, guestRivals, leftRivals);
        }
        return Weighed.nobody(Grade.AMBIGUOUS);
    }

    private static boolean allAlike(List<GuestSeen> guestRivals, List<LeftSeen> leftRivals) {
        for (GuestSeen guest : guestRivals) {
            if (!guest.alike(guestRivals.get(0))) {
                return false;
            }
        }
        for (LeftSeen left : leftRivals) {
            if (!left.alike(leftRivals.get(0))) {
                return false;
            }
        }
        return true;
    }

    private boolean differAlikeInTtl(List<GuestSeen> guestRivals, List<LeftSeen> leftRivals) {
        int seen = -1;
        for (GuestSeen guest : guestRivals) {
            for (LeftSeen left : leftRivals) {
                int hop = guest.probe.ttl() - left.probe.ttl();
                if (canBeOne(guest, left)) {
                    if (seen >= 0 && seen != hop) {
                        return false;
                    }
                    seen = hop;
                }
            }
        }
        return true;
    }

    private Weighed graded(
            LeftSeen e, int rank, boolean only, boolean mayBeCertain, List<GuestSeen> paired, List<LeftSeen> pairs) {
        GuestSeen guest = paired.get(pairs.indexOf(e));
        Grade grade = mayBeCertain && rank / 2 >= 2 ? Grade.CERTAIN : Grade.LIKELY;
        int contradictions = contradictions(guest, e);
        if (grade == Grade.CERTAIN && contradictions >= 1) {
            grade = Grade.LIKELY;
        } else if (grade == Grade.LIKELY && contradictions >= 2) {
            grade = Grade.HOST;
        }
        return new Weighed(grade, guest, only, paired.subList(0, pairs.size()), pairs);
    }

    /** At a sighting: something better may come in the same turn. */
    private void weighAndKeep(LeftSeen left) {
        Weighed weighed = weigh(left);
        if (weighed.grade == Grade.CERTAIN && weighed.guest != null && nothingDisagrees(weighed.guest, left)) {
            keep(weighed);
        }
    }

    private boolean nothingDisagrees(GuestSeen guest, LeftSeen left) {
        boolean replaced = traits(left.probe.protocol()).idKept.known() == Known.NO;
        boolean known = guest.probe.contentKnown() && left.probe.contentKnown();
        return samePort(guest.probe, left.probe)
                && (replaced || guest.probe.id() == 0 || sameId(guest.probe, left.probe))
                && (!known || sameContent(guest.probe, left.probe));
    }

    private void keep(Weighed weighed) {
        for (int i = 0; i < weighed.lefts.size(); i++) {
            LeftSeen left = weighed.lefts.get(i);
            GuestSeen guest = weighed.guests.get(i);
            left.pair = guest;
            guest.paired = true;
            teach(guest, left);
        }
    }

    // ---- the profile ----

    private int contradictions(GuestSeen guest, LeftSeen left) {
        Traits traits = traits(left.probe.protocol());
        boolean id = guest.probe.id() != 0 && traits.idKept.contradicts(sameId(guest.probe, left.probe));
        return (traits.portKept.contradicts(samePort(guest.probe, left.probe)) ? 1 : 0)
                + (id ? 1 : 0)
                + (traits.ttlKept.contradicts(guest.probe.ttl() == left.probe.ttl()) ? 1 : 0);
    }

    private boolean isAsKnown(GuestSeen guest, LeftSeen left) {
        Traits traits = traits(left.probe.protocol());
        return traits.portKept.says(samePort(guest.probe, left.probe))
                && (guest.probe.id() == 0 || traits.idKept.says(sameId(guest.probe, left.probe)))
                && traits.ttlKept.says(guest.probe.ttl() == left.probe.ttl());
    }

    private void teach(GuestSeen guest, LeftSeen left) {
        if (left.taught) {
            return;
        }
        left.taught = true;
        if (samePort(guest.probe, left.probe) && sameId(guest.probe, left.probe) && left.uid != NO_UID) {
            natUser = left.uid;
        }
        Traits traits = traits(left.probe.protocol());
        traits.portKept.shows(samePort(guest.probe, left.probe));
        if (guest.probe.id() != 0) {
            traits.idKept.shows(sameId(guest.probe, left.probe));
        }
        traits.ttlKept.shows(guest.probe.ttl() == left.probe.ttl());
        traits.seenLeaving.shows(true);
    }

    private void teachUnseen(GuestSeen guest, Sent quoted) {
        if (guest.taught) {
            return;
        }
        guest.taught = true;
        Traits traits = traits(quoted.protocol());
        traits.portKept.shows(samePort(guest.probe, quoted));
        if (guest.probe.id() != 0) {
            traits.idKept.shows(sameId(guest.probe, quoted));
        }
        traits.seenLeaving.shows(false);
    }

    // ---- errors ----

    private void errorComes(int error, Sent quoted, long now) {
        Found found = find(quoted, now, false);
        if (found.grade == Grade.OPEN) {
            if (copies.size() < MOST_COPIES) {
                copies.add(new Kept(error, quoted, found.until));
                return;
            }
            found = find(quoted, now, true);
        }
        boolean certain = found.grade == Grade.CERTAIN;
        settle(error, quoted, found, certain ? Reason.RELAYED : Reason.COPIED_LIKELY, certain);
    }

    /** The oldest first. */
    private void judgeCopies(long now, List<Step.Leaves> left, List<Step.Guest> seen) {
        for (Kept copy : List.copyOf(copies)) {
            boolean last = now - copy.until >= 0;
            if (!last && !sighted(copy, left, seen)) {
                continue;
            }
            Found found = find(copy.quoted, now, last);
            if (found.grade != Grade.OPEN) {
                boolean certain = found.grade == Grade.CERTAIN;
                settle(copy.error, copy.quoted, found, certain ? Reason.COPIED_LATE : Reason.COPIED_LIKELY, false);
                copies.remove(copy);
            }
        }
    }

    private static boolean sighted(Kept copy, List<Step.Leaves> left, List<Step.Guest> seen) {
        boolean sighted = false;
        for (Step.Leaves step : left) {
            sighted |= step.probe().sameClass(copy.quoted);
        }
        for (Step.Guest step : seen) {
            sighted |= step.probe().sameClass(copy.quoted);
        }
        return sighted;
    }

    private void settle(int error, Sent quoted, Found found, Reason ifFound, boolean taken) {
        GuestSeen guest = found.guest;
        Outcome outcome =
                switch (found.grade) {
                    case HOST -> new Outcome(Reason.HOST_PROBE, false, null);
                    case AMBIGUOUS -> new Outcome(Reason.AMBIGUOUS, false, null);
                    case UNKNOWN, OPEN -> new Outcome(Reason.NO_MAPPING, false, null);
                    case CERTAIN, LIKELY ->
                        new Outcome(ifFound, taken, guest == null ? null : delivered(guest, quoted, found, taken));
                };
        settled.put(error, outcome);
    }

    private Delivered delivered(GuestSeen guest, Sent quoted, Found found, boolean taken) {
        boolean forwarded = byVerdict && taken;
        return new Delivered(
                guest.probe.source(),
                guest.probe.sourcePort(),
                found.idPutBack ? guest.probe.id() : quoted.id(),
                forwarded ? 0 : guest.mac,
                forwarded ? 0 : guest.gateway);
    }

    private Found find(Sent quoted, long now, boolean last) {
        for (int kept = 0; ; kept++) {
            List<LeftSeen> fitting = new ArrayList<>();
            int searched = 0;
            int best = 0;
            for (int i = lefts.size() - 1; i >= 0; i--) {
                LeftSeen left = lefts.get(i);
                if (!left.probe.sameTuple(quoted) || ++searched > MOST_SEARCHED) {
                    continue;
                }
                int fit = (left.probe.id() == quoted.id() ? 2 : 0) + (contentFits(quoted, left) ? 1 : 0);
                if (fit > best) {
                    fitting.clear();
                    best = fit;
                }
                if (fit == best) {
                    fitting.add(left);
                }
            }
            if (searched == 0) {
                return findUnseen(quoted, now, last);
            }
            LeftSeen unpaired = null;
            for (LeftSeen left : fitting) {
                unpaired = unpaired == null && left.pair == null ? left : unpaired;
            }
            if (unpaired == null || kept == MOST_KEPT) {
                boolean all = unpaired == null && searched <= MOST_SEARCHED;
                fitting.removeIf(left -> left.pair == null);
                return amongPairs(quoted, fitting, best > 0 && all);
            }
            Weighed weighed = weigh(unpaired);
            if (weighed.grade == Grade.CERTAIN) {
                keep(weighed);
                continue;
            }
            boolean plain = weighed.grade == Grade.LIKELY
                    && weighed.only
                    && weighed.guest != null
                    && isAsKnown(weighed.guest, unpaired);
            if (!last && now - unpaired.at < OPEN && !isAnothers(unpaired.uid) && !plain) {
                return new Found(Grade.OPEN, null, false, unpaired.at + OPEN);
            }
            if (weighed.only && weighed.guest != null) {
                teach(weighed.guest, unpaired);
            }
            return decided(quoted, unpaired, weighed, fitting);
        }
    }

    /** What left may not have shown its content; then the guest's probe that it is a pair with tells. */
    private static boolean contentFits(Sent quoted, LeftSeen left) {
        GuestSeen pair = left.pair;
        Sent known = left.probe.contentKnown() || pair == null ? left.probe : pair.probe;
        return sameContent(quoted, known);
    }

    private static Found amongPairs(Sent quoted, List<LeftSeen> fitting, boolean certain) {
        GuestSeen newest = fitting.get(0).pair;
        boolean idPutBack = true;
        for (LeftSeen left : fitting) {
            GuestSeen pair = left.pair;
            if (newest == null || pair == null || !pair.sameSender(newest)) {
                return Found.nobody(Grade.AMBIGUOUS);
            }
            idPutBack &= left.probe.id() == quoted.id() && pair.probe.id() == newest.probe.id();
        }
        return new Found(certain ? Grade.CERTAIN : Grade.LIKELY, newest, idPutBack, 0);
    }

    private static Found decided(Sent quoted, LeftSeen unpaired, Weighed weighed, List<LeftSeen> fitting) {
        GuestSeen guest = weighed.guest;
        boolean likely = weighed.grade == Grade.LIKELY;
        long others = fitting.stream().filter(left -> left.pair == null).count() - 1;
        if (likely
                && others > 0
                && !weighed.guests.stream().allMatch(other -> other.sameSender(weighed.guests.get(0)))) {
            return Found.nobody(Grade.AMBIGUOUS);
        }
        GuestSeen newestPair = null;
        for (LeftSeen left : fitting) {
            GuestSeen pair = left.pair;
            if (pair != null) {
                if (!likely || guest == null || !pair.sameSender(guest)) {
                    return Found.nobody(Grade.AMBIGUOUS);
                }
                newestPair = newestPair == null ? pair : newestPair;
            }
        }
        if (newestPair != null) {
            return new Found(Grade.LIKELY, newestPair, false, 0);
        }
        return new Found(weighed.grade, guest, unpaired.probe.id() == quoted.id(), 0);
    }

    private Found findUnseen(Sent quoted, long now, boolean last) {
        if (byVerdict) {
            return Found.nobody(Grade.UNKNOWN);
        }
        boolean complete = now - completeFrom >= 0;
        Known seenLeaving = traits(quoted.protocol()).seenLeaving.known();
        int best = 0;
        GuestSeen newest = null;
        boolean severalSenders = false;
        boolean idPutBack = true;
        for (int i = guests.size() - 1; i >= 0; i--) {
            GuestSeen guest = guests.get(i);
            Sent sent = guest.probe;
            boolean port = samePort(sent, quoted);
            int pieces = pieces(sent, quoted);
            boolean fits = port && pieces >= 2 || sameContent(sent, quoted) && complete;
            if (guest.paired || !sent.sameClass(quoted) || quoted.ttl() > sent.ttl() || !fits) {
                continue;
            }
            if (pieces > best) {
                best = pieces;
                newest = guest;
                severalSenders = false;
                idPutBack = true;
            } else if (pieces == best && newest != null) {
                severalSenders |= !newest.sameSender(guest);
                idPutBack = false;
            }
        }
        if (newest == null) {
            boolean open = !last && (seenLeaving == Known.NO || seenLeaving == Known.MIXED);
            return new Found(open ? Grade.OPEN : Grade.UNKNOWN, null, false, now + OPEN);
        }
        if (severalSenders) {
            return Found.nobody(Grade.AMBIGUOUS);
        }
        boolean certain = samePort(newest.probe, quoted) && complete;
        if (certain) {
            teachUnseen(newest, quoted);
        }
        if (seenLeaving == Known.YES) {
            return certain ? new Found(Grade.LIKELY, newest, idPutBack, 0) : Found.nobody(Grade.UNKNOWN);
        }
        return new Found(certain ? Grade.CERTAIN : Grade.LIKELY, newest, idPutBack, 0);
    }
}
