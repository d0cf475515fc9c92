package io.github.natexd.lab;

import static io.github.natexd.wire.TcpHeader.ACK;
import static io.github.natexd.wire.TcpHeader.FIN;
import static io.github.natexd.wire.TcpHeader.PSH;
import static io.github.natexd.wire.TcpHeader.RST;
import static io.github.natexd.wire.TcpHeader.SYN;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.function.Consumer;

/**
 * The NAT's end of a guest's TCP connection (RFC 9293). It takes the guest's segments, sends its own, and buffers the
 * data of both directions until the host's socket or the guest takes them.
 *
 * <p>The hub loses no frames, so there is no congestion control, and data out of order are dropped. Data that the guest
 * does not acknowledge in time are sent again, beginning with the first octet that is missing.
 *
 * <p>This class has no socket and no clock. The caller must call {@link #flush} after its other calls, and {@link
 * #expire} when the {@link #deadline} has passed.
 */
final class GuestConnection {
    private enum State {
        /** The host's connection is not established, so the guest has no response. */
        WAITING,
        /** The guest has a response to its SYN, but has not acknowledged it. */
        ANSWERED,
        OPEN,
        /** A reset of either side has ended the connection. */
        RESET
    }

    /** The size of the buffer of each direction; also the largest window, because windows are not scaled. */
    static final int BUFFER = 0xFFFF;
    /** The data that fit into a frame of the guest network. */
    static final int MAXIMUM_SEGMENT = 1460;
    /** For a guest that sends no such option (RFC 9293, section 3.7.1). */
    static final int MAXIMUM_SEGMENT_DEFAULT = 536;

    /** The time until the first retransmission; it doubles with each attempt. */
    static final long RETRANSMIT_MILLIS = 500;
    /** The connection is reset after this many attempts without an acknowledgment. */
    static final int ATTEMPTS = 5;

    static final long NEVER = Long.MAX_VALUE;

    private final Consumer<Segment> output;
    private final int maximumSegment;
    private State state = State.WAITING;

    /** Data from the guest that the host's socket has not taken yet. */
    private final ByteBuffer toHost = ByteBuffer.allocate(BUFFER);
    /** The sequence number that the guest must send next. */
    private int expected;
    /** The first sequence number beyond the last window sent to the guest. */
    private int announced;

    private boolean guestEnded;
    private boolean acknowledgmentOwed;

    /** Data from the target that the guest has not acknowledged; the first octet has the number {@link #missing}. */
    private final ByteBuffer toGuest = ByteBuffer.allocate(BUFFER);
    /** The first sequence number that the guest has not acknowledged. */
    private int missing;
    /** The sequence number to send next; goes back to {@link #missing} for a retransmission. */
    private int next;
    /** The first sequence number never sent. */
    private int unsent;

    private int guestWindow;
    private boolean hostEnded;
    private boolean endAcknowledged;

    private long deadline = NEVER;
    private int attempts;

    /**
     * @param sequence the NAT's first sequence number
     * @param output sends a segment to the guest; its data are valid only during the call
     */
    GuestConnection(Segment syn, int sequence, Consumer<Segment> output) {
        this.output = output;
        this.maximumSegment =
                syn.maximumSegment() == 0 ? MAXIMUM_SEGMENT_DEFAULT : Math.min(syn.maximumSegment(), MAXIMUM_SEGMENT);
        this.guestWindow = syn.window();
        this.expected = syn.sequence() + 1;
        this.announced = expected;
        this.missing = sequence;
        this.next = sequence;
        this.unsent = sequence;
    }

    // ---- the host's side ----

    boolean isWaiting() {
        return state == State.WAITING;
    }

    /** The host's connection is established: the guest gets its SYN and ACK. */
    void hostConnected() {
        state = State.ANSWERED;
    }

    /** Writes the guest's data to the host's socket, as much as it takes. */
    void writeTo(WritableByteChannel host) throws IOException {
        if (!hasOctetsForHost()) {
            return;
        }
        toHost.flip();
        try {
            host.write(toHost);
        } finally {
            toHost.compact();
        }
    }

    /** Reads data from the host's socket, as much as there is room for. */
    void readFrom(ReadableByteChannel host) throws IOException {
        if (hasRoomForGuest() && host.read(toGuest) < 0) {
            hostEnded = true;
        }
    }

    boolean hasOctetsForHost() {
        return toHost.position() > 0;
    }

    boolean hasRoomForGuest() {
        return !hostEnded && toGuest.hasRemaining();
    }

    /** Whether the guest has ended its direction and the host's socket has taken all its data. */
    boolean hasEnded() {
        return guestEnded && !hasOctetsForHost();
    }

    /** Whether both directions have ended and both ends are acknowledged. */
    boolean isDone() {
        return hasEnded() && endAcknowledged;
    }

    /** Whether the guest or {@link #reset} has reset it, or the guest was silent for too long. */
    boolean isReset() {
        return state == State.RESET;
    }

    /** Resets the connection, because the host's connection was refused or reset, or has to make room. */
    void reset() {
        if (state != State.RESET) {
            int sequence = state == State.WAITING ? 0 : next;
            output.accept(new Segment(sequence, expected, RST | ACK, 0, 0, Segment.NO_DATA));
            state = State.RESET;
        }
    }

    // ---- the guest's side ----

    /** Takes a guest's segment. */
    void take(Segment segment) {
        if (state == State.RESET) {
            return;
        }
        if (segment.has(RST)) {
            int distance = segment.sequence() - expected;
            if (distance >= 0 && distance <= toHost.remaining()) {
                state = State.RESET;
            }
        } else if (segment.has(SYN)) {
            takeSynAgain(segment);
        } else if (segment.has(ACK) && state != State.WAITING && acknowledge(segment)) {
            attempts = 0;
            receive(segment);
        }
    }

    /** The guest missed the response, or does not know this connection and will reset it (section 3.10.7.4). */
    private void takeSynAgain(Segment syn) {
        if (state == State.ANSWERED && syn.sequence() == expected - 1) {
            next = missing;
        } else {
            acknowledgmentOwed = true;
        }
    }

    /** Returns false if the segment acknowledges data that was never sent. */
    private boolean acknowledge(Segment segment) {
        int advance = segment.acknowledged() - missing;
        if (advance > unsent - missing || (state == State.ANSWERED && advance != 1)) {
            acknowledgmentOwed = true;
            return false;
        }
        if (advance < 0) {
            return true; // an old segment
        }
        guestWindow = segment.window();
        if (advance == 0) {
            return true;
        }
        if (state == State.ANSWERED) {
            state = State.OPEN;
        } else {
            int octets = Math.min(advance, toGuest.position());
            toGuest.flip().position(octets);
            toGuest.compact();
            endAcknowledged = advance > octets;
        }
        missing += advance;
        if (next - missing < 0) {
            next = missing;
        }
        deadline = NEVER;
        return true;
    }

    /** Takes data and FIN. Octets before the window, such as a keepalive's, get another acknowledgment. */
    private void receive(Segment segment) {
        int known = expected - segment.sequence();
        if (segment.length() == 0 && known == 0) {
            return;
        }
        acknowledgmentOwed = true;
        ByteBuffer data = segment.data();
        if (guestEnded || known < 0 || known > data.remaining()) {
            return;
        }
        data.position(data.position() + known);
        int taken = Math.min(data.remaining(), toHost.remaining());
        toHost.put(data.slice().limit(taken));
        expected += taken;
        if (segment.has(FIN) && taken == data.remaining()) {
            expected++;
            guestEnded = true;
        }
    }

    /** Sends everything that may be sent now. */
    void flush(long nowMillis) {
        if (state == State.WAITING || state == State.RESET) {
            return;
        }
        if (state == State.ANSWERED && next == missing) {
            send(SYN | ACK, Segment.NO_DATA);
        }
        if (state == State.OPEN) {
            sendData();
            if (hostEnded && !endAcknowledged && inFlight() == toGuest.position()) {
                send(FIN | ACK, Segment.NO_DATA);
            }
        }
        if (acknowledgmentOwed || toHost.remaining() - (announced - expected) >= BUFFER / 2) {
            send(ACK, Segment.NO_DATA);
        }
        boolean outstanding = inFlight() > 0 || (state == State.OPEN && toGuest.position() > 0);
        if (!outstanding) {
            deadline = NEVER;
        } else if (deadline == NEVER) {
            deadline = nowMillis + (RETRANSMIT_MILLIS << attempts);
        }
    }

    private void sendData() {
        while (true) {
            int waiting = toGuest.position() - inFlight();
            int octets = Math.min(Math.min(waiting, guestWindow - inFlight()), maximumSegment);
            boolean sliver = octets < Math.min(waiting, maximumSegment) && inFlight() > 0;
            if (octets <= 0 || sliver) { // no small segments into a window that is nearly full (section 3.8.6.2.1)
                return;
            }
            send(octets == waiting ? ACK | PSH : ACK, toGuest.slice(inFlight(), octets));
        }
    }

    private int inFlight() {
        return next - missing;
    }

    private void send(int flags, ByteBuffer data) {
        int offered = (flags & SYN) != 0 ? MAXIMUM_SEGMENT : 0;
        Segment segment = new Segment(next, expected, flags, toHost.remaining(), offered, data);
        next += segment.length();
        if (next - unsent > 0) {
            unsent = next;
        }
        announced = expected + toHost.remaining();
        acknowledgmentOwed = false;
        output.accept(segment);
    }

    /** The time of the next {@link #expire}; {@link #NEVER} if the guest owes nothing. */
    long deadline() {
        return deadline;
    }

    /** Sends again what the guest has not acknowledged, or asks for its window; resets after too many attempts. */
    void expire() {
        deadline = NEVER;
        attempts++;
        if (attempts > ATTEMPTS) {
            reset();
        } else if (inFlight() > 0) {
            next = missing;
        } else {
            // The window is closed. Like a keepalive, a number before the window makes the guest announce it.
            output.accept(new Segment(missing - 1, expected, ACK, toHost.remaining(), 0, Segment.NO_DATA));
        }
    }
}
