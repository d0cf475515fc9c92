package io.github.natexd.mapping;

/** What the guest had in its probe where the NAT process wrote something else: the answer of one look-up, reused. */
public final class Mapping {
    int guest;
    int guestPort;
    int guestIdentification;
    boolean identificationChanged;
    long guestMac;
    long gatewayMac;
    int timeToLive;
    long sightedNanos;

    public int guest() {
        return guest;
    }

    /** The guest's UDP source port or ICMP identifier. */
    public int guestPort() {
        return guestPort;
    }

    public int guestIdentification() {
        return guestIdentification;
    }

    /** The NAT process changed the IP ID of this very probe (R26): only then it is reverted. */
    public boolean identificationChanged() {
        return identificationChanged;
    }

    public long guestMac() {
        return guestMac;
    }

    public long gatewayMac() {
        return gatewayMac;
    }

    /** The TTL that the guest gave its probe: the hop that answers. */
    public int timeToLive() {
        return timeToLive;
    }

    /** When the guest's probe was sighted, on the clock that the sightings came with. */
    public long sightedNanos() {
        return sightedNanos;
    }

    boolean sameGuest(int otherGuest, int otherPort, long otherMac) {
        return guest == otherGuest && guestPort == otherPort && guestMac == otherMac;
    }
}
