package io.github.natexd.mapping;

/**
 * What speaks for two sightings being of the same probe: a function of the two, and of nothing else.
 *
 * <p>There are three pieces: the source port (of an echo the identifier), the IP ID, and the content. An IP ID of 0 says
 * nothing, since the sender leaves the choice to whoever sends on (RFC 6864, section 4.1); neither does the content of a
 * probe whose checksum is missing or unfinished.
 */
final class Evidence {
    static final int PORT = 1;
    static final int IDENTIFICATION = 2;
    static final int CONTENT = 4;

    /** The two cannot be of the same probe. */
    static final int IMPOSSIBLE = -1;

    /** So many pieces make a pair certain, if it has no equal. */
    static final int CERTAIN_PIECES = 2;

    /** A busy NAT process may take its time. */
    static final long GUEST_LEAD_NANOS = 500_000_000;

    /** The NAT process can be seen sending before the guest is: 8 ms were seen on one busy processor. */
    static final long LEAVING_LEAD_NANOS = 20_000_000;

    private Evidence() {}

    /** The pieces that agree, as a set of bits, or IMPOSSIBLE. */
    static int of(Sighting guests, Sighting leaving) {
        if (!guests.sameClass(leaving) || !sameLength(guests.transportLength, leaving.transportLength)) {
            return IMPOSSIBLE;
        }
        long guestLead = leaving.sightedNanos - guests.sightedNanos;
        int hops = hops(guests, leaving);
        if (guestLead > GUEST_LEAD_NANOS || guestLead < -LEAVING_LEAD_NANOS || hops < 0 || hops > 1) {
            return IMPOSSIBLE;
        }
        int agreeing = portAndIdentification(guests, leaving.sourcePort, leaving.identification);
        if (!guests.contentKnown || !leaving.contentKnown) {
            return agreeing;
        }
        if (guests.content == leaving.content) {
            return agreeing | CONTENT;
        }
        return agreeing == 0 ? IMPOSSIBLE : agreeing;
    }

    /** The pieces of a guest's sighting that agree with a probe as a router quotes it. */
    static int ofQuote(Sighting guests, Probe quoted) {
        int agreeing = portAndIdentification(guests, quoted.sourcePort, quoted.identification);
        boolean known = guests.contentKnown && quoted.contentKnown;
        return known && guests.content == quoted.content ? agreeing | CONTENT : agreeing;
    }

    private static int portAndIdentification(Sighting guests, int port, int identification) {
        return (guests.sourcePort == port ? PORT : 0)
                | (identification != 0 && guests.identification == identification ? IDENTIFICATION : 0);
    }

    /** What the NAT process took from the TTL. */
    static int hops(Sighting guests, Sighting leaving) {
        return guests.timeToLive - leaving.timeToLive;
    }

    static int pieces(int agreeing) {
        return Integer.bitCount(agreeing);
    }

    /** A length of 0 is not known. */
    private static boolean sameLength(int guests, int leaving) {
        return guests == leaving || guests == 0 || leaving == 0;
    }
}
