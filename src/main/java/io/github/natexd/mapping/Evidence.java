package io.github.natexd.mapping;

import io.github.natexd.wire.Probe;

/**
 * How well two sightings agree, as sightings of the same probe. A function of the two sightings alone.
 *
 * <p>There are three pieces of evidence: the source port (for an echo request, the identifier), the IP ID, and the
 * content. An IP ID of 0 says nothing, because a device on the way may replace it (RFC 6864, section 4.1). A content
 * says nothing if the checksum is missing or not complete.
 */
final class Evidence {
    static final int PORT = 1;
    static final int IDENTIFICATION = 2;
    static final int CONTENT = 4;

    /** The two sightings cannot be of the same probe. */
    static final int IMPOSSIBLE = -1;

    /** A pair without rivals is certain with this many pieces. */
    static final int CERTAIN_PIECES = 2;

    /** A busy NAT process can be slow. */
    static final long GUEST_LEAD_NANOS = 500_000_000;

    /** A leaving probe can be sighted before the guest's: 8 ms were measured on a single busy processor. */
    static final long LEAVING_LEAD_NANOS = 20_000_000;

    private Evidence() {}

    /** Returns the pieces that agree, as a set of bits, or IMPOSSIBLE. */
    static int of(Sighting guests, Sighting leaving) {
        // A length of 0 is unknown and equals any other.
        boolean sameLength = guests.transportLength == leaving.transportLength
                || guests.transportLength == 0
                || leaving.transportLength == 0;
        if (!guests.sameClass(leaving) || !sameLength) {
            return IMPOSSIBLE;
        }
        long guestLead = leaving.sightedNanos - guests.sightedNanos;
        int hops = hops(guests, leaving);
        if (guestLead > GUEST_LEAD_NANOS || guestLead < -LEAVING_LEAD_NANOS || hops < 0 || hops > 1) {
            return IMPOSSIBLE;
        }
        int agreeing = ofQuote(guests, leaving);
        boolean differ = guests.contentKnown && leaving.contentKnown && guests.content != leaving.content;
        return differ && agreeing == 0 ? IMPOSSIBLE : agreeing;
    }

    /** Returns the pieces of a guest's sighting that agree with a probe as a router quotes it. */
    static int ofQuote(Sighting guests, Probe quoted) {
        boolean sameContent = guests.contentKnown && quoted.contentKnown && guests.content == quoted.content;
        return (guests.sourcePort == quoted.sourcePort ? PORT : 0)
                | (guests.identification != 0 && guests.identification == quoted.identification ? IDENTIFICATION : 0)
                | (sameContent ? CONTENT : 0);
    }

    /** By how much the NAT process lowered the TTL. */
    static int hops(Sighting guests, Sighting leaving) {
        return guests.timeToLive - leaving.timeToLive;
    }

    static int pieces(int agreeing) {
        return Integer.bitCount(agreeing);
    }

    /** Port and IP ID: the evidence that a probe of another user is nevertheless the NAT process's. */
    static boolean outweighsTheUser(int agreeing) {
        int both = PORT | IDENTIFICATION;
        return agreeing != IMPOSSIBLE && (agreeing & both) == both;
    }
}
