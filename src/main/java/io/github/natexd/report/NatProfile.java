package io.github.natexd.report;

/** What is known about the NAT process, for other threads. */
public record NatProfile(Traits udp, Traits echo) {
    /** What the last two probes that showed this trait have in common. */
    public enum Known {
        UNKNOWN,
        YES,
        NO,
        MIXED
    }

    /**
     * What the NAT process does to the probes of one protocol.
     *
     * @param portKept the source port, or the identifier of an echo request
     * @param ttlKept otherwise the NAT process counts as a hop
     * @param seenLeaving the rules see the probes that it sends; otherwise it sends them through a packet socket
     */
    public record Traits(Trait portKept, Trait identificationKept, Trait ttlKept, Trait seenLeaving) {}

    /**
     * @param yes how many probes showed it since the guest network came
     * @param no how many showed the opposite
     */
    public record Trait(Known known, long yes, long no) {}
}
