package io.github.natexd.mapping;

import org.jspecify.annotations.Nullable;

/**
 * Which guest's sighting is of the same probe as a leaving sighting. Collects a bounded number of candidates of both
 * sides once, and ranks each two of them by their {@link Evidence}. The only pair wins, else the best, else the order
 * decides.
 */
final class Pairing {
    /** How many guests and guests' sightings are read at most. */
    private static final int READ_LIMIT = 128;

    /** How many sightings of one guest, and how many leaving ones, are read at most. */
    private static final int READ_LIMIT_PER_CHAIN = 64;

    private static final int CANDIDATES_PER_GUEST = 24;

    /** The maximum number of guests' candidates: a set of them fits into the bits of a long. */
    private static final int GUESTS_LIMIT = Long.SIZE;

    static final int LEAVING_LIMIT = 24;

    private static final long WINDOW_NANOS = Evidence.GUEST_LEAD_NANOS + Evidence.LEAVING_LEAD_NANOS;
    private static final byte IMPOSSIBLE = -1;

    private final Sightings sightings;
    private final Profile profile;

    private final Candidates guests = new Candidates(GUESTS_LIMIT);
    private final Candidates leaving = new Candidates(LEAVING_LIMIT);
    /** There were more candidates than the limits allow. */
    private boolean crowded;
    /** The rank of each two candidates, see {@link #rank(Sighting, Sighting)}. */
    private final byte[] ranks = new byte[GUESTS_LIMIT * LEAVING_LIMIT];
    /** The set of guests' candidates for which the weighed probe is the best, by index. */
    private long best;

    /** The rivals of both sides; those of a pair have the same index. */
    private final Candidates rivalGuests = new Candidates(GUESTS_LIMIT);

    private final Candidates rivalLeaving = new Candidates(LEAVING_LIMIT);

    /** A bounded list of sightings. */
    private static final class Candidates {
        final @Nullable Sighting[] all;
        int count;

        Candidates(int limit) {
            all = new Sighting[limit];
        }

        boolean isFull() {
            return count == all.length;
        }

        void addIfRoom(Sighting sighting) {
            if (!isFull()) {
                all[count++] = sighting;
            }
        }

        /** Inserts by time of sighting. */
        void insert(Sighting sighting) {
            int at = count++;
            for (; at > 0 && get(at - 1).sightedNanos - sighting.sightedNanos > 0; at--) {
                all[at] = all[at - 1];
            }
            all[at] = sighting;
        }

        Sighting get(int index) {
            Sighting sighting = all[index];
            if (sighting == null) {
                throw new IndexOutOfBoundsException(index);
            }
            return sighting;
        }

        boolean areTwins() {
            for (int i = 1; i < count; i++) {
                if (!get(i).isTwinOf(get(0))) {
                    return false;
                }
            }
            return true;
        }
    }

    Pairing(Sightings sightings, Profile profile) {
        this.sightings = sightings;
        this.profile = profile;
    }

    /**
     * Weighs which guest's sighting is of the same probe as the unpaired leaving {@code e}. CERTAIN: each of the
     * {@link #pairs} is a pair. LIKELY: {@link #guestOf} is the most likely.
     */
    Match weigh(Sighting e, long nowNanos) {
        crowded = false;
        gatherGuests(e, sightings.liveSince(e.sightedNanos - Evidence.GUEST_LEAD_NANOS, nowNanos));
        gatherLeaving(e, sightings.liveSince(e.sightedNanos - WINDOW_NANOS, nowNanos));
        rank();
        int rank = rankOfBest();
        rivalGuests.count = 0;
        rivalLeaving.count = 0;
        if (rank == IMPOSSIBLE) {
            return Match.HOST;
        }
        collectRivals(rank);
        return lower(compare(rank), e);
    }

    /**
     * Nothing may contradict certain. Likely bears one contradiction: some NATs that keep ports replace those in use.
     */
    private Match lower(Match match, Sighting e) {
        if (match != Match.CERTAIN && match != Match.LIKELY) {
            return match;
        }
        int contradictions = profile.contradictions(guestOf(e), e);
        if (match == Match.CERTAIN) {
            return crowded || contradictions > 0 ? Match.LIKELY : Match.CERTAIN;
        }
        return crowded || contradictions > 1 ? Match.HOST : Match.LIKELY;
    }

    int pairs() {
        return rivalLeaving.count;
    }

    Sighting pairedGuest(int index) {
        return rivalGuests.get(index);
    }

    Sighting pairedLeaving(int index) {
        return rivalLeaving.get(index);
    }

    /** When the newest sighting was made on which the result rests: {@code e}, or the last of the guests' rivals. */
    long newestNanos(Sighting e) {
        if (rivalGuests.count == 0) {
            return e.sightedNanos;
        }
        long lastRival = rivalGuests.get(rivalGuests.count - 1).sightedNanos;
        return lastRival - e.sightedNanos > 0 ? lastRival : e.sightedNanos;
    }

    /** Neither side had a rival. */
    boolean isOnly() {
        return rivalGuests.count == 1 && rivalLeaving.count == 1;
    }

    /** All guests' rivals are of one guest's socket. */
    boolean isOfOneSender() {
        for (int i = 1; i < rivalGuests.count; i++) {
            if (!rivalGuests.get(i).sameSender(rivalGuests.get(0))) {
                return false;
            }
        }
        return true;
    }

    /** The guest's sighting that is paired with {@code e}. */
    Sighting guestOf(Sighting e) {
        int at = 0;
        while (rivalLeaving.get(at) != e) {
            at++;
        }
        return rivalGuests.get(at);
    }

    private void gatherGuests(Sighting e, long since) {
        guests.count = 0;
        int left = READ_LIMIT;
        for (int guest = sightings.firstGuest(since);
                guest != Sightings.NOBODY && left > 0;
                guest = sightings.nextGuest(guest, since)) {
            left--;
            int most = guests.count + CANDIDATES_PER_GUEST;
            int leftOfGuest = Math.min(left, READ_LIMIT_PER_CHAIN);
            for (Sighting g = sightings.firstOf(guest, e.classKey(), since);
                    g != null && leftOfGuest > 0 && guests.count < most;
                    g = sightings.nextOf(g, since)) {
                left--;
                leftOfGuest--;
                // With one hop more on each side, these are the candidates of the probe and of its rivals.
                int hops = Evidence.hops(g, e);
                if (hops >= -1 && hops <= 2) {
                    crowded |= guests.isFull();
                    guests.addIfRoom(g);
                }
            }
        }
        crowded |= left <= 0;
    }

    private void gatherLeaving(Sighting e, long since) {
        leaving.count = 0;
        leaving.addIfRoom(e);
        int read = 0;
        for (Sighting other = sightings.firstOf(Shares.HOST, e.classKey(), since);
                other != null;
                other = sightings.nextOf(other, since)) {
            boolean rival = other != e
                    && Math.abs(other.timeToLive - e.timeToLive) <= 1
                    && other.sightedNanos - e.sightedNanos <= WINDOW_NANOS;
            if (++read > READ_LIMIT_PER_CHAIN || (rival && leaving.isFull())) {
                crowded = true;
                return;
            }
            if (rival) {
                leaving.addIfRoom(other);
            }
        }
    }

    private void rank() {
        for (int g = 0; g < guests.count; g++) {
            for (int l = 0; l < leaving.count; l++) {
                ranks[g * LEAVING_LIMIT + l] = rank(guests.get(g), leaving.get(l));
            }
        }
    }

    /** Two for each piece that agrees, plus one for the expected TTL. */
    private byte rank(Sighting g, Sighting e) {
        int agreeing = Evidence.of(g, e);
        if (agreeing == Evidence.IMPOSSIBLE || (profile.isForeign(e.uid) && !outweighsTheUser(agreeing))) {
            return IMPOSSIBLE;
        }
        int pieces = Evidence.pieces(agreeing);
        return (byte) (2 * pieces + (profile.expectsHops(g.isUdp(), Evidence.hops(g, e), pieces) ? 1 : 0));
    }

    /** The evidence that a probe of another user is nevertheless the NAT process's. */
    static boolean outweighsTheUser(int agreeing) {
        int both = Evidence.PORT | Evidence.IDENTIFICATION;
        return agreeing != Evidence.IMPOSSIBLE && (agreeing & both) == both;
    }

    private int ranked(int g, int l) {
        return ranks[g * LEAVING_LIMIT + l];
    }

    /** The highest rank of the guests' sightings that have no better leaving probe; marks those that have this rank. */
    private int rankOfBest() {
        int highest = IMPOSSIBLE;
        best = 0;
        for (int g = 0; g < guests.count; g++) {
            int rank = ranked(g, 0);
            if (rank == IMPOSSIBLE || rank < highest || !isBestFor(g)) {
                continue;
            }
            best = (rank > highest ? 0 : best) | 1L << g;
            highest = rank;
        }
        return highest;
    }

    /** No other leaving probe ranks higher for this guest's sighting. */
    private boolean isBestFor(int g) {
        for (int l = 1; l < leaving.count; l++) {
            if (ranked(g, l) > ranked(g, 0)) {
                return false;
            }
        }
        return true;
    }

    /** The marked sightings, and the leaving probes that rank equally with one of them and higher with none. */
    private void collectRivals(int rank) {
        for (int g = 0; g < guests.count; g++) {
            if (isMarked(g)) {
                rivalGuests.insert(guests.get(g));
            }
        }
        for (int l = 0; l < leaving.count; l++) {
            if (l == 0 || isRival(l, rank)) {
                rivalLeaving.insert(leaving.get(l));
            }
        }
    }

    private boolean isRival(int l, int rank) {
        boolean equal = false;
        for (int g = 0; g < guests.count; g++) {
            if (ranked(g, l) > rank) {
                return false;
            }
            equal |= ranked(g, l) == rank && isMarked(g);
        }
        return equal;
    }

    private boolean isMarked(int g) {
        return (best >>> g & 1) != 0;
    }

    private Match compare(int rank) {
        Match full = rank >= 2 * Evidence.CERTAIN_PIECES ? Match.CERTAIN : Match.LIKELY;
        if (isOnly()) {
            return full;
        }
        if (rivalGuests.count < rivalLeaving.count || !isPairedInOrder(rank)) {
            return Match.AMBIGUOUS;
        }
        if (rivalGuests.areTwins() && rivalLeaving.areTwins()) {
            return full;
        }
        return rivalGuests.count == rivalLeaving.count && isOfOneTtl() ? Match.LIKELY : Match.AMBIGUOUS;
    }

    private boolean isPairedInOrder(int rank) {
        for (int i = 0; i < rivalLeaving.count; i++) {
            if (rank(rivalGuests.get(i), rivalLeaving.get(i)) != rank) {
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
        int hops = Evidence.hops(rivalGuests.get(0), rivalLeaving.get(0));
        for (int g = 0; g < rivalGuests.count; g++) {
            for (int l = 0; l < rivalLeaving.count; l++) {
                boolean possible = rank(rivalGuests.get(g), rivalLeaving.get(l)) != IMPOSSIBLE;
                if (possible && Evidence.hops(rivalGuests.get(g), rivalLeaving.get(l)) != hops) {
                    return false;
                }
            }
        }
        return true;
    }
}
