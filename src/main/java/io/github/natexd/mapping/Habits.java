package io.github.natexd.mapping;

import io.github.natexd.wire.Protocol;

/**
 * How the NAT process was seen to send: as which user, how far ahead of its guests, whether its probes keep the guest's
 * port or IP ID, and whether it takes one off the TTL. What is not known yet is assumed in favour of the host.
 */
final class Habits {
    /** How long a habit is taken for granted after it was last seen. */
    private static final long HABIT_NANOS = 60_000_000_000L;

    /** As whom VMware starts its NAT process; a certain pair teaches otherwise. */
    private static final int ROOT = 0;

    /** A wait of twice the longest lead of late: it varies, and whoever comes later still gets a copy. */
    private static final int LEAD_MARGIN = 2;

    /** Each pair takes this part (a shift) from the longest lead: one slow moment is forgotten after some hundred. */
    private static final int LEAD_DECAY = 6;

    private int uid = ROOT;
    private long longestLeadNanos;
    /** Guests' sightings before then are not paired on weak evidence; the second is UDP's, the first echo's. */
    private final long[] refuseWeakBeforeNanos = new long[2];
    /** Until then, weak evidence is what the NAT process leaves; in the same order. */
    private final long[] weakUntilNanos = new long[2];

    /** Until then, a guest's sighting alone is all there is of a probe; in the same order. */
    private final long[] unseenUntilNanos = new long[2];

    private int hopsTaken;
    private long hopsTakenUntilNanos;

    Habits(long nowNanos) {
        for (int i = 0; i < refuseWeakBeforeNanos.length; i++) {
            refuseWeakBeforeNanos[i] = nowNanos;
            weakUntilNanos[i] = nowNanos;
            unseenUntilNanos[i] = nowNanos;
        }
        hopsTakenUntilNanos = nowNanos;
    }

    /** A pair whose every piece of evidence agrees, an IP ID among it: pairs without are then not the NAT's. */
    void sawCertainPair(int protocol, int itsUid, long nowNanos) {
        if (itsUid != Mapper.NO_UID) {
            uid = itsUid;
        }
        refuseWeakBeforeNanos[udp(protocol)] = nowNanos + HABIT_NANOS;
    }

    /** A pair; {@code weak}: with neither the guest's port nor its IP ID. The last one counts: a port may just be taken. */
    void sawPair(int protocol, boolean weak, long nowNanos) {
        weakUntilNanos[udp(protocol)] = weak ? nowNanos + HABIT_NANOS : nowNanos;
    }

    /** A pair without rivals, of which the NAT process took so much TTL. */
    void sawHopsTaken(int hops, long nowNanos) {
        hopsTaken = hops;
        hopsTakenUntilNanos = nowNanos + HABIT_NANOS;
    }

    /** A pair whose guest was sighted {@code nanos} after its copy left; negative: before. */
    void sawLead(long nanos) {
        longestLeadNanos = Math.max(nanos, longestLeadNanos - (longestLeadNanos >> LEAD_DECAY));
    }

    /** An error matched a guest's sighting alone: this NAT process passes no hook, so whatever does is the host's. */
    void sawNoEgress(int protocol, long nowNanos) {
        refuseWeakBeforeNanos[udp(protocol)] = nowNanos + HABIT_NANOS;
        unseenUntilNanos[udp(protocol)] = nowNanos + HABIT_NANOS;
    }

    /** Sightings of guests up to {@code untilNanos} may have lost the one they belong to: the one left is not it. */
    void egressLost(long untilNanos) {
        for (int i = 0; i < refuseWeakBeforeNanos.length; i++) {
            if (refuseWeakBeforeNanos[i] - untilNanos < 0) {
                refuseWeakBeforeNanos[i] = untilNanos;
            }
        }
    }

    /** Not the NAT process's user, as far as the kernel said who sent it. */
    boolean isForeign(int itsUid) {
        return itsUid != Mapper.NO_UID && itsUid != uid;
    }

    /** A guest's probe sighted then is not paired on weak evidence. */
    boolean refusesWeak(int protocol, long guestSightedNanos) {
        return guestSightedNanos - refuseWeakBeforeNanos[udp(protocol)] < 0;
    }

    /** The NAT process leaves weak evidence, so a weak pair is likely right. */
    boolean leavesWeak(int protocol, long nowNanos) {
        return nowNanos - weakUntilNanos[udp(protocol)] < 0;
    }

    /** What the NAT process sends passes no hook, so that only the guests' own sightings tell of it. */
    boolean sendsUnseen(int protocol, long nowNanos) {
        return nowNanos - unseenUntilNanos[udp(protocol)] < 0;
    }

    /** The NAT process may have taken so much TTL from a probe sent then: it does so always, or never. */
    boolean mayTakeHops(int hops, long sightedNanos) {
        return hops == hopsTaken || sightedNanos - hopsTakenUntilNanos >= 0;
    }

    /**
     * How long to wait for a guest's sighting after the one leaving the host. The host's own errors wait as long, which
     * its tools notice: no longer than the NAT process seen here makes necessary.
     */
    long longestWaitNanos() {
        return Math.min(Mapper.WAIT_NANOS, LEAD_MARGIN * longestLeadNanos);
    }

    private static int udp(int protocol) {
        return protocol == Protocol.UDP ? 1 : 0;
    }
}
