package io.github.natexd.control;

import io.github.natexd.control.Answer.Watch;
import io.github.natexd.relay.Observed.Event;
import java.io.IOException;
import java.nio.ByteBuffer;

/** One client that watches: which records it wants, and how far it has read the ring. */
final class Watching {
    private static final int BUFFER_OCTETS = 64 * 1024;

    private final Connection client;
    private final Watch watch;
    private final ByteBuffer buffer;
    private int next;
    private long lost;

    /** @param buffer for the client alone */
    Watching(Connection client, Watch watch, ByteBuffer buffer, int next) {
        this.client = client;
        this.watch = watch;
        this.buffer = buffer;
        this.next = next;
    }

    static ByteBuffer newBuffer() {
        return ByteBuffer.allocateDirect(BUFFER_OCTETS);
    }

    Connection client() {
        return client;
    }

    Watch watch() {
        return watch;
    }

    ByteBuffer buffer() {
        return buffer;
    }

    /** The first record that the client may still need. */
    int next() {
        return next;
    }

    /** The client misses records; it gets their number when it has read what it already has. */
    void lose(long records) {
        lost += records;
    }

    /** Sends as many records as the client takes. */
    void send(ObservedRing ring, long nowNanos) throws IOException {
        client.write(nowNanos);
        while (client.isIdle() && fill(ring)) {
            client.send(buffer, nowNanos);
            client.write(nowNanos);
        }
    }

    /** Copies the next records into the buffer; returns whether there are any. */
    private boolean fill(ObservedRing ring) {
        buffer.clear();
        if (lost > 0) {
            buffer.put(ObservedRecord.lost(lost));
            lost = 0;
        }
        int end = ring.end();
        while (next != end && buffer.remaining() >= ObservedRecord.MAX_OCTETS) {
            int offset = ring.offset(next);
            if (wants(ring.records(), offset)) {
                int octets = ObservedRecord.octets(ring.records(), offset);
                buffer.put(buffer.position(), ring.records(), offset, octets);
                buffer.position(buffer.position() + octets);
            }
            next++;
        }
        return buffer.flip().hasRemaining();
    }

    /** The client is too slow: it misses all records until now. */
    void skip(ObservedRing ring) {
        int end = ring.end();
        for (; next != end; next++) {
            lost += wants(ring.records(), ring.offset(next)) ? 1 : 0;
        }
    }

    private boolean wants(ByteBuffer records, int offset) {
        return ObservedRecord.event(records, offset) == Event.ERROR
                ? watch != Watch.RELAYED
                        || ObservedRecord.reason(records, offset).isDelivered()
                : watch == Watch.PROBES;
    }
}
