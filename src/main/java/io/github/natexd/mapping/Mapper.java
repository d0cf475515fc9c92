package io.github.natexd.mapping;

import io.github.natexd.report.MappingPage;
import io.github.natexd.report.NatProfile;
import io.github.natexd.report.NatProfile.Known;
import io.github.natexd.wire.Probe;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds which guest sent the probe that an error quotes, and how certain that is.
 *
 * <p>A probe is sighted twice, in any order: on the guest network and when it leaves the host. A certain pair is kept
 * as soon as both have been sighted. All else is weighed again for each error, with all sightings so far: see {@link
 * Pairing}.
 */
public final class Mapper {
    /** The user id of a sender that the kernel did not name. */
    public static final int NO_UID = Probe.NO_UID;

    /** After this time no further sighting of a probe is expected. */
    public static final long SETTLED_NANOS = 10_000_000;

    /** After this time no error comes any more about probes that the host sent before the rules were there. */
    private static final long UNSEEN_NANOS = 1_000_000_000;

    /** How many pairs one look-up makes at most. */
    private static final int ROUNDS_LIMIT = 4;

    /** How many expired mappings of one guest {@link #expire} removes at most. */
    private static final int EXPIRED_LIMIT = 2048;

    /** How many announced look-ups are fetched at most: those of one batch. */
    private static final int ANNOUNCED_LIMIT = 64;

    private static final int SAME_IDENTIFICATION = 2;
    private static final int SAME_CONTENT = 1;

    private final Sightings sightings;
    private final Profile profile = new Profile();
    private final Pairing pairing;
    private final Unseen unseen;
    private boolean trustsUnseen = true;
    private long lastSightedNanos;

    // The probes of the quoted tuple that fit best: their score, the newest unpaired one, the guest of the newest pair.
    private int fit;
    private @Nullable Sighting unpaired;
    private @Nullable Sighting paired;
    private boolean severalUnpaired;
    private boolean severalSenders;
    private boolean severalIdentifications;
    private boolean crowded;

    // The result of the last look-up.
    private @Nullable Sighting found;
    private boolean identificationChanged;
    private long openUntilNanos;
    // The newest sighting in the chain of each announced probe.
    private final Sighting[] announced = new Sighting[ANNOUNCED_LIMIT];
    private int announcedCount;
    /** Meaningless; without a place for what {@link #fetch} reads, the compiler would remove the reads. */
    private long fetched;

    /** Remembers at most {@code capacity} mappings, and each sighting for a lifetime. */
    public Mapper(int capacity, long lifetimeNanos, long nowNanos) {
        sightings = new Sightings(capacity, lifetimeNanos, nowNanos);
        pairing = new Pairing(sightings, profile);
        unseen = new Unseen(sightings, profile);
        lastSightedNanos = nowNanos;
        egressUnseen(nowNanos);
    }

    /** Changes how long natexd remembers sightings, including the present ones. */
    public void lifetime(long nanos, long nowNanos) {
        sightings.lifetime(nanos, nowNanos);
    }

    /**
     * Whether a quoted probe that was not seen leaving may be a guest's. Not if natexd reads errors before the host's
     * own NAT: they can then quote what the host forwarded for others.
     */
    public void trustsUnseen(boolean trusts) {
        trustsUnseen = trusts;
    }

    /** A guest's probe was seen on the guest network. */
    public void guestSighted(Probe probe, long guestMac, long gatewayMac, long nowNanos) {
        Sighting guests = sightings.addGuests(probe, guestMac, gatewayMac, inOrder(nowNanos));
        long since = guests.sightedNanos - Evidence.LEAVING_LEAD_NANOS;
        int read = 0;
        for (Sighting leaving = sightings.firstOf(Sightings.HOST, probe.classKey(), since);
                leaving != null && read < Pairing.LEAVING_LIMIT;
                leaving = sightings.nextOf(leaving, since), read++) {
            int agreeing = Evidence.of(guests, leaving);
            if (agreeing != Evidence.IMPOSSIBLE && Evidence.pieces(agreeing) >= Evidence.CERTAIN_PIECES) {
                bindIfWhole(leaving);
                return;
            }
        }
    }

    /** A probe was seen leaving the host. {@code uid} owns the sending socket, or is {@link #NO_UID}. */
    public void egressSighted(Probe probe, int uid, long nowNanos) {
        bindIfWhole(sightings.addLeaving(probe, uid, inOrder(nowNanos)));
    }

    /** Keeps the order of sightings that have the same time: each is one nanosecond after the one before. */
    private long inOrder(long nowNanos) {
        lastSightedNanos = nowNanos - lastSightedNanos > 0 ? nowNanos : lastSightedNanos + 1;
        return lastSightedNanos;
    }

    /** Keeps only pairs without disagreement: a better candidate may come in this turn, and errors come later. */
    private void bindIfWhole(Sighting leaving) {
        if (pairing.weigh(leaving, lastSightedNanos) == Match.CERTAIN && profile.isWhole(pairing.partner(), leaving)) {
            pairing.bind();
        }
    }

    /** The rules that show leaving probes are new, or were perhaps gone: some recent probes were not sighted. */
    public void egressUnseen(long nowNanos) {
        sightings.incompleteUntil(nowNanos + UNSEEN_NANOS);
    }

    /** Some leaving probes were lost: for one lifetime, "not seen leaving" proves nothing. */
    public void egressLost(long nowNanos) {
        sightings.lost(nowNanos);
    }

    /**
     * Finds who sent the quoted probe; after CERTAIN and LIKELY, {@link #found} returns the guest's sighting.
     *
     * @param last the result must be final: never OPEN
     */
    public Match find(Probe quoted, long arrivedNanos, long nowNanos, boolean last) {
        openUntilNanos = arrivedNanos + SETTLED_NANOS;
        scan(quoted, nowNanos);
        // The next scan finds the pairs that this round makes.
        int rounds = 0;
        for (Sighting open = unpaired; open != null && rounds < ROUNDS_LIMIT; open = unpaired, rounds++) {
            Match weighed = pairing.weigh(open, nowNanos);
            if (weighed != Match.CERTAIN) {
                openUntilNanos = settledNanos(open, arrivedNanos);
                boolean mayBeOpen = !last && nowNanos - openUntilNanos < 0 && mayChange(open, weighed);
                return mayBeOpen ? Match.OPEN : undecided(open, weighed, quoted);
            }
            pairing.bind();
            scan(quoted, nowNanos);
        }
        if (paired == null) {
            return trustsUnseen && !crowded ? withoutLeaving(quoted, nowNanos, last) : Match.UNKNOWN;
        }
        if (severalSenders) {
            return Match.AMBIGUOUS;
        }
        // If the IP ID differs, a router changed it: the guest's must not be restored.
        found(paired, quoted, fit >= SAME_IDENTIFICATION && !severalIdentifications);
        return fit > 0 && !crowded && unpaired == null ? Match.CERTAIN : Match.LIKELY;
    }

    private void found(@Nullable Sighting guests, Probe quoted, boolean identified) {
        found = guests;
        identificationChanged = identified && guests != null && guests.identification != quoted.identification;
    }

    /** Reads the probes of the quoted tuple, newest first, and selects those that fit the quote best. */
    private void scan(Probe quoted, long nowNanos) {
        fit = -1;
        unpaired = null;
        paired = null;
        crowded = false;
        int read = 0;
        for (Sighting at = sightings.firstQuoted(quoted);
                at != null && !sightings.expired(at, nowNanos);
                at = sightings.nextQuoted(at)) {
            if (++read > Sightings.READ_LIMIT_PER_CHAIN) {
                crowded = true;
                return;
            }
            // Once one half has expired, the pair is no longer known.
            Sighting other = at.other;
            if (at.sameKey(quoted) && (other == null || !sightings.expired(other, nowNanos))) {
                consider(at, quoted);
            }
        }
    }

    private void consider(Sighting leaving, Probe quoted) {
        int fits = leaving.identification == quoted.identification ? SAME_IDENTIFICATION : 0;
        if (leaving.contentKnown && quoted.contentKnown && leaving.content == quoted.content) {
            fits += SAME_CONTENT;
        }
        if (fits < fit) {
            return;
        }
        if (fits > fit) {
            fit = fits;
            unpaired = null;
            paired = null;
            severalUnpaired = false;
            severalSenders = false;
            severalIdentifications = false;
        }
        Sighting guests = leaving.other;
        if (guests == null) {
            severalUnpaired = unpaired != null;
            unpaired = unpaired == null ? leaving : unpaired;
        } else if (paired == null) {
            paired = guests;
        } else {
            severalSenders |= !guests.sameSender(paired);
            severalIdentifications |= guests.identification != paired.identification;
        }
    }

    /**
     * When nothing more can change the result of the last weighing. A guest's rival that has just been sighted may
     * still leave: then it is the sender of that probe, not of this one. A guest's sighting long after the error is not
     * of the quoted probe.
     */
    private long settledNanos(Sighting leaving, long arrivedNanos) {
        long afterError = pairing.newestNanos(leaving) - arrivedNanos;
        return arrivedNanos + Math.min(afterError, Evidence.LEAVING_LEAD_NANOS) + SETTLED_NANOS;
    }

    /**
     * Whether a later sighting can change the result. It cannot for another user's probe or an only pair that this NAT
     * is known to make.
     */
    private boolean mayChange(Sighting leaving, Match weighed) {
        boolean expected = weighed == Match.LIKELY && pairing.isOnly() && profile.expects(pairing.partner(), leaving);
        return !expected && !profile.isForeign(leaving.uid);
    }

    /** The final result: the quoted probe can be an unpaired one, and weighing it gave nothing certain. */
    private Match undecided(Sighting leaving, Match weighed, Probe quoted) {
        // If the NAT process's probes are not seen leaving, this one is the host's and shows nothing about the NAT.
        boolean hosts = weighed == Match.HOST && profile.seenLeaving(leaving.isUdp()) == Known.NO;
        if (pairing.isOnly() && !hosts) {
            profile.learn(pairing.partner(), leaving);
        }
        // Several unpaired probes fit: by order, each would have a different sender, and any of them can be quoted.
        boolean likely = weighed == Match.LIKELY && (!severalUnpaired || pairing.isOfOneSender());
        if (paired == null) {
            found(likely ? pairing.partner() : null, quoted, fit >= SAME_IDENTIFICATION);
            return likely ? Match.LIKELY : weighed == Match.LIKELY ? Match.AMBIGUOUS : weighed;
        }
        found(paired, quoted, false);
        boolean sameSender = !severalSenders && likely && paired.sameSender(pairing.partner());
        return sameSender ? Match.LIKELY : Match.AMBIGUOUS;
    }

    /** Searches the guests' sightings alone. */
    private Match withoutLeaving(Probe quoted, long nowNanos, boolean last) {
        Match match = unseen.find(quoted, nowNanos);
        found(unseen.best, quoted, !unseen.severalProbes);
        Known seenLeaving = profile.seenLeaving(quoted.isUdp());
        boolean mayCome = seenLeaving == Known.NO || seenLeaving == Known.MIXED;
        boolean open = mayCome && !last && nowNanos - openUntilNanos < 0;
        return match == Match.UNKNOWN && open ? Match.OPEN : match;
    }

    /** After OPEN: when the result is final if nothing more is sighted. */
    public long openUntilNanos() {
        return openUntilNanos;
    }

    /** The guest's sighting that the last {@link #find} found, CERTAIN or LIKELY; valid until the next call. */
    public Sighting found() {
        return Objects.requireNonNull(found);
    }

    /** The NAT process is known to have changed the IP ID of this probe: only then it is restored (R26). */
    public boolean identificationChanged() {
        return identificationChanged;
    }

    /** Announces a {@link #find} for this probe. */
    public void announce(Probe quoted) {
        Sighting first = sightings.firstQuoted(quoted);
        if (first != null && announcedCount < ANNOUNCED_LIMIT) {
            announced[announcedCount++] = first;
        }
    }

    /**
     * Reads the newest sighting of each announced chain and its other half, so that the processor's cache has them: the
     * processor waits once for all of them, instead of once for each look-up.
     */
    public void fetch() {
        long read = 0;
        for (int i = 0; i < announcedCount; i++) {
            read ^= announced[i].source ^ announced[i].sightedNanos;
        }
        for (int i = 0; i < announcedCount; i++) {
            Sighting other = announced[i].other;
            read ^= other == null ? 0 : other.source ^ other.sightedNanos;
        }
        fetched = read;
        announcedCount = 0;
    }

    /** Removes a bounded number of expired mappings; returns whether none is left. */
    public boolean expire(long nowNanos) {
        return sightings.expire(EXPIRED_LIMIT, nowNanos);
    }

    /** How many mappings there are, including expired ones that are not removed yet. */
    public int mappings() {
        return sightings.pairs();
    }

    /** A page of the live mappings that begins at {@code from}: 0, or {@link MappingPage#next} of the page before. */
    public MappingPage page(int from, long nowNanos) {
        return sightings.page(from, nowNanos);
    }

    public NatProfile profile() {
        return profile.report();
    }

    /** The NAT process may be a different one. */
    public void forgetProfile() {
        profile.reset();
    }

    /** How many links of hash chains look-ups have followed: their cost, independent of the clock. */
    long steps() {
        return sightings.steps();
    }

    /** How many sightings were removed to make room for others. */
    public long evictions() {
        return sightings.evictions();
    }
}
