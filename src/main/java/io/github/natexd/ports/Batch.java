package io.github.natexd.ports;

import java.nio.ByteBuffer;

/** Packets that were received together. They can be read until the next {@link #receive}. */
public interface Batch {
    /** Receives packets without blocking; returns their number, or -1 if nothing more can come. */
    int receive();

    /** Whether to receive once more in the same turn, because the last {@link #receive} perhaps left packets. */
    default boolean mayHaveMore() {
        return false;
    }

    ByteBuffer buffer(int index);

    /** Where packet {@code index} begins in its buffer: its IPv4 header, or the Ethernet header of a frame. */
    int offset(int index);

    /** How many octets of packet {@code index} are at hand, from {@link #offset}. */
    int length(int index);

    /** When the kernel received packet {@code index}: nanoseconds since 1970, 0 if unknown. */
    default long arrivedEpochNanos(int index) {
        return 0;
    }

    /** How many packets natexd is known to have missed so far: gaps in their numbers, and ENOBUFS. */
    default long overflows() {
        return 0;
    }
}
