package io.github.natexd.control;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import jnr.unixsocket.UnixSocketChannel;
import org.jspecify.annotations.Nullable;

/** One connected client: his request as it comes, his answer as it goes; never blocks. */
final class Connection {
    /** How long a client may take to send its request. */
    static final long REQUEST_NANOS = 2_000_000_000L;

    /** How long a client may take none of its answer. */
    static final long ANSWER_NANOS = 5_000_000_000L;

    private static final int WRITE_MAX_OCTETS = 64 * 1024;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final UnixSocketChannel channel;
    private final Caller caller;
    private final ByteBuffer request = ByteBuffer.allocate(Dialect.REQUEST_MAX_OCTETS + 1);
    private ByteBuffer answer = NOTHING;
    private boolean answering;
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

    long deadlineNanos() {
        return deadlineNanos;
    }

    /**
     * Reads what has come; answers the request once it is whole: a line, or what came before the client shut its side.
     *
     * @throws ControlException if it is too long
     * @throws IOException if the client is gone
     */
    Optional<String> read() throws IOException, ControlException {
        int octets = channel.read(request);
        if (answering) {
            // Not asked for: one request for each connection.
            request.clear();
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

    /** Answers with these lines; {@link #write} sends them when the client takes them. */
    void answer(String lines, long nowNanos) {
        answering = true;
        request.clear();
        answer = ByteBuffer.wrap(lines.getBytes(StandardCharsets.UTF_8));
        deadlineNanos = nowNanos + ANSWER_NANOS;
        SelectionKey present = key;
        if (present != null) {
            present.interestOps(SelectionKey.OP_WRITE);
        }
    }

    /** Sends on; answers whether all is sent. */
    boolean write(long nowNanos) throws IOException {
        ByteBuffer part = answer.duplicate();
        part.limit(Math.min(part.limit(), part.position() + WRITE_MAX_OCTETS));
        int octets = channel.write(part);
        if (octets > 0) {
            answer.position(answer.position() + octets);
            deadlineNanos = nowNanos + ANSWER_NANOS;
        }
        return !answer.hasRemaining();
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // It is of no use any more either way.
        }
    }
}
