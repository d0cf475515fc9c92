package io.github.natexd.mapping;

import io.github.natexd.report.NatProfile.Known;
import io.github.natexd.wire.Probe;
import io.github.natexd.wire.ReadProbe;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds a quoted probe that was not seen leaving the host, among the guests' sightings alone: a NAT process that sends
 * through a packet socket leaves no other sighting. The host's own sockets do pass the hook, so natexd does not mistake
 * their probes for a guest's once it has seen all that the host sent.
 */
final class Unseen {
    private final Sightings sightings;
    private final Profile profile;
    private final Predicate<Sighting> takes = this::consider;
    private Probe quoted = new ReadProbe();
    private boolean complete;

    /** The sighting that fits best. */
    @Nullable
    Sighting best;

    /** Others fit as well, so the IP ID is not known. */
    boolean severalProbes;

    private int bestAgreeing;
    private boolean severalSenders;

    Unseen(Sightings sightings, Profile profile) {
        this.sightings = sightings;
        this.profile = profile;
    }

    /** Searches; after CERTAIN and LIKELY, {@link #best} is the guest's sighting. */
    Match find(Probe itsQuoted, long nowNanos) {
        quoted = itsQuoted;
        complete = sightings.hasAllOfHost(nowNanos);
        best = null;
        bestAgreeing = 0;
        boolean readAll = sightings.ofGuests(itsQuoted.classKey(), sightings.liveSince(nowNanos), takes);
        Sighting guests = best;
        if (guests == null) {
            return Match.UNKNOWN;
        }
        if (severalSenders) {
            return Match.AMBIGUOUS;
        }
        boolean seenLeaving = profile.seenLeaving(guests.isUdp()) == Known.YES;
        boolean full = complete && isEnoughWithPort(bestAgreeing);
        if (full && readAll) {
            profile.learnUnseen(guests, itsQuoted);
        }
        return full
                ? (readAll && !seenLeaving ? Match.CERTAIN : Match.LIKELY)
                : seenLeaving ? Match.UNKNOWN : Match.LIKELY;
    }

    /** Always returns false: it has no limit for those that fit. */
    private boolean consider(Sighting guests) {
        int agreeing = agreeing(guests, quoted);
        int better = Evidence.pieces(agreeing) - Evidence.pieces(bestAgreeing);
        if (better > 0) {
            best = guests;
            bestAgreeing = agreeing;
            severalSenders = false;
            severalProbes = false;
        } else if (better == 0 && best != null) {
            severalSenders |= !guests.sameSender(best);
            severalProbes = true;
        }
        return false;
    }

    /** Returns the pieces that agree if they are enough, else 0. */
    private int agreeing(Sighting guests, Probe probe) {
        // No router raises the TTL, so a probe that is quoted with a larger TTL is not this one.
        if (probe.timeToLive > guests.timeToLive) {
            return 0;
        }
        int agreeing = Evidence.ofQuote(guests, probe);
        boolean content = complete && (agreeing & Evidence.CONTENT) != 0;
        return content || isEnoughWithPort(agreeing) ? agreeing : 0;
    }

    private static boolean isEnoughWithPort(int agreeing) {
        return (agreeing & Evidence.PORT) != 0 && Evidence.pieces(agreeing) >= Evidence.CERTAIN_PIECES;
    }
}
