package io.github.natexd.mapping;

/** Counts what the NAT process does to probes ({@link NatBehaviour}), pair by pair. */
final class BehaviourCounts {
    private long portsKept;
    private long portsChanged;
    private long identificationsKept;
    private long identificationsChanged;
    private long ttlKept;
    private long ttlDecremented;
    private long unseenLeaving;

    /** The two sightings are of the same probe. */
    void paired(SightingTable guests, int g, SightingTable egress, int e) {
        port(guests.sourcePort(g) == egress.sourcePort(e));
        identification(guests.identification(g), egress.identification(e));
        if (guests.timeToLive(g) == egress.timeToLive(e)) {
            ttlKept++;
        } else {
            ttlDecremented++;
        }
    }

    /** A router quotes a guest's probe that was not sighted leaving; its TTL has been used up on the way. */
    void unseen(SightingTable guests, int g, Probe quoted) {
        unseenLeaving++;
        port(guests.sourcePort(g) == quoted.sourcePort);
        identification(guests.identification(g), quoted.identification);
    }

    private void port(boolean kept) {
        if (kept) {
            portsKept++;
        } else {
            portsChanged++;
        }
    }

    /** 0 leaves the choice to whoever sends (RFC 6864, section 4.1): what it becomes says nothing. */
    private void identification(int guests, int sent) {
        if (guests != 0 && guests == sent) {
            identificationsKept++;
        } else if (guests != 0) {
            identificationsChanged++;
        }
    }

    void reset() {
        portsKept = 0;
        portsChanged = 0;
        identificationsKept = 0;
        identificationsChanged = 0;
        ttlKept = 0;
        ttlDecremented = 0;
        unseenLeaving = 0;
    }

    NatBehaviour snapshot() {
        return new NatBehaviour(
                portsKept,
                portsChanged,
                identificationsKept,
                identificationsChanged,
                ttlKept,
                ttlDecremented,
                unseenLeaving);
    }
}
