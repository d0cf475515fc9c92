package io.github.natexd.mapping;

import io.github.natexd.mapping.NatProfile.Known;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Returns which guest sent the probe that an error quotes, and how certain that is.
 *
 * <p>A probe is sighted twice, in either order: on the guest network and leaving the host. A pair that is certain is kept
 * as soon as both have been sighted. Whatever is less than certain is weighed anew for each error, from all that has been
 * sighted by then: see {@link Pairing}.
 */
public final class Mapper {
    /** The user id of a sender that the kernel did not name. */
    public static final int NO_UID = -1;

    /** After that long, whatever is sighted of a probe has been sighted. */
    public static final long SETTLED_NANOS = 10_000_000;

    /** Of the host's probes before the rules came, no error comes after that long. */
    private static final long UNSEEN_NANOS = 1_000_000_000;

    /** Probes of one quoted tuple that are read at the most. */
    private static final int READ_LIMIT = 64;

    /** Pairs that one look-up can make, one after the other. */
    private static final int ROUNDS_LIMIT = 4;

    /** Expired mappings of one guest that one {@link #expire} removes. */
    private static final int EXPIRED_LIMIT = 2048;

    /** More mappings than fit into the processor's nearest cache. */
    private static final int LARGE = 1024;

    private static final int SAME_IDENTIFICATION = 2;
    private static final int SAME_CONTENT = 1;

    private final Sightings sightings;
    private final Profile profile = new Profile();
    private final Pairing pairing;
    private final Unseen unseen;
    private boolean trustsUnseen = true;
    private long lifetimeNanos;
    private long lastSightedNanos;
    private long openUntilNanos;
    /** From then on everything that the host sent within a lifetime was sighted. */
    private long completeFromNanos;

    /** Those of the quoted tuple that fit best: how well, the newest without a pair, the guest's half of the newest with one. */
    private int fit;

    private @Nullable Sighting unpaired;
    private @Nullable Sighting paired;
    private boolean severalUnpaired;
    private boolean severalSenders;
    private boolean severalIdentifications;
    private boolean crowded;

    /** The result of the last look-up. */
    private @Nullable Sighting found;

    private boolean foundChanged;
    /** Of no meaning, but what is read must go somewhere, or it would not be read. */
    private int fetched;

    /**
     * @param capacity how many mappings there can be
     * @param lifetimeNanos how long after its sighting a probe can be quoted
     */
    public Mapper(int capacity, long lifetimeNanos, long nowNanos) {
        sightings = new Sightings(capacity, lifetimeNanos, nowNanos);
        pairing = new Pairing(sightings, profile);
        unseen = new Unseen(sightings, profile);
        this.lifetimeNanos = lifetimeNanos;
        lastSightedNanos = nowNanos;
        completeFromNanos = nowNanos + UNSEEN_NANOS;
    }

    /** How long after its sighting a probe can be quoted, from now on; those sighted already included. */
    public void lifetime(long nanos, long nowNanos) {
        if (nanos > lifetimeNanos) {
            completeFromNanos = nowNanos + nanos; // what lived too short may be gone
        }
        lifetimeNanos = nanos;
        sightings.lifetime(nanos);
    }

    /**
     * Whether a quoted probe that was not seen leaving may be a guest's. Not where errors are read before the host's own NAT
     * has seen them: then they may quote what the host forwarded for others.
     */
    public void trustsUnseen(boolean trusts) {
        trustsUnseen = trusts;
    }

    /** A guest's probe was seen on the guest network. */
    public void guestSighted(Probe probe, long guestMac, long gatewayMac, long nowNanos) {
        Sighting guests = sightings.addGuests(probe, guestMac, gatewayMac, inOrder(nowNanos));
        long since = guests.sightedNanos - Evidence.LEAVING_LEAD_NANOS;
        Sighting leaving = sightings.firstOf(Shares.HOST, probe.classKey(), since);
        for (int read = 0; leaving != null && read < Pairing.LEAVING_LIMIT; read++) {
            int agreeing = Evidence.of(guests, leaving);
            if (agreeing != Evidence.IMPOSSIBLE && Evidence.pieces(agreeing) >= Evidence.CERTAIN_PIECES) {
                bindIfWhole(leaving);
                return;
            }
            leaving = sightings.nextOf(leaving, since);
        }
    }

    /** A probe was seen leaving the host; {@code uid} owns the sending socket, {@link #NO_UID} where the kernel did not say. */
    public void egressSighted(Probe probe, int uid, long nowNanos) {
        bindIfWhole(sightings.addLeaving(probe, uid, inOrder(nowNanos)));
    }

    /** Sightings of one moment keep their order: one nanosecond lies between them. */
    private long inOrder(long nowNanos) {
        lastSightedNanos = nowNanos - lastSightedNanos > 0 ? nowNanos : lastSightedNanos + 1;
        return lastSightedNanos;
    }

    /** The rules that show leaving probes came, or may have been gone: some of a moment ago were not seen. */
    public void egressUnseen(long nowNanos) {
        long from = nowNanos + UNSEEN_NANOS;
        completeFromNanos = from - completeFromNanos > 0 ? from : completeFromNanos;
    }

    /** Copies of probes leaving the host were lost: for a lifetime, "not sighted leaving" proves nothing. */
    public void egressLost(long nowNanos) {
        completeFromNanos = nowNanos + lifetimeNanos;
    }

    /** Something better may be sighted in this turn: what is not whole is left to the error, which comes later. */
    private void bindIfWhole(Sighting leaving) {
        if (pairing.weigh(leaving) == Match.CERTAIN && profile.isWhole(pairing.guestOf(leaving), leaving)) {
            bind();
        }
    }

    /** What was weighed last is certain. */
    private void bind() {
        for (int i = 0; i < pairing.pairs(); i++) {
            Sighting leaving = pairing.pairedLeaving(i);
            if (!leaving.learned) {
                profile.learn(pairing.pairedGuest(i), leaving);
            }
            sightings.pair(pairing.pairedGuest(i), leaving);
        }
    }

    /**
     * Finds who sent the quoted probe; after CERTAIN and LIKELY, {@link #found} has the rest.
     *
     * @param last no other sighting is waited for: OPEN is not returned
     */
    public Match find(Probe quoted, long nowNanos, boolean last) {
        scan(quoted, nowNanos);
        // What becomes a pair now is found by the next scan.
        int rounds = 0;
        for (Sighting open = unpaired; open != null && rounds < ROUNDS_LIMIT; open = unpaired, rounds++) {
            Match match = pairing.weigh(open);
            if (match != Match.CERTAIN) {
                return undecided(open, match, quoted, nowNanos, last);
            }
            bind();
            scan(quoted, nowNanos);
        }
        if (paired == null) {
            return trustsUnseen ? withoutLeaving(quoted, nowNanos, last) : Match.UNKNOWN;
        }
        if (severalSenders) {
            return Match.AMBIGUOUS;
        }
        // Another IP ID: a router altered it, so the guest's is not put back.
        found(paired, quoted, fit >= SAME_IDENTIFICATION && !severalIdentifications);
        return fit > 0 && !crowded && unpaired == null ? Match.CERTAIN : Match.LIKELY;
    }

    private void found(@Nullable Sighting guests, Probe quoted, boolean identified) {
        found = guests;
        foundChanged = identified && guests != null && guests.identification != quoted.identification;
    }

    /** Looks for the probes of the quoted tuple, the newest first, and keeps those that fit the quote best. */
    private void scan(Probe quoted, long nowNanos) {
        fit = -1;
        unpaired = null;
        paired = null;
        crowded = false;
        int read = 0;
        for (Sighting at = sightings.firstQuoted(quoted);
                at != null && !sightings.expired(at, nowNanos);
                at = sightings.nextQuoted(at)) {
            if (++read > READ_LIMIT) {
                crowded = true;
                return;
            }
            if (at.sameKey(quoted)) {
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

    /** The quoted probe may be one without a pair, and nothing certain came of weighing it. */
    private Match undecided(Sighting leaving, Match weighed, Probe quoted, long nowNanos, boolean last) {
        openUntilNanos = leaving.sightedNanos + SETTLED_NANOS;
        if (!last && nowNanos - openUntilNanos < 0 && mayChange(leaving, weighed)) {
            return Match.OPEN;
        }
        // What leaves is the host's where the NAT process is known not to be seen leaving: nothing is learned from it.
        boolean hosts = weighed == Match.HOST && profile.seenLeaving(leaving.isUdp()) == NatProfile.Known.NO;
        if (pairing.isOnly() && !leaving.learned && !hosts) {
            leaving.learned = true;
            profile.learn(pairing.guestOf(leaving), leaving);
        }
        // By order, each of several without a pair would be another sender's, and any of them may be quoted.
        boolean likely = weighed == Match.LIKELY && (!severalUnpaired || pairing.isOfOneSender());
        if (paired == null) {
            found(likely ? pairing.guestOf(leaving) : null, quoted, fit >= SAME_IDENTIFICATION);
            return likely ? Match.LIKELY : weighed == Match.LIKELY ? Match.AMBIGUOUS : weighed;
        }
        found(paired, quoted, false);
        boolean sameSender = !severalSenders && likely && paired.sameSender(pairing.guestOf(leaving));
        return sameSender ? Match.LIKELY : Match.AMBIGUOUS;
    }

    /** Another sighting may still come that matters: not for another user's probe, nor for a pair as this NAT makes them. */
    private boolean mayChange(Sighting leaving, Match weighed) {
        boolean expected =
                weighed == Match.LIKELY && pairing.isOnly() && profile.expects(pairing.guestOf(leaving), leaving);
        return !expected && !profile.isForeign(leaving.uid);
    }

    /** What natexd knows of guests only: a NAT process that sends by packet socket passes no hook. */
    private Match withoutLeaving(Probe quoted, long nowNanos, boolean last) {
        boolean complete = nowNanos - completeFromNanos >= 0 && sightings.hasAllOfHost(nowNanos);
        Match match = unseen.find(quoted, nowNanos - lifetimeNanos, complete);
        found(unseen.found(), quoted, unseen.isOneProbe());
        Known seenLeaving = profile.seenLeaving(quoted.isUdp());
        openUntilNanos = nowNanos + SETTLED_NANOS;
        boolean mayCome = seenLeaving == Known.NO || seenLeaving == Known.MIXED;
        return match == Match.UNKNOWN && mayCome && !last ? Match.OPEN : match;
    }

    /** After OPEN: when to ask for the last time. */
    public long openUntilNanos() {
        return openUntilNanos;
    }

    /** Whether {@link #fetch} is worth its time: looking each tuple up for itself would wait for memory. */
    public boolean isLarge() {
        return sightings.pairs() > LARGE;
    }

    /**
     * Says that {@link #find} will be asked for a probe of this tuple soon. Several look-ups announced in a row wait for
     * memory together; each for itself, they would wait one after the other.
     */
    public void fetch(int source, int destination, int sourcePort, int destinationPort, int protocol) {
        fetched ^= sightings.touch(source, destination, sourcePort, destinationPort, protocol);
    }

    /** The guest's probe that the last {@link #find} found, CERTAIN or LIKELY; valid until the next call. */
    public Sighting found() {
        return Objects.requireNonNull(found);
    }

    /** The NAT process changed the IP ID of this very probe (R26): only then it is reverted. */
    public boolean identificationChanged() {
        return foundChanged;
    }

    /** Removes a bounded number of expired mappings; returns whether none is left. */
    public boolean expire(long nowNanos) {
        return sightings.expire(EXPIRED_LIMIT, nowNanos);
    }

    /** How many mappings there are, expired ones that nobody has removed yet included. */
    public int mappings() {
        return sightings.pairs();
    }

    /**
     * A bounded part of the live mappings, for other threads.
     *
     * @param from 0, or the page before's {@link MappingPage#next}
     */
    public MappingPage page(int from, long nowNanos) {
        return sightings.page(from, nowNanos);
    }

    /** What is known of the NAT process. */
    public NatProfile profile() {
        return profile.report();
    }

    /** Another NAT process has come. */
    public void forgetProfile() {
        profile.reset();
    }

    /** Links of hash chains followed so far: what look-ups cost, whatever the clock says. */
    long steps() {
        return sightings.steps();
    }

    /** Sightings that went because there was no room for more. */
    public long evictions() {
        return sightings.evictions();
    }
}
