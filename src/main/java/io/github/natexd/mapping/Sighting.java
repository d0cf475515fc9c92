package io.github.natexd.mapping;

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

    @Nullable
    Sighting other;

    // Links of the two indexes, and of the holder's list by time.
    @Nullable
    Sighting nextOfClass;

    @Nullable
    Sighting previousOfClass;

    @Nullable
    Sighting nextOfKey;

    @Nullable
    Sighting previousOfKey;

    @Nullable
    Sighting newer;

    @Nullable
    Sighting older;

    short holder;

    /** Becomes a sighting of this probe. */
    void of(Probe probe, boolean isLeaving, long nowNanos) {
        copyOf(probe);
        sightedNanos = nowNanos;
        leaving = isLeaving;
        learned = false;
        other = null;
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
