package io.github.natexd.heart;

import io.github.natexd.heart.ModelPairing.Grade;
import io.github.natexd.heart.ModelPairing.GuestSeen;
import io.github.natexd.heart.ModelPairing.LeftSeen;
import io.github.natexd.heart.ModelPairing.Weighed;
import io.github.natexd.report.NatProfile.Known;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The result of the second rule in {@link HeartModel}: whose probe an error quotes, and with which grade. */
final class ModelFinding {
    private static final long MILLI = 1_000_000;
    private static final long OPEN = 10 * MILLI;
    private static final long LATEST_GUEST = 20 * MILLI;
    private static final long START = 1000 * MILLI;
    private static final int MOST_SEARCHED = 64;
    private static final int MOST_KEPT = 4;

    record Found(Grade grade, @Nullable GuestSeen guest, boolean idPutBack, long until) {
        static Found nobody(Grade grade) {
            return new Found(grade, null, false, 0);
        }
    }

    private final ModelPairing pairing;
    private final ModelProfile profile;
    private boolean byVerdict;
    private long completeFrom;

    ModelFinding(ModelPairing pairing, ModelProfile profile, long start) {
        this.pairing = pairing;
        this.profile = profile;
        completeFrom = start + START;
    }

    void byVerdict(boolean now) {
        byVerdict = now;
    }

    boolean byVerdict() {
        return byVerdict;
    }

    void rulesChange(long now) {
        completeFrom = Math.max(completeFrom, now + START);
    }

    /** Sightings were lost: until all probes of that time have expired, a probe that left may be unknown. */
    void lost(long now, long lifetime) {
        completeFrom = Math.max(completeFrom, now + lifetime);
    }

    Found find(Sent quoted, long arrived, long now, boolean last) {
        for (int kept = 0; ; kept++) {
            List<LeftSeen> fitting = new ArrayList<>();
            int searched = 0;
            int best = 0;
            for (int i = pairing.lefts.size() - 1; i >= 0; i--) {
                LeftSeen left = pairing.lefts.get(i);
                if (!left.probe.sameTuple(quoted) || ++searched > MOST_SEARCHED) {
                    continue;
                }
                int fit = (left.probe.id() == quoted.id() ? 2 : 0) + (contentFits(quoted, left) ? 1 : 0);
                if (fit > best) {
                    fitting.clear();
                    best = fit;
                }
                if (fit == best) {
                    fitting.add(left);
                }
            }
            if (searched == 0) {
                return findUnseen(quoted, arrived, now, last);
            }
            LeftSeen unpaired = null;
            for (LeftSeen left : fitting) {
                unpaired = unpaired == null && left.pair == null ? left : unpaired;
            }
            if (unpaired == null || kept == MOST_KEPT) {
                boolean all = unpaired == null && searched <= MOST_SEARCHED;
                fitting.removeIf(left -> left.pair == null);
                return amongPairs(quoted, fitting, best > 0 && all);
            }
            Weighed weighed = pairing.weigh(unpaired);
            if (weighed.grade() == Grade.CERTAIN) {
                pairing.keep(weighed);
                continue;
            }
            boolean plain = weighed.grade() == Grade.LIKELY
                    && weighed.only()
                    && weighed.guest() != null
                    && profile.isAsKnown(weighed.guest(), unpaired);
            long until = Math.min(weighed.newest(), arrived + LATEST_GUEST) + OPEN;
            if (!last && now < until && !profile.isAnothers(unpaired.uid) && !plain) {
                return new Found(Grade.OPEN, null, false, until);
            }
            boolean hosts = weighed.grade() == Grade.HOST
                    && profile.of(quoted.protocol()).seenLeaving.known() == Known.NO;
            if (weighed.only() && weighed.guest() != null && !hosts) {
                profile.teach(weighed.guest(), unpaired);
            }
            return decided(quoted, unpaired, weighed, fitting);
        }
    }

    /** A probe that left may not have shown its content; then the guest's probe that is its pair shows it. */
    private static boolean contentFits(Sent quoted, LeftSeen left) {
        GuestSeen pair = left.pair;
        Sent known = left.probe.contentKnown() || pair == null ? left.probe : pair.probe;
        return quoted.sameContent(known);
    }

    private static Found amongPairs(Sent quoted, List<LeftSeen> fitting, boolean certain) {
        GuestSeen newest = fitting.get(0).pair;
        boolean idPutBack = true;
        for (LeftSeen left : fitting) {
            GuestSeen pair = left.pair;
            if (newest == null || pair == null || !pair.sameSender(newest)) {
                return Found.nobody(Grade.AMBIGUOUS);
            }
            idPutBack &= left.probe.id() == quoted.id() && pair.probe.id() == newest.probe.id();
        }
        return new Found(certain ? Grade.CERTAIN : Grade.LIKELY, newest, idPutBack, 0);
    }

    private static Found decided(Sent quoted, LeftSeen unpaired, Weighed weighed, List<LeftSeen> fitting) {
        GuestSeen guest = weighed.guest();
        boolean likely = weighed.grade() == Grade.LIKELY;
        long others = fitting.stream().filter(left -> left.pair == null).count() - 1;
        if (likely
                && others > 0
                && !weighed.guests().stream()
                        .allMatch(other -> other.sameSender(weighed.guests().get(0)))) {
            return Found.nobody(Grade.AMBIGUOUS);
        }
        GuestSeen newestPair = null;
        for (LeftSeen left : fitting) {
            GuestSeen pair = left.pair;
            if (pair != null) {
                if (!likely || guest == null || !pair.sameSender(guest)) {
                    return Found.nobody(Grade.AMBIGUOUS);
                }
                newestPair = newestPair == null ? pair : newestPair;
            }
        }
        if (newestPair != null) {
            return new Found(Grade.LIKELY, newestPair, false, 0);
        }
        return new Found(weighed.grade(), guest, unpaired.probe.id() == quoted.id(), 0);
    }

    private Found findUnseen(Sent quoted, long arrived, long now, boolean last) {
        if (byVerdict) {
            return Found.nobody(Grade.UNKNOWN);
        }
        boolean complete = now - completeFrom >= 0;
        Known seenLeaving = profile.of(quoted.protocol()).seenLeaving.known();
        int best = 0;
        GuestSeen newest = null;
        boolean severalSenders = false;
        boolean idPutBack = true;
        for (int i = pairing.guests.size() - 1; i >= 0; i--) {
            GuestSeen guest = pairing.guests.get(i);
            Sent sent = guest.probe;
            boolean port = sent.samePort(quoted);
            int pieces = sent.pieces(quoted);
            boolean fits = port && pieces >= 2 || sent.sameContent(quoted) && complete;
            if (guest.paired || !sent.sameClass(quoted) || quoted.ttl() > sent.ttl() || !fits) {
                continue;
            }
            if (pieces > best) {
                best = pieces;
                newest = guest;
                severalSenders = false;
                idPutBack = true;
            } else if (pieces == best && newest != null) {
                severalSenders |= !newest.sameSender(guest);
                idPutBack = false;
            }
        }
        if (newest == null) {
            long until = arrived + OPEN;
            boolean open = !last && now < until && (seenLeaving == Known.NO || seenLeaving == Known.MIXED);
            return new Found(open ? Grade.OPEN : Grade.UNKNOWN, null, false, until);
        }
        if (severalSenders) {
            return Found.nobody(Grade.AMBIGUOUS);
        }
        boolean certain = newest.probe.samePort(quoted) && complete;
        if (certain) {
            profile.teachUnseen(newest, quoted);
        }
        if (seenLeaving == Known.YES) {
            return certain ? new Found(Grade.LIKELY, newest, idPutBack, 0) : Found.nobody(Grade.UNKNOWN);
        }
        return new Found(certain ? Grade.CERTAIN : Grade.LIKELY, newest, idPutBack, 0);
    }
}
