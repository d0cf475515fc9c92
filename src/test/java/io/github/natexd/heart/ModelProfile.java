package io.github.natexd.heart;

import io.github.natexd.heart.ModelPairing.GuestSeen;
import io.github.natexd.heart.ModelPairing.LeftSeen;
import io.github.natexd.report.NatProfile.Known;
import org.jspecify.annotations.Nullable;

/**
 * The third rule in {@link HeartModel}: a small profile describes the NAT, and can only lower a grade or break a tie.
 */
final class ModelProfile {
    static final int NO_UID = -1;
    private static final int ROOT = 0;

    /** The results of the last two pairs that showed something about the trait. */
    static final class Trait {
        private @Nullable Boolean last;
        private @Nullable Boolean before;

        void shows(boolean yes) {
            before = last;
            last = yes;
        }

        Known known() {
            if (last == null) {
                return Known.UNKNOWN;
            }
            if (before != null && !before.equals(last)) {
                return Known.MIXED;
            }
            return last ? Known.YES : Known.NO;
        }

        boolean says(boolean yes) {
            return known() == (yes ? Known.YES : Known.NO);
        }

        boolean contradicts(boolean yes) {
            return known() == (yes ? Known.NO : Known.YES);
        }
    }

    static final class Traits {
        final Trait portKept = new Trait();
        final Trait idKept = new Trait();
        final Trait ttlKept = new Trait();
        final Trait seenLeaving = new Trait();
    }

    private Traits udp = new Traits();
    private Traits echo = new Traits();
    private int natUser = ROOT;

    /** Forgets everything; returns whether the NAT process's user was not root. */
    boolean forget() {
        boolean wasAnother = natUser != ROOT;
        udp = new Traits();
        echo = new Traits();
        natUser = ROOT;
        return wasAnother;
    }

    Traits of(int protocol) {
        return protocol == Sent.UDP ? udp : echo;
    }

    boolean isAnothers(int uid) {
        return uid != NO_UID && uid != natUser;
    }

    int contradictions(GuestSeen guest, LeftSeen left) {
        Traits traits = of(left.probe.protocol());
        boolean id = guest.probe.id() != 0 && traits.idKept.contradicts(guest.probe.sameId(left.probe));
        return (traits.portKept.contradicts(guest.probe.samePort(left.probe)) ? 1 : 0)
                + (id ? 1 : 0)
                + (traits.ttlKept.contradicts(guest.probe.ttl() == left.probe.ttl()) ? 1 : 0);
    }

    boolean isAsKnown(GuestSeen guest, LeftSeen left) {
        Traits traits = of(left.probe.protocol());
        return traits.portKept.says(guest.probe.samePort(left.probe))
                && (guest.probe.id() == 0 || traits.idKept.says(guest.probe.sameId(left.probe)))
                && traits.ttlKept.says(guest.probe.ttl() == left.probe.ttl());
    }

    void teach(GuestSeen guest, LeftSeen left) {
        if (left.taught) {
            return;
        }
        left.taught = true;
        if (guest.probe.samePort(left.probe) && guest.probe.sameId(left.probe) && left.uid != NO_UID) {
            natUser = left.uid;
        }
        Traits traits = of(left.probe.protocol());
        traits.portKept.shows(guest.probe.samePort(left.probe));
        if (guest.probe.id() != 0) {
            traits.idKept.shows(guest.probe.sameId(left.probe));
        }
        traits.ttlKept.shows(guest.probe.ttl() == left.probe.ttl());
        traits.seenLeaving.shows(true);
    }

    void teachUnseen(GuestSeen guest, Sent quoted) {
        if (guest.taught) {
            return;
        }
        guest.taught = true;
        Traits traits = of(quoted.protocol());
        traits.portKept.shows(guest.probe.samePort(quoted));
        if (guest.probe.id() != 0) {
            traits.idKept.shows(guest.probe.sameId(quoted));
        }
        traits.seenLeaving.shows(false);
    }
}
