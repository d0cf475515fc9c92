package io.github.natexd.mapping;

import io.github.natexd.report.NatProfile;
import io.github.natexd.report.NatProfile.Known;
import io.github.natexd.wire.Probe;

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

    // The traits, as in a report. A quoted probe that was not seen leaving shows the first two, a pair the first three.
    private static final int PORT_KEPT = 0;
    private static final int IDENTIFICATION_KEPT = 1;
    private static final int TTL_KEPT = 2;
    private static final int SEEN_LEAVING = 3;

    private Trait[] udp = traits();
    private Trait[] echo = traits();
    private int uid = ROOT;

    private static final class Trait {
        private Known last = Known.UNKNOWN;
        private Known before = Known.UNKNOWN;
        private long yes;
        private long no;

        void note(Known shown) {
            if (shown == Known.UNKNOWN) {
                return;
            }
            before = last;
            last = shown;
            yes += shown == Known.YES ? 1 : 0;
            no += shown == Known.NO ? 1 : 0;
        }

        Known known() {
            return before == Known.UNKNOWN || before == last ? last : Known.MIXED;
        }

        NatProfile.Trait report() {
            return new NatProfile.Trait(known(), yes, no);
        }
    }

    private static Trait[] traits() {
        return new Trait[] {new Trait(), new Trait(), new Trait(), new Trait()};
    }

    void reset() {
        udp = traits();
        echo = traits();
        uid = ROOT;
    }

    private Trait of(boolean isUdp, int trait) {
        return (isUdp ? udp : echo)[trait];
    }

    /** What a guest's sighting and the probe outside, as it left or was quoted, show of a trait. */
    private static Known shown(int trait, Sighting guests, Probe outside) {
        return switch (trait) {
            case PORT_KEPT -> known(guests.sourcePort == outside.sourcePort);
            case IDENTIFICATION_KEPT ->
                guests.identification == 0 ? Known.UNKNOWN : known(guests.identification == outside.identification);
            default -> known(guests.timeToLive == outside.timeToLive);
        };
    }

    private static Known known(boolean holds) {
        return holds ? Known.YES : Known.NO;
    }

    /** The kernel reported a sender that is not the NAT process's user. */
    boolean isForeign(int sender) {
        return sender != Mapper.NO_UID && sender != uid;
    }

    /** Learns from a pair, once. If port and IP ID agree, it also shows the user of the NAT process. */
    void learn(Sighting guests, Sighting leaving) {
        if (leaving.learned) {
            return;
        }
        leaving.learned = true;
        learn(guests, leaving, TTL_KEPT, Known.YES);
        if (leaving.uid != Mapper.NO_UID && Evidence.outweighsTheUser(Evidence.of(guests, leaving))) {
            uid = leaving.uid;
        }
    }

    /** Learns, once, from a guest's probe that a router quotes although it was not seen leaving. */
    void learnUnseen(Sighting guests, Probe quoted) {
        if (!guests.learned) {
            guests.learned = true;
            learn(guests, quoted, IDENTIFICATION_KEPT, Known.NO);
        }
    }

    private void learn(Sighting guests, Probe outside, int last, Known seenLeaving) {
        for (int trait = PORT_KEPT; trait <= last; trait++) {
            of(guests.isUdp(), trait).note(shown(trait, guests, outside));
        }
        of(guests.isUdp(), SEEN_LEAVING).note(seenLeaving);
    }

    /** How many known traits contradict this pair. */
    int contradictions(Sighting guests, Sighting leaving) {
        int count = 0;
        for (int trait = PORT_KEPT; trait <= TTL_KEPT; trait++) {
            Known known = of(guests.isUdp(), trait).known();
            Known shown = shown(trait, guests, leaving);
            count += (known == Known.YES && shown == Known.NO) || (known == Known.NO && shown == Known.YES) ? 1 : 0;
        }
        return count;
    }

    /** The profile knows every trait that this pair shows, and agrees. */
    boolean expects(Sighting guests, Sighting leaving) {
        for (int trait = PORT_KEPT; trait <= TTL_KEPT; trait++) {
            Known shown = shown(trait, guests, leaving);
            if (shown != Known.UNKNOWN && shown != of(guests.isUdp(), trait).known()) {
                return false;
            }
        }
        return true;
    }

    /** No piece of evidence disagrees, except an IP ID behind a NAT process that is known to replace IP IDs. */
    boolean isWhole(Sighting guests, Sighting leaving) {
        boolean replaced = of(guests.isUdp(), IDENTIFICATION_KEPT).known() == Known.NO;
        return guests.sourcePort == leaving.sourcePort
                && (replaced || shown(IDENTIFICATION_KEPT, guests, leaving) != Known.NO)
                && (!guests.contentKnown || !leaving.contentKnown || guests.content == leaving.content);
    }

    /**
     * Whether the NAT process is expected to lower the TTL by {@code hops}. If the profile does not say, a NAT process
     * that keeps two pieces of evidence is expected to keep the TTL.
     */
    boolean expectsHops(boolean isUdp, int hops, int pieces) {
        return switch (of(isUdp, TTL_KEPT).known()) {
            case YES -> hops == 0;
            case NO -> hops == 1;
            case UNKNOWN, MIXED -> hops == 0 && pieces >= Evidence.CERTAIN_PIECES;
        };
    }

    /** Whether the rules see the probes that the NAT process sends. */
    Known seenLeaving(boolean isUdp) {
        return of(isUdp, SEEN_LEAVING).known();
    }

    NatProfile report() {
        return new NatProfile(report(udp), report(echo));
    }

    private static NatProfile.Traits report(Trait[] of) {
        return new NatProfile.Traits(of[0].report(), of[1].report(), of[2].report(), of[3].report());
    }
}
