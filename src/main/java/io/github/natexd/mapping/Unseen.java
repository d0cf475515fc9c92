package io.github.natexd.mapping;

import io.github.natexd.mapping.NatProfile.Known;
import org.jspecify.annotations.Nullable;

/**
 * Finds a quoted probe that was not seen leaving the host among the guests' sightings alone: behind a NAT process that
 * sends by packet socket there is no other sighting. The host's own sockets do pass the hook, so nothing of theirs is
 * mistaken for a guest's once natexd has seen all that the host sent.
 */
final class Unseen {
    /** Sightings that are read at the most: of one guest, and of all. */
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

    /** @param complete whatever the host sent within a lifetime was sighted, so this is none of it */
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

    /** The pieces that agree if they are enough, else 0. */
    private static int agreeing(Sighting guests, Probe quoted, boolean complete) {
        // No router raises the TTL: a probe quoted with a larger one than the guest gave is not this one.
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

    /** Nothing else fits as well, so its IP ID is known, too. */
    boolean isOneProbe() {
        return !severalProbes;
    }
}
