package io.github.natexd.mapping;

/** What is known of the NAT process, for other threads. */
public record NatProfile(Traits udp, Traits echo) {
    /** How the last two probes that told something agree. */
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
     * @param ttlKept otherwise it counts as a hop
     * @param seenLeaving the rules see what it sends; otherwise it sends by packet socket
     */
    public record Traits(Trait portKept, Trait identificationKept, Trait ttlKept, Trait seenLeaving) {}

    /**
     * @param yes how many probes showed it since the guest network came
     * @param no how many showed the opposite
     */
    public record Trait(Known known, long yes, long no) {}
}
