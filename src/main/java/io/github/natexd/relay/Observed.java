package io.github.natexd.relay;

/** What an {@link Observer} may get to see. */
public sealed interface Observed permits Observation, Observed.SentProbe, Observed.Reply {
    /**
     * A guest's probe on the guest network; the ports of an echo request are its identifier and sequence number.
     *
     * @param guestMac the guest's MAC address
     * @param hop the TTL that the guest gave the probe
     * @param epochNanos when the kernel received it: nanoseconds since 1970, 0 if unknown
     */
    record SentProbe(
            int protocol, int guest, long guestMac, int guestPort, int target, int targetPort, int hop, long epochNanos)
            implements Observed {}

    /**
     * A packet on the guest network that answers a guest's probe and that natexd did not send: an error that the NAT
     * process delivers or reports itself, or an echo reply.
     *
     * @param reporter who answers
     * @param type the ICMP type
     * @param code the ICMP code
     * @param probe the guest's probe as the packet identifies it, with hop 0; its time is that of the packet
     */
    record Reply(int reporter, int type, int code, SentProbe probe) implements Observed {}
}
