package io.github.natexd.mapping;

import static io.github.natexd.mapping.Slots.NONE;

/**
 * Answers which guest sent the probe an error quotes.
 *
 * <p>A probe is sighted twice, in either order: on the guest network and leaving the host. Two sightings whose every
 * piece of evidence agrees become a mapping at once. Others stay apart until an error quotes one of them: by then the
 * rivals have been sighted too, and the {@linkplain Pairing evidence} of all of them is compared. What stays
 * undecided is not matched: an error of the host's must never go to a guest.
 */
public final class Mapper {
    /** The user id of a sender that the kernel did not name. */
    public static final int NO_UID = -1;

    /** How long an error may wait for the second sighting of the probe it quotes. */
    public static final long WAIT_NANOS = 10_000_000;

    /** Errors wait only while guests are sending: otherwise nothing can come that is worth waiting for. */
    private static final long GUEST_ACTIVE_NANOS = 1_000_000_000;

    /** Expired mappings that one {@link #expire} removes: a fraction of a millisecond. */
    private static final int EXPIRED_LIMIT = 2048;

    private final SightingTable guests;
    private final SightingTable egress;
    private final MappingTable mappings;
    private final Pairing pairing;
    private final BehaviourCounts behaviour = new BehaviourCounts();
    private long lifetimeNanos;
    private final Mapping found = new Mapping();
    private long lastGuestNanos;
    private boolean anyGuest;
    /** Until then the host may have sent probes that were not sighted: before the start, or in an overflow. */
    private long egressCompleteFromNanos;

    /**
     * @param capacity rows of each table
     * @param lifetimeNanos how long after its sighting a probe can be quoted
     */
    public Mapper(int capacity, long lifetimeNanos, long nowNanos) {
        guests = new SightingTable(capacity, lifetimeNanos);
        egress = new SightingTable(capacity, lifetimeNanos);
        mappings = new MappingTable(capacity, lifetimeNanos);
        pairing = new Pairing(guests, egress, nowNanos);
        this.lifetimeNanos = lifetimeNanos;
        egressCompleteFromNanos = nowNanos + GUEST_ACTIVE_NANOS;
    }

    /** How long after its sighting a probe can be quoted, from now on; those sighted already included. */
    public void lifetime(long nanos, long nowNanos) {
        if (nanos > lifetimeNanos) {
            egressCompleteFromNanos = nowNanos + nanos; // what lived too short may be gone
        }
        lifetimeNanos = nanos;
        guests.lifetime(nanos);
        egress.lifetime(nanos);
        mappings.lifetime(nanos);
    }

    /** A guest's probe was seen on the guest network. */
    public void guestSighted(Probe probe, long guestMac, long gatewayMac, long nowNanos) {
        int g = guests.add(probe, nowNanos);
        guests.macs(g, guestMac, gatewayMac);
        lastGuestNanos = nowNanos;
        anyGuest = true;
        int e = pairing.conclusiveEgress(g);
        if (e != NONE) {
            bind(g, e, true, nowNanos);
        }
    }

    /** A probe was seen leaving the host; {@code uid} owns the sending socket, {@link #NO_UID} where the kernel did not say. */
    public void egressSighted(Probe probe, int uid, long nowNanos) {
        long evictions = egress.slots.evictions();
        int e = egress.add(probe, nowNanos);
        egress.uid(e, uid);
        if (egress.slots.evictions() != evictions) {
            egressCompleteFromNanos = nowNanos + lifetimeNanos;
        }
        int g = pairing.conclusiveGuest(e);
        if (g != NONE) {
            bind(g, e, true, nowNanos);
        }
    }

    /** The rules that show leaving probes came, or may have been gone: some of a moment ago were not seen. */
    public void egressUnseen(long nowNanos) {
        long completeFromNanos = nowNanos + GUEST_ACTIVE_NANOS;
        if (completeFromNanos - egressCompleteFromNanos > 0) {
            egressCompleteFromNanos = completeFromNanos;
        }
        pairing.egressLost(nowNanos);
    }

    /** Copies of probes leaving the host were lost: for a lifetime, "not sighted leaving" proves nothing. */
    public void egressLost(long nowNanos) {
        egressCompleteFromNanos = nowNanos + lifetimeNanos;
        pairing.egressLost(nowNanos);
    }

    /**
     * Finds who sent the quoted probe; after MAPPED, {@link #found} has the rest.
     *
     * @param waited the error has waited: WAITING and HOST_SO_FAR are no answers any more
     */
    public Finding find(Probe quoted, long nowNanos, boolean waited) {
        Finding finding = mappings.find(quoted, nowNanos, found);
        int e = newestEgress(quoted, nowNanos);
        if (finding == Finding.MAPPED) {
            return amongTwins(quoted, e, nowNanos, waited);
        }
        if (finding != Finding.UNKNOWN) {
            return finding;
        }
        if (e == Pairing.TOO_MANY) {
            return Finding.AMBIGUOUS;
        }
        if (e != NONE) {
            return resolve(quoted, e, nowNanos, waited);
        }
        Finding alone = findAmongGuests(quoted, nowNanos);
        boolean mayBeLate = !waited && guestsActive(nowNanos) && pairing.sendsUnseen(quoted.protocol, nowNanos);
        return alone == Finding.UNKNOWN && mayBeLate ? Finding.HOST_SO_FAR : alone;
    }

    /** Whether {@link #fetch} is worth its time. */
    public boolean isLarge() {
        return mappings.isLarge();
    }

    /**
     * Says that {@link #find} will be asked for a probe of this tuple soon. Several look-ups announced in a row wait for
     * memory together; each for itself, they would wait one after the other.
     */
    public void fetch(int source, int destination, int sourcePort, int destinationPort, int protocol) {
        mappings.fetch(Probe.keyHash(source, destination, sourcePort, destinationPort, protocol));
    }

    /** The answer to the last {@link #find} that said MAPPED; valid until the next one. */
    public Mapping found() {
        return found;
    }

    /** Removes a bounded number of expired mappings; answers whether none is left. */
    public boolean expire(long nowNanos) {
        return mappings.expire(EXPIRED_LIMIT, nowNanos);
    }

    /** How many mappings there are, expired ones that nobody has removed yet included. */
    public int mappings() {
        return mappings.size();
    }

    /**
     * A bounded part of the live mappings, for other threads.
     *
     * @param from 0, or the page before's {@link MappingPage#next}
     */
    public MappingPage page(int from, long nowNanos) {
        return mappings.page(from, nowNanos);
    }

    /** What the NAT process has been seen doing since the start, or since {@link #forgetBehaviour}. */
    public NatBehaviour behaviour() {
        return behaviour.snapshot();
    }

    /** Another NAT process has come. */
    public void forgetBehaviour() {
        behaviour.reset();
    }

    /** Links of hash chains followed so far, over all tables. */
    long steps() {
        return mappings.steps() + guests.slots.steps() + egress.slots.steps();
    }

    /** Mappings and sightings that went because their table was full. */
    public long evictions() {
        return mappings.evictions() + guests.slots.evictions() + egress.slots.evictions();
    }

    /**
     * A mapping has the quoted tuple, but a probe {@code e} without a pair may have it too: the host's own, or the
     * guest's next one of a constant flow. The IP ID says which one is quoted, or the checksum, or nobody knows.
     */
    private Finding amongTwins(Probe quoted, int e, long nowNanos, boolean waited) {
        boolean exactly = mappings.foundExactly(quoted);
        if (e == NONE) {
            return Finding.MAPPED;
        }
        if (e == Pairing.TOO_MANY || !mayBe(e, quoted)) {
            return exactly ? Finding.MAPPED : Finding.AMBIGUOUS;
        }
        Finding ofTwin = resolve(quoted, e, nowNanos, waited);
        return exactly && ofTwin == Finding.HOST ? Finding.AMBIGUOUS : ofTwin;
    }

    /** IP ID and, where it says something, checksum of a sighting of the quoted tuple are the quoted ones. */
    private boolean mayBe(int e, Probe quoted) {
        return egress.identification(e) == quoted.identification
                && (!egress.checksumIsEvidence(e)
                        || !quoted.checksumIsEvidence
                        || egress.checksum(e) == quoted.checksum);
    }

    private Finding resolve(Probe quoted, int e, long nowNanos, boolean waited) {
        Pairing.Outcome outcome = pairing.resolve(e, nowNanos, waited);
        long age = nowNanos - egress.sightedNanos(e);
        boolean worthWaiting = !waited && guestsActive(nowNanos) && age < pairing.longestWaitNanos();
        boolean fresh = !waited && age < WAIT_NANOS;
        return switch (outcome) {
            case PAIRED -> {
                for (int i = 0; i < pairing.pairs(); i++) {
                    bind(pairing.pairedGuest(i), pairing.pairedEgress(i), pairing.pairs() == 1, nowNanos);
                }
                Finding finding = mappings.find(quoted, nowNanos, found);
                yield finding == Finding.UNKNOWN ? Finding.AMBIGUOUS : finding;
            }
            case FOREIGN -> Finding.HOST;
            case LIKELY -> Finding.WAITING;
            case UNSETTLED -> worthWaiting ? Finding.WAITING : Finding.HOST_SO_FAR;
            case TIED -> worthWaiting ? Finding.WAITING : fresh ? Finding.HOST_SO_FAR : Finding.AMBIGUOUS;
            case ALONE -> worthWaiting ? Finding.WAITING : fresh ? Finding.HOST_SO_FAR : Finding.HOST;
        };
    }

    private boolean guestsActive(long nowNanos) {
        return anyGuest && nowNanos - lastGuestNanos < GUEST_ACTIVE_NANOS;
    }

    private void bind(int g, int e, boolean alone, long nowNanos) {
        pairing.learn(g, e, alone, nowNanos);
        behaviour.paired(guests, g, egress, e);
        mappings.add(guests, g, egress, e, egress.keyHash(e), nowNanos);
        guests.slots.remove(g);
        egress.slots.remove(e);
    }

    /** The sighting of the quoted probe leaving the host: the one with its IP ID, else the newest. */
    private int newestEgress(Probe quoted, long nowNanos) {
        if (egress.slots.size() == 0) {
            return NONE;
        }
        int newest = NONE;
        int read = 0;
        long since = nowNanos - lifetimeNanos;
        for (int e = egress.firstSince(quoted.classHash(), since); e != NONE; e = egress.nextSince(e, since)) {
            if (++read > Pairing.CHAIN_LIMIT) {
                return newest == NONE ? Pairing.TOO_MANY : newest;
            }
            if (!egress.sameKey(e, quoted)) {
                continue;
            }
            if (egress.identification(e) == quoted.identification) {
                return e;
            }
            newest = newest == NONE ? e : newest;
        }
        return newest;
    }

    /**
     * A NAT that sends by packet socket passes no hook: a guest's sighting alone must do. The host's own sockets do
     * pass the hook, so this cannot take what is theirs.
     */
    private Finding findAmongGuests(Probe quoted, long nowNanos) {
        boolean egressComplete = nowNanos - egressCompleteFromNanos >= 0;
        int best = NONE;
        int bestScore = 0;
        boolean unique = true;
        boolean oneRow = true;
        int read = 0;
        long since = nowNanos - lifetimeNanos;
        for (int g = guests.firstSince(quoted.classHash(), since); g != NONE; g = guests.nextSince(g, since)) {
            if (++read > Pairing.CHAIN_LIMIT) {
                return Finding.AMBIGUOUS;
            }
            int score = guests.sameClass(g, quoted) ? pairing.scoreAlone(g, quoted, egressComplete) : 0;
            if (score > bestScore) {
                best = g;
                bestScore = score;
                unique = true;
                oneRow = true;
            } else if (score > 0 && score == bestScore) {
                oneRow = false;
                unique &= guests.source(g) == guests.source(best)
                        && guests.sourcePort(g) == guests.sourcePort(best)
                        && guests.guestMac(g) == guests.guestMac(best);
            }
        }
        if (best == NONE) {
            return Finding.UNKNOWN;
        }
        if (!unique) {
            return Finding.AMBIGUOUS;
        }
        if (egressComplete) {
            pairing.learnNoEgress(best, nowNanos);
        }
        behaviour.unseen(guests, best, quoted);
        found.guest = guests.source(best);
        found.guestPort = guests.sourcePort(best);
        found.guestIdentification = guests.identification(best);
        found.identificationChanged = oneRow && found.guestIdentification != quoted.identification;
        found.guestMac = guests.guestMac(best);
        found.gatewayMac = guests.gatewayMac(best);
        found.timeToLive = guests.timeToLive(best);
        found.sightedNanos = guests.sightedNanos(best);
        return Finding.MAPPED;
    }
}
