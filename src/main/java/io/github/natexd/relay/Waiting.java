package io.github.natexd.relay;

import io.github.natexd.wire.EthernetFrame;
import java.nio.ByteBuffer;

/** Errors that wait for the second sighting of the probe they quote: a bounded number of copies, each with its id. */
final class Waiting {
    static final int LIMIT = 64;

    /** Longer errors do not wait: RFC 1812 section 4.3.2.3 keeps them within 576 octets. */
    private static final int OCTETS_LIMIT = 2048;

    /** Where a packet lies in its copy: room for a frame's header is in front of it. */
    static final int OFFSET = EthernetFrame.LENGTH;

    private final ByteBuffer[] copies = new ByteBuffer[LIMIT];
    private final int[] lengths = new int[LIMIT];
    private final int[] packetIds = new int[LIMIT];
    private final long[] sinceNanos = new long[LIMIT];
    private int size;

    Waiting() {
        for (int i = 0; i < LIMIT; i++) {
            copies[i] = ByteBuffer.allocateDirect(OFFSET + OCTETS_LIMIT);
        }
    }

    /** Copies a packet; answers whether there was room. */
    boolean add(int packetId, ByteBuffer buffer, int offset, int length, long nowNanos) {
        if (size == LIMIT || length > OCTETS_LIMIT) {
            return false;
        }
        copies[size].put(OFFSET, buffer, offset, length);
        lengths[size] = length;
        packetIds[size] = packetId;
        sinceNanos[size] = nowNanos;
        size++;
        return true;
    }

    int size() {
        return size;
    }

    ByteBuffer copy(int index) {
        return copies[index];
    }

    int length(int index) {
        return lengths[index];
    }

    int packetId(int index) {
        return packetIds[index];
    }

    long sinceNanos(int index) {
        return sinceNanos[index];
    }

    /** Keeps the packets for which {@code keep} is set, in order. */
    void retain(boolean[] keep) {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (keep[i]) {
                move(i, kept++);
            }
        }
        size = kept;
    }

    private void move(int from, int to) {
        ByteBuffer copy = copies[to];
        copies[to] = copies[from];
        copies[from] = copy;
        lengths[to] = lengths[from];
        packetIds[to] = packetIds[from];
        sinceNanos[to] = sinceNanos[from];
    }
}
