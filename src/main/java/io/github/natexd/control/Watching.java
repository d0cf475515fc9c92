package io.github.natexd.control;

import java.io.IOException;
import java.nio.ByteBuffer;

/** One client that watches, and how much of the ring is sent to it. Every client gets all records. */
final class Watching {
    private final Connection client;
    private final boolean wantsProbes;
    private final ByteBuffer view;
    /** A record that is not in the ring. */
    private final ByteBuffer single = ByteBuffer.allocateDirect(ObservedRecord.OCTETS);
    /** The first record that is neither sent nor selected in {@link #view}. */
    private int next;

    private long lost;

    Watching(Connection client, boolean wantsProbes, ObservedRing ring) {
        this.client = client;
        this.wantsProbes = wantsProbes;
        view = ring.view().limit(0);
        next = ring.end();
    }

    Connection client() {
        return client;
    }

    boolean wantsProbes() {
        return wantsProbes;
    }

    /** The client misses events; it gets their number when it has read what it already has. */
    void lose(long events) {
        lost += events;
    }

    /** Sends as many records as the client takes. */
    void send(ObservedRing ring, long nowNanos) throws IOException {
        client.write(nowNanos);
        while (client.isIdle() && (lost > 0 || next != ring.end())) {
            if (lost > 0) {
                ObservedRecord.writeLost(lost, single.clear());
                lost = 0;
                client.send(single, nowNanos);
            } else {
                next = ring.select(next, view);
                client.send(view, nowNanos);
            }
            client.write(nowNanos);
        }
    }

    /** The first record that must stay in the ring. */
    int first() {
        return next - (view.remaining() + ObservedRecord.OCTETS - 1) / ObservedRecord.OCTETS;
    }

    /** The client is too slow: it misses all records until now, except the rest of one that it has begun to read. */
    void skip(ObservedRing ring, long nowNanos) {
        int end = ring.end();
        lost += ring.events(next - view.remaining() / ObservedRecord.OCTETS, end);
        int rest = view.remaining() % ObservedRecord.OCTETS;
        if (view.hasRemaining()) {
            single.clear().put(0, view, view.position(), rest).limit(rest);
            client.send(single, nowNanos);
            view.limit(view.position());
        }
        next = end;
    }
}
