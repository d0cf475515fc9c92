package io.github.natexd.relay;

import io.github.natexd.translate.Judgement;
import io.github.natexd.wire.EthernetFrame;
import java.nio.ByteBuffer;

/**
 * Copies of errors that the host has been given, because nothing was certain yet: a bounded number, each until its time is
 * up. One is judged again when a sighting of its class has come, and for the last time at its end.
 */
final class KeptCopies implements Errors {
    static final int LIMIT = 64;

    /** Longer errors are not kept: RFC 1812 section 4.3.2.3 keeps them within 576 octets. */
    private static final int OCTETS_LIMIT = 2048;

    /** Where a packet lies in its copy: there is room for a frame's header in front of it. */
    private static final int OFFSET = EthernetFrame.LENGTH;

    private final Copy[] copies = new Copy[LIMIT];
    private int size;
    /** The places of those that are to be judged now, the oldest first. */
    private final int[] due = new int[LIMIT];

    private int dueCount;

    private static final class Copy {
        final ByteBuffer octets = ByteBuffer.allocateDirect(OFFSET + OCTETS_LIMIT);
        int length;
        long arrivedNanos;
        long untilNanos;
        long classKey;
        boolean sighted;
        boolean last;
        boolean kept;
    }

    KeptCopies() {
        for (int i = 0; i < LIMIT; i++) {
            copies[i] = new Copy();
        }
    }

    /** Copies an error; returns whether there was room. */
    boolean add(Judgement error) {
        if (size == LIMIT || error.length() > OCTETS_LIMIT) {
            return false;
        }
        Copy copy = copies[size++];
        copy.octets.put(OFFSET, error.buffer(), error.offset(), error.length());
        copy.length = error.length();
        copy.arrivedNanos = error.arrivedNanos();
        copy.untilNanos = error.openUntilNanos();
        copy.classKey = error.quoted().classKey();
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

    /** Those that are to be judged now; then {@link #endJudging}. */
    Errors due(long nowNanos) {
        dueCount = 0;
        for (int i = 0; i < size; i++) {
            Copy copy = copies[i];
            copy.last = nowNanos - copy.untilNanos >= 0;
            copy.kept = !copy.sighted && !copy.last;
            if (!copy.kept) {
                due[dueCount++] = i;
            }
        }
        return this;
    }

    /** Lets go of what was settled; the others keep their order. */
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

    /** When the first one has to be judged, Long.MAX_VALUE if there is none. */
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
        if (copy.last) {
            judgement.last();
        }
    }

    @Override
    public boolean keep(int index, Judgement judgement) {
        Copy copy = copies[due[index]];
        copy.kept = true;
        copy.sighted = false;
        return true;
    }
}
