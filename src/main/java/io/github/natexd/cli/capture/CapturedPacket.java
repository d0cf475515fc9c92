package io.github.natexd.cli.capture;

import java.nio.ByteBuffer;

/** One packet of a capture file, link-layer header first. A mutable holder, filled again for every packet. */
public final class CapturedPacket {
    /** The largest packet that capture programs write (MAXIMUM_SNAPLEN of libpcap). */
    static final int OCTETS_LIMIT = 262_144;

    /** The latest time that is told apart: later ones, in damaged files only, are taken for this one (year 2116). */
    static final long LAST_NANOS = 1L << 62;

    private static final int FIRST_CAPACITY = 4096;

    public enum Direction {
        UNKNOWN,
        IN,
        OUT
    }

    /** Counted from 1, as other programs show it. */
    public long number;

    /** Nanoseconds since 1970; 0 where the file has no time. */
    public long nanos;

    /** LINKTYPE_ of pcap: what the packet begins with. */
    public int linkType;

    Direction direction = Direction.UNKNOWN;

    /** Octets in the file. */
    int length;

    /** Octets that the packet had on its way. */
    int originalLength;

    /** The packet begins at 0; big endian. */
    public ByteBuffer buffer = ByteBuffer.allocate(FIRST_CAPACITY);

    /** The file has only the beginning of the packet (a snap length). */
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
