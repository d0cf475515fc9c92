package io.github.natexd.control;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.charset.StandardCharsets;
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

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final int WRITE_MAX_OCTETS = 64 * 1024;
    /** What a client that watches can leave unread: natexd then sends many records in one system call. */
    private static final int WATCH_BUFFER_OCTETS = 1024 * 1024;

    private enum Phase {
        REQUEST,
        /** natexd executes the request; there is no time limit. */
        WORK,
        /** The connection ends after the response. */
        ANSWER,
        WATCH
    }

    private final UnixSocketChannel channel;
    private final ClientSockets sockets;
    private final Caller caller;
    private final ByteBuffer request = ByteBuffer.allocate(Dialect.REQUEST_MAX_OCTETS + 1);
    /** What the client has still to read. */
    private ByteBuffer out = NOTHING;

    private Phase phase = Phase.REQUEST;
    private long deadlineNanos;
    private @Nullable SelectionKey key;

    Connection(UnixSocketChannel channel, ClientSockets sockets, long nowNanos) {
        this.channel = channel;
        this.sockets = sockets;
        caller = sockets.caller(channel.getFD());
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
        return isReplaceable() || isWatching() && out.hasRemaining();
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
        if (watches) {
            sockets.sendBuffer(channel.getFD(), WATCH_BUFFER_OCTETS);
        }
        request.clear();
        send(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)), nowNanos);
    }

    /** Whether there is nothing that the client has still to read. */
    boolean isIdle() {
        return !out.hasRemaining();
    }

    /** Sets what {@link #write} sends next; before, everything else must have been sent. */
    void send(ByteBuffer octets, long nowNanos) {
        out = octets;
        deadlineNanos = nowNanos + patienceNanos();
        interest();
    }

    /** Continues to send; returns whether everything is sent and the connection has to end. */
    boolean write(long nowNanos) throws IOException {
        int octets = 1;
        while (out.hasRemaining() && octets > 0) {
            octets = out.isDirect() ? sockets.send(channel.getFD(), out) : writePart();
            if (octets > 0) {
                out.position(out.position() + octets);
                deadlineNanos = nowNanos + patienceNanos();
            }
        }
        interest();
        return isIdle() && phase == Phase.ANSWER;
    }

    /** A channel copies all it gets before it writes as much as the client takes. */
    private int writePart() throws IOException {
        ByteBuffer part = out.duplicate();
        part.limit(Math.min(part.limit(), part.position() + WRITE_MAX_OCTETS));
        return channel.write(part);
    }

    /** Never empty: with no interest, a selector does not sleep when the other end of the connection has gone. */
    private void interest() {
        SelectionKey present = key;
        if (present != null) {
            int read = phase == Phase.ANSWER ? 0 : SelectionKey.OP_READ;
            int wanted = read | (isIdle() ? 0 : SelectionKey.OP_WRITE);
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
