package io.github.natexd.control;

import io.github.natexd.relay.Observed;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/** Passes records from the relay's thread to the server's thread. Neither waits for the other. */
final class ObservedRing {
    /** A power of two. */
    static final int CAPACITY = 4096;

    /** Gets one record after the other. */
    interface Reader {
        void record(ByteBuffer records, int offset);
    }

    private final ByteBuffer records = ByteBuffer.allocate(CAPACITY * ObservedRecord.MAX_OCTETS);
    /** How many records were put, and taken; both may overflow. */
    private final AtomicInteger put = new AtomicInteger();

    private final AtomicInteger taken = new AtomicInteger();

    /** To be called in the relay's thread; returns how many records there are now, 0 if there was no room. */
    int put(Observed observed) {
        int at = put.getPlain();
        int size = at - taken.getAcquire();
        if (size == CAPACITY) {
            return 0;
        }
        ObservedRecord.write(observed, records, offset(at));
        put.setRelease(at + 1);
        return size + 1;
    }

    int size() {
        return put.getAcquire() - taken.getPlain();
    }

    /** To be called in the server's thread: takes the records that there are. */
    void take(Reader reader) {
        int end = put.getAcquire();
        for (int at = taken.getPlain(); at != end; at++) {
            reader.record(records, offset(at));
        }
        taken.setRelease(end);
    }

    private static int offset(int number) {
        return (number & (CAPACITY - 1)) * ObservedRecord.MAX_OCTETS;
    }
}
