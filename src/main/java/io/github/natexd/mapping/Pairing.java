package io.github.natexd.mapping;

import java.util.Objects;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which guest's sighting is of the same probe as a leaving sighting. Collects a bounded number of candidates of both
 * sides once, and ranks each two of them by their {@link Evidence}. The only pair wins, else the best, else the order
 * decides.
 *
 * <p>Candidates are numbered in the order of their sighting; a set of them is the bits of a long.
 */
final class Pairing {
    private static final int GUESTS_LIMIT = Long.SIZE;
    static final int LEAVING_LIMIT = 24;
    private static final long WINDOW_NANOS = Evidence.GUEST_LEAD_NANOS + Evidence.LEAVING_LEAD_NANOS;

    private final Sightings sightings;
    private final Profile profile;
    private final Predicate<Sighting> takes = this::takeIfCandidate;

    private final Sighting[] guests = new Sighting[GUESTS_LIMIT];
    private int guestCount;
    private final Sighting[] leaving = new Sighting[LEAVING_LIMIT];
    private int leavingCount;
    /** There were more candidates than the limits allow. */
    private boolean crowded;

    // The rank of each two candidates, and the highest of each candidate.
    private final int[][] ranks = new int[GUESTS_LIMIT][LEAVING_LIMIT];
    private final int[] highestOfGuest = new int[GUESTS_LIMIT];
    private final int[] highestOfLeaving = new int[LEAVING_LIMIT];

    // The rivals of both sides. The first of one side is paired with the first of the other, and so on.
    private long rivalGuests;
    private long rivalLeaving;
    /** The guest's sighting that is paired with the weighed one. */
    private @Nullable Sighting partner;

    Pairing(Sightings sightings, Profile profile) {
        this.sightings = sightings;
        this.profile = profile;
    }

    /**
     * Weighs which guest's sighting is of the same probe as the unpaired leaving {@code e}. After CERTAIN, call {@link
     * #bind}. After LIKELY, {@link #partner} is the most likely.
     */
    Match weigh(Sighting e, long nowNanos) {
        leaving[0] = e;
        leavingCount = 1;
        guestCount = 0;
        crowded = false;
        long since = sightings.liveSince(e.sightedNanos - Evidence.GUEST_LEAD_NANOS, nowNanos);
        boolean readAll = sightings.ofGuests(e.classKey(), since, takes);
        crowded |= !readAll;
        gatherLeaving(e, sightings.liveSince(e.sightedNanos - WINDOW_NANOS, nowNanos));
        rank();
        int rank = selectRivals(e);
        return rank == Evidence.IMPOSSIBLE ? Match.HOST : lower(compare(rank, e), e);
    }

    private boolean takeIfCandidate(Sighting guest) {
        // With one hop more on each side, these are the candidates of the probe and of its rivals.
        int hops = Evidence.hops(guest, leaving[0]);
        if (hops < -1 || hops > 2) {
            return false;
        }
        if (guestCount == GUESTS_LIMIT) {
            crowded = true;
        } else {
            insert(guest, guests, guestCount++);
        }
        return true;
    }

    private void gatherLeaving(Sighting e, long since) {
        int read = 0;
        for (Sighting other = sightings.firstOf(Sightings.HOST, e.classKey(), since);
                other != null;
                other = sightings.nextOf(other, since)) {
            boolean rival = other != e
                    && Math.abs(other.timeToLive - e.timeToLive) <= 1
                    && other.sightedNanos - e.sightedNanos <= WINDOW_NANOS;
            if (++read > Sightings.READ_LIMIT_PER_CHAIN || (rival && leavingCount == LEAVING_LIMIT)) {
                crowded = true;
                return;
            }
            if (rival) {
                insert(other, leaving, leavingCount++);
            }
        }
    }

    /** Inserts by time of sighting. */
    private static void insert(Sighting sighting, Sighting[] into, int count) {
        int at = count;
        for (; at > 0 && into[at - 1].sightedNanos - sighting.sightedNanos > 0; at--) {
            into[at] = into[at - 1];
        }
        into[at] = sighting;
    }

    private void rank() {
        for (int l = 0; l < leavingCount; l++) {
            int highest = Evidence.IMPOSSIBLE;
            for (int g = 0; g < guestCount; g++) {
                int rank = rank(guests[g], leaving[l]);
                ranks[g][l] = rank;
                highest = Math.max(highest, rank);
                highestOfGuest[g] = l == 0 ? rank : Math.max(highestOfGuest[g], rank);
            }
            highestOfLeaving[l] = highest;
        }
    }

    /** Two for each piece that agrees, plus one for the expected TTL. */
    private int rank(Sighting guest, Sighting e) {
        int agreeing = Evidence.of(guest, e);
        if (agreeing == Evidence.IMPOSSIBLE || (profile.isForeign(e.uid) && !Evidence.outweighsTheUser(agreeing))) {
            return Evidence.IMPOSSIBLE;
        }
        int pieces = Evidence.pieces(agreeing);
        return 2 * pieces + (profile.expectsHops(guest.isUdp(), Evidence.hops(guest, e), pieces) ? 1 : 0);
    }

    /**
     * Selects the guests' sightings that have no better leaving probe and the highest rank with {@code e}, and the
     * leaving probes that rank equally with one of them and higher with none. Returns this rank.
     */
    private int selectRivals(Sighting e) {
        int ofE = 0;
        while (leaving[ofE] != e) {
            ofE++;
        }
        int highest = Evidence.IMPOSSIBLE;
        rivalGuests = 0;
        for (int g = 0; g < guestCount; g++) {
            int rank = ranks[g][ofE];
            if (rank != Evidence.IMPOSSIBLE && rank >= highest && rank == highestOfGuest[g]) {
                rivalGuests = (rank > highest ? 0 : rivalGuests) | 1L << g;
                highest = rank;
            }
        }
        rivalLeaving = 0;
        for (int l = 0; l < leavingCount; l++) {
            if (l == ofE || (highestOfLeaving[l] == highest && hasRank(l, highest))) {
                rivalLeaving |= 1L << l;
            }
        }
        return highest;
    }

    /** Whether this leaving probe has the rank with one of the guests' rivals. */
    private boolean hasRank(int l, int rank) {
        for (long set = rivalGuests; set != 0; set &= set - 1) {
            if (ranks[first(set)][l] == rank) {
                return true;
            }
        }
        return false;
    }

    private static int first(long set) {
        return Long.numberOfTrailingZeros(set);
    }

    private Match compare(int rank, Sighting e) {
        boolean inOrder = isPairedInOrder(rank, e);
        Match full = rank >= 2 * Evidence.CERTAIN_PIECES ? Match.CERTAIN : Match.LIKELY;
        if (isOnly()) {
            return full;
        }
        if (!inOrder) {
            return Match.AMBIGUOUS;
        }
        if (areAlike(guests, rivalGuests, Sighting::isTwinOf) && areAlike(leaving, rivalLeaving, Sighting::isTwinOf)) {
            return full;
        }
        boolean sameCount = Long.bitCount(rivalGuests) == Long.bitCount(rivalLeaving);
        return sameCount && isOfOneTtl() ? Match.LIKELY : Match.AMBIGUOUS;
    }

    /** Pairs the rivals in order; returns whether each pair has this rank. */
    private boolean isPairedInOrder(int rank, Sighting e) {
        long guest = rivalGuests;
        for (long set = rivalLeaving; set != 0; set &= set - 1, guest &= guest - 1) {
            if (guest == 0 || ranks[first(guest)][first(set)] != rank) {
                return false;
            }
            if (leaving[first(set)] == e) {
                partner = guests[first(guest)];
            }
        }
        return true;
    }

    private static boolean areAlike(Sighting[] all, long set, BiPredicate<Sighting, Sighting> alike) {
        for (long rest = set; rest != 0; rest &= rest - 1) {
            if (!alike.test(all[first(rest)], all[first(set)])) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether the difference of the TTLs is the same for all possible pairs. If it is not, the order says nothing,
     * because probes that end at the NAT process do not leave.
     */
    private boolean isOfOneTtl() {
        int hops = Evidence.hops(guests[first(rivalGuests)], leaving[first(rivalLeaving)]);
        for (long guest = rivalGuests; guest != 0; guest &= guest - 1) {
            for (long set = rivalLeaving; set != 0; set &= set - 1) {
                boolean possible = ranks[first(guest)][first(set)] != Evidence.IMPOSSIBLE;
                if (possible && Evidence.hops(guests[first(guest)], leaving[first(set)]) != hops) {
                    return false;
                }
            }
        }
        return true;
    }

    /**
     * Nothing may contradict certain. Likely bears one contradiction: some NATs that keep ports replace those in use.
     */
    private Match lower(Match match, Sighting e) {
        if (match == Match.AMBIGUOUS) {
            return match;
        }
        int contradictions = crowded ? 2 : profile.contradictions(partner(), e);
        if (match == Match.CERTAIN) {
            return contradictions > 0 ? Match.LIKELY : Match.CERTAIN;
        }
        return contradictions > 1 ? Match.HOST : Match.LIKELY;
    }

    /** Keeps the pairs weighed last, which are certain. */
    void bind() {
        long guest = rivalGuests;
        for (long set = rivalLeaving; set != 0; set &= set - 1, guest &= guest - 1) {
            profile.learn(guests[first(guest)], leaving[first(set)]);
            sightings.pair(guests[first(guest)], leaving[first(set)]);
        }
    }

    /** The guest's sighting that is paired with the one weighed last; not after AMBIGUOUS, or HOST without rivals. */
    Sighting partner() {
        return Objects.requireNonNull(partner);
    }

    /** Neither side had a rival. */
    boolean isOnly() {
        return Long.bitCount(rivalGuests) == 1 && Long.bitCount(rivalLeaving) == 1;
    }

    /** All guests' rivals are of one guest's socket. */
    boolean isOfOneSender() {
        return areAlike(guests, rivalGuests, Sighting::sameSender);
    }

    /** When the newest sighting was made on which the result rests: {@code e}, or the last of the guests' rivals. */
    long newestNanos(Sighting e) {
        if (rivalGuests == 0) {
            return e.sightedNanos;
        }
        long lastRival = guests[Long.SIZE - 1 - Long.numberOfLeadingZeros(rivalGuests)].sightedNanos;
        return lastRival - e.sightedNanos > 0 ? lastRival : e.sightedNanos;
    }
}
