package io.github.natexd.mapping;

import io.github.natexd.report.NatProfile;
import io.github.natexd.report.NatProfile.Known;

/**
 * What is known about the NAT process: for each protocol and trait, what the last two pairs showed. One contradicting
 * pair makes the trait {@link Known#MIXED}, a second one in a row reverses it. Nothing else changes it; nothing
 * expires.
 *
 * <p>The profile lowers the grade of pairs that contradict it, and says which TTL to expect. It never raises a grade.
 */
final class Profile {
    /** VMware starts its NAT process as this user. */
    private static final int ROOT = 0;

    private Traits udp = new Traits();
    private Traits echo = new Traits();
    private int uid = ROOT;

    /** What is known about the probes of one protocol. */
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

    /** The NAT process may be a different one. */
    void reset() {
        udp = new Traits();
        echo = new Traits();
        uid = ROOT;
    }

    private Traits of(boolean isUdp) {
        return isUdp ? udp : echo;
    }

    /** The kernel reported a sender that is not the NAT process's user. */
    boolean isForeign(int sender) {
        return sender != Mapper.NO_UID && sender != uid;
    }

    /** Learns from a pair. If port and IP ID agree, it also shows the user of the NAT process. */
    void learn(Sighting guests, Sighting leaving) {
        learnHeader(guests, leaving.sourcePort, leaving.identification);
        Traits traits = of(guests.isUdp());
        traits.ttlKept.note(Evidence.hops(guests, leaving) == 0);
        traits.seenLeaving.note(true);
        if (leaving.uid != Mapper.NO_UID && Pairing.outweighsTheUser(Evidence.of(guests, leaving))) {
            uid = leaving.uid;
        }
    }

    /** Learns from a guest's probe that a router quotes although it was not seen leaving. */
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

    /** How many known traits contradict this pair. */
    int contradictions(Sighting guests, Sighting leaving) {
        Traits traits = of(guests.isUdp());
        boolean sameIdentification = guests.identification == leaving.identification;
        int count = traits.portKept.contradicts(guests.sourcePort == leaving.sourcePort) ? 1 : 0;
        count += guests.identification != 0 && traits.identificationKept.contradicts(sameIdentification) ? 1 : 0;
        return count + (traits.ttlKept.contradicts(Evidence.hops(guests, leaving) == 0) ? 1 : 0);
    }

    /** No piece of evidence disagrees, except an IP ID behind a NAT process that is known to replace IP IDs. */
    boolean isWhole(Sighting guests, Sighting leaving) {
        boolean replaced = of(guests.isUdp()).identificationKept.known() == Known.NO;
        return guests.sourcePort == leaving.sourcePort
                && (replaced || guests.identification == 0 || guests.identification == leaving.identification)
                && (!guests.contentKnown || !leaving.contentKnown || guests.content == leaving.content);
    }

    /** The profile knows every trait that this pair shows, and agrees. */
    boolean expects(Sighting guests, Sighting leaving) {
        Traits traits = of(guests.isUdp());
        boolean sameIdentification = guests.identification == leaving.identification;
        return traits.portKept.expects(guests.sourcePort == leaving.sourcePort)
                && (guests.identification == 0 || traits.identificationKept.expects(sameIdentification))
                && traits.ttlKept.expects(Evidence.hops(guests, leaving) == 0);
    }

    /**
     * Whether the NAT process is expected to lower the TTL by {@code hops}. If the profile does not say, a NAT process
     * that keeps two pieces of evidence is expected to keep the TTL.
     */
    boolean expectsHops(boolean isUdp, int hops, int pieces) {
        return switch (of(isUdp).ttlKept.known()) {
            case YES -> hops == 0;
            case NO -> hops == 1;
            case UNKNOWN, MIXED -> hops == 0 && pieces >= Evidence.CERTAIN_PIECES;
        };
    }

    /** Whether the rules see the probes that the NAT process sends. */
    Known seenLeaving(boolean isUdp) {
        return of(isUdp).seenLeaving.known();
    }

    NatProfile report() {
        return new NatProfile(udp.report(), echo.report());
    }
}
