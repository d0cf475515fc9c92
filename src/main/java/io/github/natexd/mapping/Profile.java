package io.github.natexd.mapping;

import io.github.natexd.mapping.NatProfile.Known;

/**
 * What is known of the NAT process, per protocol: what the last two pairs showed of each trait. A pair that contradicts
 * makes the trait {@link Known#MIXED}, a second one in a row reverses it; nothing else does, and nothing ages.
 *
 * <p>The profile lowers the grade of a pair that contradicts it, and says which TTL to expect. It never raises a grade.
 */
final class Profile {
    /** As whom VMware starts its NAT process. */
    private static final int ROOT = 0;

    private Traits udp = new Traits();
    private Traits echo = new Traits();
    private int uid = ROOT;

    /** What is known of one protocol's probes. */
    private static final class Traits {
        final Trait portKept = new Trait();
        final Trait identificationKept = new Trait();
        final Trait ttlKept = new Trait();
        final Trait seenLeaving = new Trait();

        NatProfile.Traits report() {
            return new NatProfile.Traits(
                    portKept.report(), identificationKept.report(), ttlKept.report(), seenLeaving.report());
        }
    }

    private static final class Trait {
        private Known last = Known.UNKNOWN;
        private Known before = Known.UNKNOWN;
        private long yes;
        private long no;

        void note(boolean holds) {
            before = last;
            last = holds ? Known.YES : Known.NO;
            yes += holds ? 1 : 0;
            no += holds ? 0 : 1;
        }

        Known known() {
            return before == Known.UNKNOWN || before == last ? last : Known.MIXED;
        }

        boolean contradicts(boolean holds) {
            return known() == (holds ? Known.NO : Known.YES);
        }

        boolean expects(boolean holds) {
            return known() == (holds ? Known.YES : Known.NO);
        }

        NatProfile.Trait report() {
            return new NatProfile.Trait(known(), yes, no);
        }
    }

    /** Another NAT process has come. */
    void reset() {
        udp = new Traits();
        echo = new Traits();
        uid = ROOT;
    }

    private Traits of(boolean isUdp) {
        return isUdp ? udp : echo;
    }

    /** The sender is known not to be the NAT process's user. */
    boolean isForeign(int sender) {
        return sender != Mapper.NO_UID && sender != uid;
    }

    /** A pair. One whose port and IP ID agree shows as whom the NAT process sends, too. */
    void learn(Sighting guests, Sighting leaving) {
        learnHeader(guests, leaving.sourcePort, leaving.identification);
        Traits traits = of(guests.isUdp());
        traits.ttlKept.note(Evidence.hops(guests, leaving) == 0);
        traits.seenLeaving.note(true);
        if (leaving.uid != Mapper.NO_UID && Pairing.outweighsTheUser(Evidence.of(guests, leaving))) {
            uid = leaving.uid;
        }
    }

    /** A router quotes a guest's probe that was not seen leaving. */
    void learnUnseen(Sighting guests, Probe quoted) {
        learnHeader(guests, quoted.sourcePort, quoted.identification);
        of(guests.isUdp()).seenLeaving.note(false);
    }

    private void learnHeader(Sighting guests, int port, int identification) {
        Traits traits = of(guests.isUdp());
        traits.portKept.note(guests.sourcePort == port);
        if (guests.identification != 0) {
            traits.identificationKept.note(guests.identification == identification);
        }
    }

    /** How many traits that are known speak against the two being of the same probe. */
    int contradictions(Sighting guests, Sighting leaving) {
        Traits traits = of(guests.isUdp());
        boolean sameIdentification = guests.identification == leaving.identification;
        int count = traits.portKept.contradicts(guests.sourcePort == leaving.sourcePort) ? 1 : 0;
        count += guests.identification != 0 && traits.identificationKept.contradicts(sameIdentification) ? 1 : 0;
        return count + (traits.ttlKept.contradicts(Evidence.hops(guests, leaving) == 0) ? 1 : 0);
    }

    /** No piece of evidence disagrees, but for an IP ID where this NAT process is known to replace them. */
    boolean isWhole(Sighting guests, Sighting leaving) {
        boolean replaced = of(guests.isUdp()).identificationKept.known() == Known.NO;
        return guests.sourcePort == leaving.sourcePort
                && (replaced || guests.identification == 0 || guests.identification == leaving.identification)
                && (!guests.contentKnown || !leaving.contentKnown || guests.content == leaving.content);
    }

    /** All that can be known of this pair is known, and speaks for it. */
    boolean expects(Sighting guests, Sighting leaving) {
        Traits traits = of(guests.isUdp());
        boolean sameIdentification = guests.identification == leaving.identification;
        return traits.portKept.expects(guests.sourcePort == leaving.sourcePort)
                && (guests.identification == 0 || traits.identificationKept.expects(sameIdentification))
                && traits.ttlKept.expects(Evidence.hops(guests, leaving) == 0);
    }

    /**
     * Whether the NAT process takes so much from the TTL, as far as one can expect it. Where the profile does not say, a
     * NAT process that leaves two pieces of evidence is expected to leave the TTL alone, too.
     */
    boolean expectsHops(boolean isUdp, int hops, int pieces) {
        return switch (of(isUdp).ttlKept.known()) {
            case YES -> hops == 0;
            case NO -> hops == 1;
            case UNKNOWN, MIXED -> hops == 0 && pieces >= Evidence.CERTAIN_PIECES;
        };
    }

    /** Whether the rules see what the NAT process sends. */
    Known seenLeaving(boolean isUdp) {
        return of(isUdp).seenLeaving.known();
    }

    NatProfile report() {
        return new NatProfile(udp.report(), echo.report());
    }
}
