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

    /** Who holds it, and its own number, which never changes: see {@link Sightings}. */
    int holder;

    final int number;

    Sighting(int number) {
        this.number = number;
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
