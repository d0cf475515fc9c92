package io.github.natexd.relay;

import io.github.natexd.translate.Judgement;
import io.github.natexd.wire.EthernetFrame;
import java.nio.ByteBuffer;

/**
 * Copies of errors that the host got because nothing was certain yet. There is a bounded number of them, and each has a
 * deadline. natexd judges a copy again after a sighting of its class, and at its deadline, which may come later then.
 */
final class KeptCopies {
    static final int LIMIT = 64;

    /** Longer errors are not kept: RFC 1812 section 4.3.2.3 keeps them within 576 octets. */
    private static final int OCTETS_LIMIT = 2048;

    /** Where a packet begins in its copy: a frame's header fits in front of it. */
    private static final int OFFSET = EthernetFrame.LENGTH;

    /** The copies to judge now, oldest first; {@link #findDue} says how many. */
    final Judgement[] due = new Judgement[LIMIT];
    // Each has a buffer of its own, and is open until it is settled. The oldest comes first.
    private final Judgement[] copies = new Judgement[LIMIT];
    private int size;

    KeptCopies() {
        for (int i = 0; i < LIMIT; i++) {
            copies[i] = new Judgement();
            copies[i].buffer = ByteBuffer.allocateDirect(OFFSET + OCTETS_LIMIT);
        }
    }

    /** Keeps a copy of an open error; returns whether there was room. */
    boolean add(Judgement open) {
        if (size == LIMIT || open.length > OCTETS_LIMIT) {
            return false;
        }
        Judgement copy = copies[size++];
        copy.buffer.put(OFFSET, open.buffer, open.offset, open.length);
        copy.begin(copy.buffer, OFFSET, open.length, open.arrivedNanos);
        copy.arrivedEpochNanos = open.arrivedEpochNanos;
        copy.quoted.copyOf(open.quoted);
        copy.open = true;
        copy.openUntilNanos = open.openUntilNanos;
        return true;
    }

    /** A probe of this class was sighted: it is time to judge its copies again, which may set a new deadline. */
    void sighted(long classKey) {
        for (int i = 0; i < size; i++) {
            if (copies[i].quoted.classKey() == classKey) {
                copies[i].openUntilNanos = copies[i].arrivedNanos;
            }
        }
    }

    /** Finds the copies that are {@link #due}; returns their number. Call {@link #removeSettled} after judging them. */
    int findDue(long nowNanos) {
        int count = 0;
        for (int i = 0; i < size; i++) {
            if (nowNanos - copies[i].openUntilNanos >= 0) {
                due[count++] = copies[i];
            }
        }
        return count;
    }

    /** Removes settled copies; the others keep their order. */
    void removeSettled() {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            Judgement copy = copies[i];
            if (copy.open) {
                copies[i] = copies[kept];
                copies[kept++] = copy;
            }
        }
        size = kept;
    }

    /** The first deadline; Long.MAX_VALUE if there is no copy. */
    long nextNanos() {
        long next = Long.MAX_VALUE;
        for (int i = 0; i < size; i++) {
            next = Math.min(next, copies[i].openUntilNanos);
        }
        return next;
    }
}
