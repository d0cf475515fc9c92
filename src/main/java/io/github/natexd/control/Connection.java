package io.github.natexd.control;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import jnr.unixsocket.UnixSocketChannel;
import org.jspecify.annotations.Nullable;

/** One connected client: reads its request and writes the response; never blocks. */
final class Connection {
    /** The time in which a client must send its request. */
    private static final long REQUEST_NANOS = 2_000_000_000L;

    /** The longest time in which a client may read nothing of its response. */
    private static final long ANSWER_NANOS = 5_000_000_000L;

    /** The longest time in which a client that watches may read nothing of what waits for it. */
    private static final long WATCH_NANOS = 60_000_000_000L;

    /** The limit of octets that wait for a client that watches; beyond it, records are lost. */
    private static final int WATCH_MAX_OCTETS = 256 * 1024;

    private static final int CHUNK_OCTETS = 64 * 1024;
    private static final int WRITE_MAX_OCTETS = 64 * 1024;

    private enum Phase {
        REQUEST,
        /** natexd executes the request; there is no time limit. */
        WORK,
        /** The connection ends after the response. */
        ANSWER,
        WATCH
    }

    private final UnixSocketChannel channel;
    private final Caller caller;
    private final ByteBuffer request = ByteBuffer.allocate(Dialect.REQUEST_MAX_OCTETS + 1);
    private final Deque<ByteBuffer> out = new ArrayDeque<>();
    private int outOctets;
    private long lostRecords;
    private Phase phase = Phase.REQUEST;
    private long deadlineNanos;
    private @Nullable SelectionKey key;

    Connection(UnixSocketChannel channel, Caller caller, long nowNanos) {
        this.channel = channel;
        this.caller = caller;
        deadlineNanos = nowNanos + REQUEST_NANOS;
    }

    void registered(SelectionKey itsKey) {
        key = itsKey;
    }

    Caller caller() {
        return caller;
    }

    boolean isWatching() {
        return phase == Phase.WATCH;
    }

    /** Whether another client may have its place. */
    boolean isReplaceable() {
        return phase == Phase.REQUEST || phase == Phase.ANSWER;
    }

    /** Whether the client has to act before a deadline. */
    boolean hasDeadline() {
        return isReplaceable() || isWatching() && outOctets > 0;
    }

    /** Notes that the response will come later. */
    void awaitAnswer() {
        phase = Phase.WORK;
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    /**
     * Reads what has arrived; returns the request once it is complete: a line, or everything before the end of input.
     *
     * @throws ControlException if the request is too long
     * @throws IOException if the client has disconnected
     */
    Optional<String> read() throws IOException, ControlException {
        int octets = channel.read(request);
        if (phase != Phase.REQUEST) {
            request.clear(); // Ignored: a connection has only one request.
            if (octets < 0) {
                throw new IOException("the client is gone");
            }
            return Optional.empty();
        }
        for (int at = 0; at < request.position(); at++) {
            if (request.get(at) == '\n') {
                return Optional.of(text(at));
            }
        }
        if (request.position() > Dialect.REQUEST_MAX_OCTETS) {
            throw Requests.malformed("the request has more than " + Dialect.REQUEST_MAX_OCTETS + " octets");
        }
        if (octets < 0 && request.position() == 0) {
            throw new IOException("the client is gone without a request");
        }
        return octets < 0 ? Optional.of(text(request.position())) : Optional.empty();
    }

    private String text(int length) {
        return new String(request.array(), 0, length, StandardCharsets.UTF_8);
    }

    /** Sets the response; {@link #write} sends it when the client reads. */
    void answer(String line, boolean watches, long nowNanos) {
        phase = watches ? Phase.WATCH : Phase.ANSWER;
        request.clear();
        byte[] octets = line.getBytes(StandardCharsets.US_ASCII);
        enqueue(octets, 0, octets.length);
        deadlineNanos = nowNanos + patienceNanos();
        interest();
    }

    /** From now on the client has time to read what follows, unless it already has something to read. */
    void expectReading(long nowNanos) {
        if (outOctets == 0) {
            deadlineNanos = nowNanos + WATCH_NANOS;
        }
    }

    /** Adds a record for a client that watches, if there is room; {@link #write} sends it. */
    void tell(byte[] from, int offset, int octets) {
        if (outOctets + octets > WATCH_MAX_OCTETS) {
            lostRecords++;
        } else {
            enqueue(from, offset, octets);
        }
    }

    /** Counts records that were lost before; they are reported together with those for which there was no room here. */
    void tellLost(long more) {
        lostRecords += more;
        if (lostRecords > 0 && outOctets == 0) {
            byte[] record = ObservedRecord.lost(lostRecords);
            lostRecords = 0;
            enqueue(record, 0, record.length);
        }
    }

    /** Appends to the last buffer if there is room: a write for each record would cost more than the record. */
    private void enqueue(byte[] from, int offset, int octets) {
        ByteBuffer last = out.peekLast();
        if (last == null || last.capacity() - last.limit() < octets) {
            last = ByteBuffer.allocate(Math.max(octets, isWatching() ? CHUNK_OCTETS : 0))
                    .limit(0);
            out.add(last);
        }
        int at = last.limit();
        last.limit(at + octets).put(at, from, offset, octets);
        outOctets += octets;
    }

    /** Continues to send; returns whether everything is sent and the connection has to end. */
    boolean write(long nowNanos) throws IOException {
        while (outOctets > 0) {
            ByteBuffer first = out.element();
            ByteBuffer part = first.duplicate();
            part.limit(Math.min(part.limit(), part.position() + WRITE_MAX_OCTETS));
            int octets = channel.write(part);
            if (octets <= 0) {
                break;
            }
            first.position(first.position() + octets);
            outOctets -= octets;
            deadlineNanos = nowNanos + patienceNanos();
            if (!first.hasRemaining() && out.size() > 1) {
                out.remove();
            } else if (!first.hasRemaining()) {
                first.clear().limit(0);
            }
        }
        if (isWatching()) {
            tellLost(0);
        }
        interest();
        return outOctets == 0 && phase == Phase.ANSWER;
    }

    /** Never empty: with no interest, a selector does not sleep when the other end of the connection has gone. */
    private void interest() {
        SelectionKey present = key;
        if (present != null) {
            int read = phase == Phase.ANSWER ? 0 : SelectionKey.OP_READ;
            int wanted = read | (outOctets == 0 ? 0 : SelectionKey.OP_WRITE);
            if (present.interestOps() != wanted) {
                present.interestOps(wanted);
            }
        }
    }

    private long patienceNanos() {
        return isWatching() ? WATCH_NANOS : ANSWER_NANOS;
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // The connection is not needed any more in any case.
        }
    }
}
