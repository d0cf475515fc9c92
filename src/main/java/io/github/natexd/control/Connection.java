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

    /** The limit of octets that wait for a client that watches; beyond it, lines are lost. */
    private static final int WATCH_MAX_OCTETS = 256 * 1024;

    private static final int CHUNK_OCTETS = 32 * 1024;
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
    private long lostLines;
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

    /** Whether the client has to act before a deadline; while it watches or waits, it has nothing to do. */
    boolean hasDeadline() {
        return phase == Phase.REQUEST || phase == Phase.ANSWER;
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
        enqueue(line);
        deadlineNanos = nowNanos + ANSWER_NANOS;
    }

    /** Adds a line for a client that watches, if there is room. */
    void tell(byte[] line) {
        if (outOctets + line.length > WATCH_MAX_OCTETS) {
            lostLines++;
        } else {
            enqueue(line);
        }
    }

    /** Counts lines that were lost before; they are reported together with those for which there was no room here. */
    void tellLost(long more) {
        lostLines += more;
        if (lostLines > 0 && outOctets == 0) {
            long told = lostLines;
            lostLines = 0;
            enqueue(Requests.json(json -> json.beginObject()
                    .name("version")
                    .value(Dialect.VERSION)
                    .name("lost")
                    .value(told)
                    .endObject()));
        }
    }

    private void enqueue(String line) {
        enqueue(line.getBytes(StandardCharsets.US_ASCII));
    }

    /** Appends to the last buffer if there is room: a write for each line would cost more than the line. */
    private void enqueue(byte[] octets) {
        ByteBuffer last = out.peekLast();
        if (last == null || last.capacity() - last.limit() < octets.length) {
            last = ByteBuffer.allocate(Math.max(octets.length, isWatching() ? CHUNK_OCTETS : 0))
                    .limit(0);
            out.add(last);
        }
        int at = last.limit();
        last.limit(at + octets.length).put(at, octets);
        outOctets += octets.length;
        interest();
    }

    /** Continues to send; returns whether everything is sent and the connection has to end. */
    boolean write(long nowNanos) throws IOException {
        ByteBuffer first = out.peek();
        while (first != null) {
            ByteBuffer part = first.duplicate();
            part.limit(Math.min(part.limit(), part.position() + WRITE_MAX_OCTETS));
            int octets = channel.write(part);
            if (octets <= 0) {
                break;
            }
            first.position(first.position() + octets);
            outOctets -= octets;
            deadlineNanos = nowNanos + ANSWER_NANOS;
            if (!first.hasRemaining()) {
                out.remove();
                first = out.peek();
            }
        }
        if (isWatching()) {
            tellLost(0);
        }
        interest();
        return out.isEmpty() && phase == Phase.ANSWER;
    }

    /** Never empty: with no interest, a selector does not sleep when the other end of the connection has gone. */
    private void interest() {
        SelectionKey present = key;
        if (present != null) {
            int read = phase == Phase.ANSWER ? 0 : SelectionKey.OP_READ;
            int wanted = read | (out.isEmpty() ? 0 : SelectionKey.OP_WRITE);
            if (present.interestOps() != wanted) {
                present.interestOps(wanted);
            }
        }
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // The connection is not needed any more in any case.
        }
    }
}
