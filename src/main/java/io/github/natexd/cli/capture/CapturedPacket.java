package io.github.natexd.cli.capture;

import java.nio.ByteBuffer;

/** One packet of a capture file, link-layer header first. A mutable holder, filled again for every packet. */
public final class CapturedPacket {
    /** The largest packet that capture programs write (MAXIMUM_SNAPLEN of libpcap). */
    static final int OCTETS_LIMIT = 262_144;

    /** The latest time (year 2116): later ones occur only in damaged files, and are replaced with this one. */
    static final long LAST_NANOS = 1L << 62;

    private static final int FIRST_CAPACITY = 4096;

    public enum Direction {
        UNKNOWN,
        IN,
        OUT
    }

    /** The packet's number, counted from 1 as in other programs. */
    public long number;

    /** Nanoseconds since 1970; 0 where the file has no time. */
    public long nanos;

    /** A LINKTYPE_ of pcap: the kind of header that the packet begins with. */
    public int linkType;

    Direction direction = Direction.UNKNOWN;

    /** The number of octets in the file. */
    int length;

    /** The length of the packet on the wire. */
    int originalLength;

    /** Big endian; the packet begins at index 0. */
    public ByteBuffer buffer = ByteBuffer.allocate(FIRST_CAPACITY);

    /** Whether the file has only the beginning of the packet (because of a snap length). */
    public boolean cut() {
        return length < originalLength;
    }

    /** Makes room for a packet of at most {@link #OCTETS_LIMIT} octets. */
    ByteBuffer room(int octets) {
        if (buffer.capacity() < octets) {
            buffer = ByteBuffer.allocate(Math.max(octets, Math.min(OCTETS_LIMIT, 2 * buffer.capacity())));
        }
        return buffer.clear();
    }
}
