package io.github.natexd.mapping;

import io.github.natexd.wire.Probe;
import org.jspecify.annotations.Nullable;

/**
 * One sighting of a probe: on the guest network, or leaving the host. Two sightings of the same probe are a pair, that
 * is, a mapping: each is the other's {@link #other}. {@link Sightings} reuses them, so none is allocated in the steady
 * state.
 */
public final class Sighting extends Probe {
    /** On the clock that {@link Mapper} was given. */
    public long sightedNanos;
    /** For guests' sightings: the addresses of the frame. */
    public long guestMac;

    public long gatewayMac;
    /** For leaving sightings: the user that owns the sending socket. */
    int uid;

    boolean leaving;
    /** The profile has learned from this sighting, which it does only once. */
    boolean learned;
    /** The other half of the pair. */
    @Nullable
    Sighting other;

    /** See {@link Sightings}. */
    int holder;

    // The links of the three chains in which a sighting can be: they are here because a look-up that reads the sighting
    // has them in the processor's cache, too.
    static final int HELD = 0;
    static final int CLASS = 1;
    static final int KEY = 2;
    private @Nullable Sighting newerHeld;
    private @Nullable Sighting olderHeld;
    private @Nullable Sighting newerOfClass;
    private @Nullable Sighting olderOfClass;
    private @Nullable Sighting newerOfKey;
    private @Nullable Sighting olderOfKey;

    @Nullable
    Sighting newer(int links) {
        return links == KEY ? newerOfKey : links == CLASS ? newerOfClass : newerHeld;
    }

    @Nullable
    Sighting older(int links) {
        return links == KEY ? olderOfKey : links == CLASS ? olderOfClass : olderHeld;
    }

    void newer(int links, @Nullable Sighting to) {
        switch (links) {
            case KEY -> newerOfKey = to;
            case CLASS -> newerOfClass = to;
            default -> newerHeld = to;
        }
    }

    void older(int links, @Nullable Sighting to) {
        switch (links) {
            case KEY -> olderOfKey = to;
            case CLASS -> olderOfClass = to;
            default -> olderHeld = to;
        }
    }

    /** Whether two guests' sightings are of one guest's socket. */
    boolean sameSender(Sighting that) {
        return source == that.source && sourcePort == that.sourcePort && guestMac == that.guestMac;
    }

    /** It makes no difference which of the two was quoted. */
    boolean isTwinOf(Sighting that) {
        return sameSender(that) && identification == that.identification && gatewayMac == that.gatewayMac;
    }
}
