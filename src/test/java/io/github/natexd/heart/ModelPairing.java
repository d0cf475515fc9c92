package io.github.natexd.heart;

import io.github.natexd.report.NatProfile.Known;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The evidence of the second rule in {@link HeartModel}: the sightings, and which guest's probe and which probe that
 * left are a pair, with which grade.
 */
final class ModelPairing {
    private static final long MILLI = 1_000_000;
    private static final long LEFT_AFTER = 500 * MILLI;
    private static final long LEFT_BEFORE = 20 * MILLI;

    static final class GuestSeen {
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

    static final class LeftSeen {
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

    enum Grade {
        CERTAIN,
        LIKELY,
        HOST,
        AMBIGUOUS,
        UNKNOWN,
        OPEN
    }

    /**
     * The result of a weighing. Elements with the same index in both lists are a pair.
     *
     * @param newest the time of the last sighting among the weighed one and the guest rivals
     */
    record Weighed(
            Grade grade,
            @Nullable GuestSeen guest,
            boolean only,
            List<GuestSeen> guests,
            List<LeftSeen> lefts,
            long newest) {
        static Weighed nobody(Grade grade, long newest) {
            return new Weighed(grade, null, false, List.of(), List.of(), newest);
        }
    }

    final List<GuestSeen> guests = new ArrayList<>();
    final List<LeftSeen> lefts = new ArrayList<>();
    private final ModelProfile profile;

    ModelPairing(ModelProfile profile) {
        this.profile = profile;
    }

    void forget() {
        guests.clear();
        lefts.clear();
    }

    void expire(long now, long lifetime) {
        guests.removeIf(guest -> now - guest.at > lifetime);
        lefts.removeIf(gone -> now - gone.at > lifetime || gone.pair != null && !guests.contains(gone.pair));
    }

    void leavingSighted(Step.Leaves step, long at) {
        LeftSeen sighting = new LeftSeen(step, at);
        lefts.add(sighting);
        weighAndKeep(sighting);
    }

    void guestSighted(Step.Guest step, long at) {
        GuestSeen sighting = new GuestSeen(step, at);
        guests.add(sighting);
        for (int i = lefts.size() - 1; i >= 0; i--) {
            LeftSeen left = lefts.get(i);
            if (left.pair == null
                    && sighting.at - left.at <= LEFT_BEFORE
                    && canBeOne(sighting, left, false)
                    && sighting.probe.pieces(left.probe) >= 2) {
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
        boolean port = sent.samePort(gone);
        boolean id = sent.sameId(gone);
        boolean differs = sent.contentKnown() && gone.contentKnown() && sent.content() != gone.content();
        if (differs && !port && !id) {
            return false;
        }
        return !userCounts || !profile.isAnothers(left.uid) || port && id;
    }

    private static boolean inTime(GuestSeen guest, LeftSeen left) {
        long after = left.at - guest.at;
        return after <= LEFT_AFTER && after >= -LEFT_BEFORE;
    }

    /** -1 if the sightings cannot be of the same probe. */
    private int rank(GuestSeen guest, LeftSeen left) {
        if (!canBeOne(guest, left)) {
            return -1;
        }
        int pieces = guest.probe.pieces(left.probe);
        boolean ttlKept = guest.probe.ttl() == left.probe.ttl();
        boolean asExpected =
                switch (profile.of(left.probe.protocol()).ttlKept.known()) {
                    case YES -> ttlKept;
                    case NO -> !ttlKept;
                    default -> ttlKept && pieces >= 2;
                };
        return 2 * pieces + (asExpected ? 1 : 0);
    }

    // ---- weighing ----

    Weighed weigh(LeftSeen e) {
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
            return Weighed.nobody(Grade.HOST, e.at);
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
            return Weighed.nobody(Grade.AMBIGUOUS, newest(e, guestRivals));
        }
        for (int i = 0; i < leftRivals.size(); i++) {
            if (rank(guestRivals.get(i), leftRivals.get(i)) != rank) {
                return Weighed.nobody(Grade.AMBIGUOUS, newest(e, guestRivals));
            }
        }
        if (allAlike(guestRivals, leftRivals)) {
            return graded(e, rank, false, true, guestRivals, leftRivals);
        }
        if (guestRivals.size() == leftRivals.size() && differAlikeInTtl(guestRivals, leftRivals)) {
            return graded(e, rank, false, false, guestRivals, leftRivals);
        }
        return Weighed.nobody(Grade.AMBIGUOUS, newest(e, guestRivals));
    }

    private static long newest(LeftSeen e, List<GuestSeen> guestRivals) {
        long newest = e.at;
        for (GuestSeen guest : guestRivals) {
            newest = Math.max(newest, guest.at);
        }
        return newest;
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
        int contradictions = profile.contradictions(guest, e);
        if (grade == Grade.CERTAIN && contradictions >= 1) {
            grade = Grade.LIKELY;
        } else if (grade == Grade.LIKELY && contradictions >= 2) {
            grade = Grade.HOST;
        }
        return new Weighed(grade, guest, only, paired.subList(0, pairs.size()), pairs, newest(e, paired));
    }

    /** Called at a sighting, when a better candidate may still come in the same turn. */
    private void weighAndKeep(LeftSeen left) {
        Weighed weighed = weigh(left);
        if (weighed.grade == Grade.CERTAIN && weighed.guest != null && nothingDisagrees(weighed.guest, left)) {
            keep(weighed);
        }
    }

    private boolean nothingDisagrees(GuestSeen guest, LeftSeen left) {
        boolean replaced = profile.of(left.probe.protocol()).idKept.known() == Known.NO;
        boolean known = guest.probe.contentKnown() && left.probe.contentKnown();
        return guest.probe.samePort(left.probe)
                && (replaced || guest.probe.id() == 0 || guest.probe.sameId(left.probe))
                && (!known || guest.probe.sameContent(left.probe));
    }

    void keep(Weighed weighed) {
        for (int i = 0; i < weighed.lefts.size(); i++) {
            LeftSeen left = weighed.lefts.get(i);
            GuestSeen guest = weighed.guests.get(i);
            left.pair = guest;
            guest.paired = true;
            profile.teach(guest, left);
        }
    }
}
