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
 * The NAT's end of one TCP connection of a guest (RFC 9293): takes the guest's segments, sends its own, and keeps the
 * octets of both directions until the host's connection or the guest has taken them.
 *
 * <p>The hub loses nothing, so there is no congestion control, and what arrives out of order is dropped. What the guest
 * does not acknowledge in time is sent again, from the first octet that is missing.
 *
 * <p>Calculates only: the caller has socket, wire and clock. It calls {@link #flush} after whatever else it has called,
 * and {@link #expire} when {@link #deadline} has come.
 */
final class GuestConnection {
    private enum State {
        /** The host's connection is not made yet, and the guest has no answer. */
        WAITING,
        /** The SYN is answered; the guest has not acknowledged that. */
        ANSWERED,
        OPEN,
        /** Ended by a reset, in whatever direction. */
        RESET
    }

    /** The octets kept in each direction; also the largest window, which is never scaled. */
    static final int BUFFER = 0xFFFF;
    /** What fits into a frame of the guest network. */
    static final int MAXIMUM_SEGMENT = 1460;
    /** Holds for a guest that does not say (RFC 9293, section 3.7.1). */
    static final int MAXIMUM_SEGMENT_DEFAULT = 536;

    /** The first time that the guest gets to acknowledge; it doubles with each attempt. */
    static final long RETRANSMIT_MILLIS = 500;
    /** Attempts without any sign of life of the guest. */
    static final int ATTEMPTS = 5;

    static final long NEVER = Long.MAX_VALUE;

    private final Consumer<Segment> output;
    private final int maximumSegment;
    private State state = State.WAITING;

    /** What the guest has sent and the host has not taken. */
    private final ByteBuffer toHost = ByteBuffer.allocate(BUFFER);
    /** The next sequence number expected of the guest. */
    private int expected;
    /** The first sequence number beyond the window that the guest knows. */
    private int announced;

    private boolean guestEnded;
    private boolean acknowledgmentOwed;

    /** What the host has sent and the guest has not acknowledged; the first octet has the number {@link #missing}. */
    private final ByteBuffer toGuest = ByteBuffer.allocate(BUFFER);
    /** The first sequence number that the guest has not acknowledged. */
    private int missing;
    /** The sequence number to be sent next; falls back to {@link #missing} when the guest was silent for too long. */
    private int next;
    /** The first sequence number never sent. */
    private int unsent;

    private int guestWindow;
    private boolean hostEnded;
    private boolean endAcknowledged;

    private long deadline = NEVER;
    private int attempts;

    /**
     * @param sequence the first number of the NAT's own
     * @param output sends a segment to the guest; its data are valid during the call
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

    /** The host's connection is made: the guest gets its answer. */
    void hostConnected() {
        state = State.ANSWERED;
    }

    /** Gives the host's connection what the guest has sent, as far as it takes that. */
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

    /** Fetches what the host's connection has, as far as there is room. */
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

    /** The guest sends nothing any more, and the host has taken it all. */
    boolean hasEnded() {
        return guestEnded && !hasOctetsForHost();
    }

    /** Both directions have ended, and both sides know it. */
    boolean isDone() {
        return hasEnded() && endAcknowledged;
    }

    /** Was reset by the guest, by {@link #reset} or for the guest's silence. */
    boolean isReset() {
        return state == State.RESET;
    }

    /** The host's connection was refused or reset, or is given up: the guest learns it at once. */
    void reset() {
        if (state != State.RESET) {
            int sequence = state == State.WAITING ? 0 : next;
            output.accept(new Segment(sequence, expected, RST | ACK, 0, 0, Segment.NO_DATA));
            state = State.RESET;
        }
    }

    // ---- the guest's side ----

    /** Takes a segment of the guest. */
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

    /** The guest has seen no answer, or knows nothing of this connection and will reset it (section 3.10.7.4). */
    private void takeSynAgain(Segment syn) {
        if (state == State.ANSWERED && syn.sequence() == expected - 1) {
            next = missing;
        } else {
            acknowledgmentOwed = true;
        }
    }

    /** Answers false if this acknowledges what was never sent. */
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

    /** Data and FIN. What lies before the window, above all a keepalive's octet, is acknowledged once more. */
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

    /** Sends what there is to send by now. */
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
            if (octets <= 0 || sliver) { // a window that is nearly full is left alone (section 3.8.6.2.1)
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

    /** When the guest must have acknowledged something, or has to be asked for its window; {@link #NEVER} if not. */
    long deadline() {
        return deadline;
    }

    /** The guest has had its time. */
    void expire() {
        deadline = NEVER;
        attempts++;
        if (attempts > ATTEMPTS) {
            reset();
        } else if (inFlight() > 0) {
            next = missing;
        } else {
            // The window is closed. An octet that the guest has had makes it announce its window, as a keepalive does.
            output.accept(new Segment(missing - 1, expected, ACK, toHost.remaining(), 0, Segment.NO_DATA));
        }
    }
}
