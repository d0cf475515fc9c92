package io.github.natexd.relay;

import io.github.natexd.translate.Judgement;
import io.github.natexd.wire.EthernetFrame;
import java.nio.ByteBuffer;

/**
 * Copies of errors that the host got because nothing was certain yet. There is a bounded number of them, and each has a
 * deadline. natexd judges a copy again after a sighting of its class, and at its deadline, which may come later then.
 */
final class KeptCopies implements Errors {
    static final int LIMIT = 64;

    /** Longer errors are not kept: RFC 1812 section 4.3.2.3 keeps them within 576 octets. */
    private static final int OCTETS_LIMIT = 2048;

    /** Where a packet begins in its copy: a frame's header fits in front of it. */
    private static final int OFFSET = EthernetFrame.LENGTH;

    private final Copy[] copies = new Copy[LIMIT];
    private int size;
    /** The indexes of the copies to judge now, oldest first. */
    private final int[] due = new int[LIMIT];

    private int dueCount;

    private static final class Copy {
        final ByteBuffer octets = ByteBuffer.allocateDirect(OFFSET + OCTETS_LIMIT);
        int length;
        long arrivedNanos;
        long arrivedEpochNanos;
        long untilNanos;
        long classKey;
        boolean sighted;
        boolean kept;
    }

    KeptCopies() {
        for (int i = 0; i < LIMIT; i++) {
            copies[i] = new Copy();
        }
    }

    /** Keeps a copy of an error; returns whether there was room. */
    boolean add(Judgement error) {
        if (size == LIMIT || error.length > OCTETS_LIMIT) {
            return false;
        }
        Copy copy = copies[size++];
        copy.octets.put(OFFSET, error.buffer, error.offset, error.length);
        copy.length = error.length;
        copy.arrivedNanos = error.arrivedNanos;
        copy.arrivedEpochNanos = error.arrivedEpochNanos;
        copy.untilNanos = error.openUntilNanos;
        copy.classKey = error.quoted.classKey();
        copy.sighted = false;
        return true;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** A probe of this class was sighted. */
    void sighted(long classKey) {
        for (int i = 0; i < size; i++) {
            copies[i].sighted |= copies[i].classKey == classKey;
        }
    }

    /** The copies to judge now; call {@link #endJudging} afterwards. */
    Errors due(long nowNanos) {
        dueCount = 0;
        for (int i = 0; i < size; i++) {
            Copy copy = copies[i];
            copy.kept = !copy.sighted && nowNanos - copy.untilNanos < 0;
            if (!copy.kept) {
                due[dueCount++] = i;
            }
        }
        return this;
    }

    /** Removes settled copies; the others keep their order. */
    void endJudging() {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            Copy copy = copies[i];
            if (copy.kept) {
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
            next = Math.min(next, copies[i].untilNanos);
        }
        return next;
    }

    @Override
    public int count() {
        return dueCount;
    }

    @Override
    public void begin(int index, Judgement judgement) {
        Copy copy = copies[due[index]];
        judgement.begin(copy.octets, OFFSET, copy.length, copy.arrivedNanos);
        judgement.arrivedEpochNanos = copy.arrivedEpochNanos;
    }

    @Override
    public boolean keep(int index, Judgement judgement) {
        Copy copy = copies[due[index]];
        copy.untilNanos = judgement.openUntilNanos;
        copy.kept = true;
        copy.sighted = false;
        return true;
    }
}
