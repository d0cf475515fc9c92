package io.github.natexd.mapping;

import io.github.natexd.report.NatProfile.Known;
import org.jspecify.annotations.Nullable;

/**
 * Finds a quoted probe that was not seen leaving the host, among the guests' sightings alone: a NAT process that sends
 * through a packet socket leaves no other sighting. The host's own sockets do pass the hook, so natexd does not mistake
 * their probes for a guest's once it has seen all that the host sent.
 */
final class Unseen {
    /** How many sightings are read at most: of one guest, and in all. */
    private static final int READ_LIMIT_PER_GUEST = 64;

    private static final int READ_LIMIT = 128;

    private final Sightings sightings;
    private final Profile profile;
    private @Nullable Sighting best;
    private int bestAgreeing;
    private boolean severalSenders;
    private boolean severalProbes;

    Unseen(Sightings sightings, Profile profile) {
        this.sightings = sightings;
        this.profile = profile;
    }

    /**
     * @param complete natexd sighted all that the host sent within a lifetime, so the quoted probe is not the host's
     */
    Match find(Probe quoted, long sinceNanos, boolean complete) {
        search(quoted, sinceNanos, complete);
        Sighting guests = best;
        if (guests == null) {
            return Match.UNKNOWN;
        }
        if (severalSenders) {
            return Match.AMBIGUOUS;
        }
        Known seenLeaving = profile.seenLeaving(guests.isUdp());
        boolean full = complete && isEnoughWithPort(bestAgreeing);
        if (full && !guests.learned) {
            guests.learned = true;
            profile.learnUnseen(guests, quoted);
        }
        if (seenLeaving == Known.YES) {
            return full ? Match.LIKELY : Match.UNKNOWN;
        }
        return full ? Match.CERTAIN : Match.LIKELY;
    }

    private void search(Probe quoted, long sinceNanos, boolean complete) {
        best = null;
        bestAgreeing = 0;
        int left = READ_LIMIT;
        for (int guest = sightings.firstGuest(sinceNanos);
                guest != Sightings.NOBODY && left > 0;
                guest = sightings.nextGuest(guest, sinceNanos)) {
            left--;
            int leftOfGuest = Math.min(READ_LIMIT_PER_GUEST, left);
            for (Sighting at = sightings.firstOf(guest, quoted.classKey(), sinceNanos);
                    at != null && leftOfGuest > 0;
                    at = sightings.nextOf(at, sinceNanos)) {
                leftOfGuest--;
                left--;
                consider(at, agreeing(at, quoted, complete));
            }
        }
    }

    /** Returns the pieces that agree if they are enough, else 0. */
    private static int agreeing(Sighting guests, Probe quoted, boolean complete) {
        // No router raises the TTL, so a probe that is quoted with a larger TTL is not this one.
        if (quoted.timeToLive > guests.timeToLive) {
            return 0;
        }
        int agreeing = Evidence.ofQuote(guests, quoted);
        boolean content = complete && (agreeing & Evidence.CONTENT) != 0;
        return content || isEnoughWithPort(agreeing) ? agreeing : 0;
    }

    private static boolean isEnoughWithPort(int agreeing) {
        return (agreeing & Evidence.PORT) != 0 && Evidence.pieces(agreeing) >= Evidence.CERTAIN_PIECES;
    }

    private void consider(Sighting guests, int agreeing) {
        int pieces = Evidence.pieces(agreeing);
        int bestPieces = Evidence.pieces(bestAgreeing);
        if (pieces == 0 || pieces < bestPieces) {
            return;
        }
        if (best == null || pieces > bestPieces) {
            best = guests;
            bestAgreeing = agreeing;
            severalSenders = false;
            severalProbes = false;
        } else {
            severalSenders |= !guests.sameSender(best);
            severalProbes = true;
        }
    }

    @Nullable
    Sighting found() {
        return best;
    }

    /** No other sighting fits as well, so the IP ID is known as well. */
    boolean isOneProbe() {
        return !severalProbes;
    }
}
