package io.github.natexd.wire;

import java.nio.ByteBuffer;

/**
 * The MPLS label stack that a router appends to the quote in its error (RFC 4884, section 7; RFC 4950, section 3).
 * <pre>
 *    0        8       16       24      31
 *  0|ver 2| reserved  |    checksum     |   extension header
 *  4|     length      | class  | c-type |   object header; class 1, c-type 1: a label stack
 *  8|       label        |exp|s|  ttl   |   an entry, 4 octets each
 * </pre>
 * The length octet gives the place of the structure, in words; routers older than RFC 4884 leave that octet 0 and put
 * the structure behind 128 octets (section 5.5). A structure counts only if its checksum agrees.
 */
public final class MplsLabels {
    /** The limit of entries that are read; real stacks have one to four. */
    public static final int LIMIT = 8;

    private static final int WORD = 4;
    private static final int HEADER_LENGTH = 4;
    private static final int VERSION = 2;
    private static final int OLD_PLACE = 128;
    private static final int OBJECT_HEADER_LENGTH = 4;
    private static final int LABEL_STACK = 0x0101;

    private final int[] entries = new int[LIMIT];
    private int count;

    /** Reads the labels of an error in {@code buffer}; if it has none, {@link #count} is 0. */
    public MplsLabels over(ByteBuffer buffer, IcmpError error) {
        clear();
        int words = error.lengthOctet();
        int quote = words == 0 ? OLD_PLACE : words * WORD;
        int at = error.embeddedOffset() + quote;
        int end = error.embeddedOffset() + error.embeddedOctets();
        if (at + HEADER_LENGTH + OBJECT_HEADER_LENGTH <= end
                && (buffer.get(at) & 0xF0) >>> 4 == VERSION
                && Checksum.sum(buffer, at, end - at) == Checksum.INTACT) {
            readObjects(buffer, at + HEADER_LENGTH, end);
        }
        return this;
    }

    private void readObjects(ByteBuffer buffer, int from, int end) {
        int at = from;
        while (at + OBJECT_HEADER_LENGTH <= end) {
            int length = buffer.getShort(at) & 0xFFFF;
            if (length < OBJECT_HEADER_LENGTH || length > end - at) {
                return;
            }
            if ((buffer.getShort(at + 2) & 0xFFFF) == LABEL_STACK) {
                readEntries(buffer, at + OBJECT_HEADER_LENGTH, at + length);
            }
            at += length;
        }
    }

    private void readEntries(ByteBuffer buffer, int from, int end) {
        for (int at = from; at + WORD <= end && count < LIMIT; at += WORD) {
            add(buffer.getInt(at));
        }
    }

    public void clear() {
        count = 0;
    }

    /** Adds an entry; there must be fewer than {@link #LIMIT}. */
    public void add(int entry) {
        entries[count++] = entry;
    }

    public int count() {
        return count;
    }

    /** A raw label stack entry; {@link #label} and the methods below return its parts. */
    public int entry(int index) {
        return entries[index];
    }

    /** 20 bits. */
    public static int label(int entry) {
        return entry >>> 12;
    }

    /** The traffic class, once "experimental": 3 bits. */
    public static int trafficClass(int entry) {
        return entry >>> 9 & 7;
    }

    /** Whether this is the last entry of its stack. */
    public static boolean bottom(int entry) {
        return (entry & 0x100) != 0;
    }

    public static int timeToLive(int entry) {
        return entry & 0xFF;
    }
}
