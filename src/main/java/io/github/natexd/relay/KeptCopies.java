package io.github.natexd.relay;

import io.github.natexd.translate.Judgement;
import io.github.natexd.wire.EthernetFrame;
import java.nio.ByteBuffer;
import java.util.Arrays;

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
    /** The oldest comes first. */
    private final Copy[] copies = new Copy[LIMIT];

    private int size;

    private static final class Copy {
        final ByteBuffer octets = ByteBuffer.allocateDirect(OFFSET + OCTETS_LIMIT);
        /** Open until it is settled; until then, {@code openUntilNanos} is the deadline. */
        final Judgement error = new Judgement();

        long classKey;
        boolean sighted;
    }

    KeptCopies() {
        Arrays.setAll(copies, i -> new Copy());
    }

    /** Keeps a copy of an open error; returns whether there was room. */
    boolean add(Judgement open) {
        if (size == LIMIT || open.length > OCTETS_LIMIT) {
            return false;
        }
        Copy copy = copies[size++];
        copy.octets.put(OFFSET, open.buffer, open.offset, open.length);
        copy.error.begin(copy.octets, OFFSET, open.length, open.arrivedNanos);
        copy.error.arrivedEpochNanos = open.arrivedEpochNanos;
        copy.error.open = true;
        copy.error.openUntilNanos = open.openUntilNanos;
        copy.classKey = open.quoted.classKey();
        copy.sighted = false;
        return true;
    }

    /** A probe of this class was sighted. */
    void sighted(long classKey) {
        for (int i = 0; i < size; i++) {
            copies[i].sighted |= copies[i].classKey == classKey;
        }
    }

    /** Finds the copies that are {@link #due}; returns their number. Call {@link #removeSettled} after judging them. */
    int findDue(long nowNanos) {
        int count = 0;
        for (int i = 0; i < size; i++) {
            Copy copy = copies[i];
            if (copy.sighted || nowNanos - copy.error.openUntilNanos >= 0) {
                copy.sighted = false;
                due[count++] = copy.error;
            }
        }
        return count;
    }

    /** Removes settled copies; the others keep their order. */
    void removeSettled() {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            Copy copy = copies[i];
            if (copy.error.open) {
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
            next = Math.min(next, copies[i].error.openUntilNanos);
        }
        return next;
    }
}
