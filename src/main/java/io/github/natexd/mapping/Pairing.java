package io.github.natexd.mapping;

import static io.github.natexd.mapping.Slots.NONE;

/**
 * Which sighting on the guest network and which one leaving the host are of the same probe.
 *
 * <p>Candidates agree in protocol, destination, destination port (echo: sequence), transport length and TTL (kept, or
 * one less), lie close in time, and the sender's user id is the one that the NAT process was seen to have. Among
 * candidates the evidence decides: an equal source port or identifier, an equal IP ID, a checksum that agrees after
 * the known difference. As a last resort order decides, between equally many probes on both sides that nothing tells
 * apart: a NAT process forwards in the order in which it receives.
 */
final class Pairing {
    /** Sightings of one class that are read at the most. */
    static final int CHAIN_LIMIT = 64;

    /** Answer of a look-up that met its limit. */
    static final int TOO_MANY = -2;

    /** Rivals that are compared at the most. */
    private static final int RIVALS_LIMIT = 16;

    /** The NAT can be seen sending before the guest is: 8 ms were seen on one busy CPU. */
    private static final long EGRESS_LEAD_NANOS = 20_000_000;

    /** A busy NAT process may take its time. */
    private static final long GUEST_LEAD_NANOS = 500_000_000;

    /** After that long, whatever is sighted of a probe has been sighted. */
    private static final long SETTLED_NANOS = Mapper.WAIT_NANOS;

    private static final int NO_CANDIDATE = -1;
    private static final int PORT_EQUAL = 3;
    private static final int IDENTIFICATION_EQUAL = 3;
    private static final int CHECKSUM_AGREES = 2;
    private static final int CHECKSUM_SAYS_NOTHING = 1;

    enum Outcome {
        /** {@link #pairs} are certain enough to be bound. */
        PAIRED,
        /** Another user's than the NAT process: no guest's, however long one waits. */
        FOREIGN,
        /** No guest's sighting is a candidate. */
        ALONE,
        /** Nothing tells the rivals apart, and nothing is expected to. */
        TIED,
        /** More rivals on one side than on the other, or an unusual pair: some are so fresh that better may come. */
        UNSETTLED,
        /** A pair, but not the only or the best one thinkable, and too fresh to know that no better candidate comes. */
        LIKELY
    }

    private final SightingTable guests;
    private final SightingTable egress;
    private final int[] rivalGuests = new int[RIVALS_LIMIT];
    private final int[] rivalEgress = new int[RIVALS_LIMIT];
    private final Habits habits;
    private int pairs;

    Pairing(SightingTable guests, SightingTable egress, long nowNanos) {
        this.guests = guests;
        this.egress = egress;
        habits = new Habits(nowNanos);
    }

    /** The sighting leaving the host that is the guest's for certain, or NONE. */
    int conclusiveEgress(int g) {
        int only = NONE;
        int read = 0;
        long since = guests.sightedNanos(g) - EGRESS_LEAD_NANOS;
        for (int e = egress.firstSince(guests.classHash(g), since); e != NONE; e = egress.nextSince(e, since)) {
            if (++read > CHAIN_LIMIT) {
                return NONE;
            }
            if (conclusive(g, e)) {
                if (only != NONE) {
                    return NONE;
                }
                only = e;
            }
        }
        return only != NONE && onlyConclusiveGuest(only) == g ? only : NONE;
    }

    /** The guest's sighting that the one leaving the host belongs to for certain, or NONE. */
    int conclusiveGuest(int e) {
        int g = onlyConclusiveGuest(e);
        return g != NONE && conclusiveEgress(g) == e ? g : NONE;
    }

    private int onlyConclusiveGuest(int e) {
        int only = NONE;
        int read = 0;
        long since = egress.sightedNanos(e) - GUEST_LEAD_NANOS;
        for (int g = guests.firstSince(egress.classHash(e), since); g != NONE; g = guests.nextSince(g, since)) {
            if (++read > CHAIN_LIMIT) {
                return NONE;
            }
            if (conclusive(g, e)) {
                if (only != NONE) {
                    return NONE;
                }
                only = g;
            }
        }
        return only;
    }

    /** Every piece of evidence there is agrees: port, IP ID (0 says nothing) and checksum. */
    private boolean conclusive(int g, int e) {
        if (guests.sourcePort(g) != egress.sourcePort(e)) {
            return false;
        }
        boolean identificationSaysNothing = guests.identification(g) == 0 || egress.identification(e) == 0;
        int full = PORT_EQUAL + (identificationSaysNothing ? 0 : IDENTIFICATION_EQUAL) + CHECKSUM_SAYS_NOTHING;
        int evidence = evidence(g, e);
        // The user id is no more than a habit; an equal IP ID on top of all else outweighs it.
        return evidence >= full && (!identificationSaysNothing || !isForeign(e));
    }

    /** The IP ID is evidence in {@link #conclusive} pairs unless one side has none. */
    private boolean identifies(int g, int e) {
        return guests.identification(g) != 0 && guests.identification(g) == egress.identification(e);
    }

    /** The {@link #evidence}, where the sender is the NAT process by its user id and by what it does to the TTL. */
    private int score(int g, int e) {
        return isForeign(e) || !habits.mayTakeHops(hopsTaken(g, e), egress.sightedNanos(e))
                ? NO_CANDIDATE
                : evidence(g, e);
    }

    private int hopsTaken(int g, int e) {
        return guests.timeToLive(g) - egress.timeToLive(e);
    }

    /**
     * How much speaks for the two being the same probe; NO_CANDIDATE where something necessary disagrees, or all
     * evidence speaks against it.
     */
    private int evidence(int g, int e) {
        if (!guests.sameClass(g, egress, e) || guests.transportLength(g) != egress.transportLength(e)) {
            return NO_CANDIDATE;
        }
        long guestLead = egress.sightedNanos(e) - guests.sightedNanos(g);
        if (guestLead > GUEST_LEAD_NANOS || guestLead < -EGRESS_LEAD_NANOS) {
            return NO_CANDIDATE;
        }
        int hopsTaken = hopsTaken(g, e);
        if (hopsTaken != 0 && hopsTaken != 1) {
            return NO_CANDIDATE;
        }
        int score = 0;
        if (guests.sourcePort(g) == egress.sourcePort(e)) {
            score += PORT_EQUAL;
        }
        if (identifies(g, e)) {
            score += IDENTIFICATION_EQUAL;
        }
        if (!guests.checksumIsEvidence(g) || !egress.checksumIsEvidence(e)) {
            return score + CHECKSUM_SAYS_NOTHING;
        }
        if (agrees(guests.checksumAfter(g, egress.source(e), egress.sourcePort(e)), egress.checksum(e))) {
            return score + CHECKSUM_AGREES;
        }
        return score == 0 ? NO_CANDIDATE : score;
    }

    /** 0 and 0xFFFF are the same number in one's complement. */
    private static boolean agrees(int checksum, int other) {
        return checksum == other || (checksum % 0xffff == 0 && other % 0xffff == 0);
    }

    /** What speaks for a guest's sighting being the quoted probe, where none was seen leaving the host; 0: nothing. */
    int scoreAlone(int g, Probe quoted, boolean egressComplete) {
        if (quoted.timeToLive > guests.timeToLive(g)) {
            return 0; // No router raises the TTL: the quoted packet was sent with a larger one, not by this guest.
        }
        boolean portEqual = guests.sourcePort(g) == quoted.sourcePort;
        boolean identificationEqual = quoted.identification != 0 && guests.identification(g) == quoted.identification;
        boolean checksumAgrees = guests.checksumIsEvidence(g)
                && quoted.checksumIsEvidence
                && agrees(guests.checksumAfter(g, quoted.source, quoted.sourcePort), quoted.checksum);
        if (portEqual && (identificationEqual || checksumAgrees)) {
            return PORT_EQUAL
                    + (identificationEqual ? IDENTIFICATION_EQUAL : 0)
                    + (checksumAgrees ? CHECKSUM_AGREES : 0);
        }
        if (checksumAgrees && egressComplete) {
            return CHECKSUM_AGREES + (identificationEqual ? IDENTIFICATION_EQUAL : 0);
        }
        return 0;
    }

    /** Compares the rivals for a sighting leaving the host; after PAIRED the pairs are listed. */
    Outcome resolve(int e, long nowNanos, boolean settled) {
        if (isForeign(e)) {
            return Outcome.FOREIGN;
        }
        int best = bestGuestScore(e);
        if (best == NO_CANDIDATE) {
            return Outcome.ALONE;
        }
        if (best == TOO_MANY) {
            return Outcome.TIED;
        }
        int guestCount = collectGuests(e, best);
        if (guestCount == 0) {
            return Outcome.ALONE;
        }
        int egressCount = guestCount == TOO_MANY ? TOO_MANY : collectEgress(guestCount, best);
        if (egressCount == TOO_MANY) {
            return Outcome.TIED;
        }
        boolean weak = best < PORT_EQUAL;
        if (weak && refusesWeak(guestCount)) {
            return Outcome.TIED;
        }
        boolean mayChange = !settled && !settled(guestCount, egressCount, nowNanos);
        if (guestCount != egressCount) {
            return mayChange ? Outcome.UNSETTLED : Outcome.TIED;
        }
        if ((weak || guestCount > 1) && mayChange) {
            return weak && !habits.leavesWeak(egress.protocol(e), nowNanos) ? Outcome.UNSETTLED : Outcome.LIKELY;
        }
        if (isTtlOpen(guestCount, best)) {
            return Outcome.TIED;
        }
        // Both lists run from the newest to the oldest.
        for (int i = 0; i < guestCount; i++) {
            if (score(rivalGuests[i], rivalEgress[i]) != best) {
                return Outcome.TIED;
            }
        }
        pairs = guestCount;
        return Outcome.PAIRED;
    }

    /**
     * Whether some of the rivals would be pairs if the NAT process kept the TTL, and others if it took one: then their order
     * says nothing, as probes that end at the NAT process are not seen leaving.
     */
    private boolean isTtlOpen(int count, int best) {
        int only = NONE;
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < count; j++) {
                if (score(rivalGuests[i], rivalEgress[j]) == best) {
                    int hops = hopsTaken(rivalGuests[i], rivalEgress[j]);
                    if (only != NONE && only != hops) {
                        return true;
                    }
                    only = hops;
                }
            }
        }
        return false;
    }

    int pairs() {
        return pairs;
    }

    int pairedGuest(int index) {
        return rivalGuests[index];
    }

    int pairedEgress(int index) {
        return rivalEgress[index];
    }

    /** Remembers how the NAT process sent the probe of this pair; {@code alone}: neither had a rival. */
    void learn(int g, int e, boolean alone, long nowNanos) {
        int protocol = guests.protocol(g);
        boolean weak = evidence(g, e) < PORT_EQUAL;
        if (identifies(g, e) && conclusive(g, e)) {
            habits.sawCertainPair(protocol, egress.uid(e), nowNanos);
        }
        habits.sawPair(protocol, weak, nowNanos);
        if (!weak) {
            habits.sawLead(guests.sightedNanos(g) - egress.sightedNanos(e));
        }
        if (alone) {
            habits.sawHopsTaken(hopsTaken(g, e), nowNanos);
        }
    }

    /** A guest's sighting alone was what an error quoted. */
    void learnNoEgress(int g, long nowNanos) {
        habits.sawNoEgress(guests.protocol(g), nowNanos);
    }

    /** Of probes of this protocol a guest's sighting is all that can be expected. */
    boolean sendsUnseen(int protocol, long nowNanos) {
        return habits.sendsUnseen(protocol, nowNanos);
    }

    void egressLost(long nowNanos) {
        habits.egressLost(nowNanos + GUEST_LEAD_NANOS);
    }

    long longestWaitNanos() {
        return habits.longestWaitNanos();
    }

    private boolean isForeign(int e) {
        return habits.isForeign(egress.uid(e));
    }

    private boolean refusesWeak(int guestCount) {
        for (int i = 0; i < guestCount; i++) {
            int g = rivalGuests[i];
            if (habits.refusesWeak(guests.protocol(g), guests.sightedNanos(g))) {
                return true;
            }
        }
        return false;
    }

    private int bestGuestScore(int e) {
        int best = NO_CANDIDATE;
        int read = 0;
        long since = egress.sightedNanos(e) - GUEST_LEAD_NANOS;
        for (int g = guests.firstSince(egress.classHash(e), since); g != NONE; g = guests.nextSince(g, since)) {
            if (++read > CHAIN_LIMIT) {
                return TOO_MANY;
            }
            best = Math.max(best, score(g, e));
        }
        return best;
    }

    private int bestEgressScore(int g) {
        int best = NO_CANDIDATE;
        int read = 0;
        long since = guests.sightedNanos(g) - EGRESS_LEAD_NANOS;
        for (int e = egress.firstSince(guests.classHash(g), since); e != NONE; e = egress.nextSince(e, since)) {
            if (++read > CHAIN_LIMIT) {
                return TOO_MANY;
            }
            best = Math.max(best, score(g, e));
        }
        return best;
    }

    /** Guests' sightings for which {@code e} is as good as any: those with a better one belong elsewhere. */
    private int collectGuests(int e, int best) {
        int count = 0;
        long since = egress.sightedNanos(e) - GUEST_LEAD_NANOS;
        for (int g = guests.firstSince(egress.classHash(e), since); g != NONE; g = guests.nextSince(g, since)) {
            if (score(g, e) == best && bestEgressScore(g) == best) {
                if (count == RIVALS_LIMIT) {
                    return TOO_MANY;
                }
                rivalGuests[count++] = g;
            }
        }
        return count;
    }

    /** Sightings leaving the host that are as good for one of the rival guests' sightings, and have none better. */
    private int collectEgress(int guestCount, int best) {
        int count = 0;
        int newestGuest = rivalGuests[0];
        long since = guests.sightedNanos(rivalGuests[guestCount - 1]) - EGRESS_LEAD_NANOS;
        for (int e = egress.firstSince(guests.classHash(newestGuest), since);
                e != NONE;
                e = egress.nextSince(e, since)) {
            if (rivals(e, guestCount, best) && bestGuestScore(e) == best) {
                if (count == RIVALS_LIMIT) {
                    return TOO_MANY;
                }
                rivalEgress[count++] = e;
            }
        }
        return count;
    }

    private boolean rivals(int e, int guestCount, int best) {
        for (int i = 0; i < guestCount; i++) {
            if (score(rivalGuests[i], e) == best) {
                return true;
            }
        }
        return false;
    }

    /** Every rival is old enough for its pair to have been sighted. */
    private boolean settled(int guestCount, int egressCount, long nowNanos) {
        for (int i = 0; i < guestCount; i++) {
            if (nowNanos - guests.sightedNanos(rivalGuests[i]) < SETTLED_NANOS) {
                return false;
            }
        }
        for (int i = 0; i < egressCount; i++) {
            if (nowNanos - egress.sightedNanos(rivalEgress[i]) < SETTLED_NANOS) {
                return false;
            }
        }
        return true;
    }
}
