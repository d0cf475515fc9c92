package io.github.natexd.control;

import io.github.natexd.report.Observed;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps the last records for the clients that watch. The relay's thread puts them in, the server's thread reads them and
 * releases their places; neither waits for the other. Records are numbered; the numbers may overflow.
 */
final class ObservedRing {
    /** A power of two: at 20,000 records a second, those of 0.8 s. */
    static final int CAPACITY = 16_384;

    private final ByteBuffer records = ByteBuffer.allocateDirect(CAPACITY * ObservedRecord.OCTETS);
    private final AtomicInteger end = new AtomicInteger();
    private final AtomicInteger begin = new AtomicInteger();

    /** Returns whether there was room. */
    boolean put(Observed observed) {
        int number = end.getPlain();
        int places = observed.labels.count() > 0 ? 2 : 1;
        if (held() + places > CAPACITY) {
            return false;
        }
        if (places > 1) {
            ObservedRecord.writeLabels(observed.labels, records, offset(number));
        }
        ObservedRecord.write(observed, records, offset(number + places - 1));
        end.setRelease(number + places);
        return true;
    }

    private static int offset(int number) {
        return (number & (CAPACITY - 1)) * ObservedRecord.OCTETS;
    }

    /** How many records nobody has released; only for the thread that puts records in. */
    int held() {
        return end.getPlain() - begin.getAcquire();
    }

    /** The number of the next record to come. */
    int end() {
        return end.getAcquire();
    }

    /** A view of all records, for one client. */
    ByteBuffer view() {
        return records.duplicate();
    }

    /** Selects the records from this number on that lie together in the memory; returns the number after the last. */
    int select(int number, ByteBuffer view) {
        int place = number & (CAPACITY - 1);
        int count = Math.min(end() - number, CAPACITY - place);
        view.limit((place + count) * ObservedRecord.OCTETS).position(place * ObservedRecord.OCTETS);
        return number + count;
    }

    /** How many of these records are events; the others are the labels of one. */
    int events(int from, int to) {
        int events = 0;
        for (int number = from; number != to; number++) {
            events += ObservedRecord.isLabels(records, offset(number)) ? 0 : 1;
        }
        return events;
    }

    /** Nobody needs the records before this one any more. */
    void release(int number) {
        begin.setRelease(number);
    }
}
