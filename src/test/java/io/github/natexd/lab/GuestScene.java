package io.github.natexd.lab;

import static io.github.natexd.wire.TcpHeader.ACK;
import static io.github.natexd.wire.TcpHeader.FIN;
import static io.github.natexd.wire.TcpHeader.PSH;
import static io.github.natexd.wire.TcpHeader.RST;
import static io.github.natexd.wire.TcpHeader.SYN;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A guest and a target that do what a test says, around the NAT's end of a connection; and what the guest got. */
final class GuestScene {
    static final int WINDOW = 0xFFFF;

    /** The numbers of both sides pass 2^32 within the first octets. */
    private static final int GUEST = -3;

    private static final int NAT = -2;

    private final List<Segment> sent = new ArrayList<>();
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private final GuestConnection nat;
    private ReadableByteChannel waiting = channel("");
    private long now;

    GuestScene(int maximumSegment) {
        nat = new GuestConnection(syn(maximumSegment), NAT, segment -> sent.add(copy(segment)));
    }

    GuestConnection nat() {
        return nat;
    }

    long now() {
        return now;
    }

    /** The whole handshake, of which a test wants to see nothing. */
    void open() {
        nat.hostConnected();
        flush();
        take(window(1, WINDOW));
        flush();
        forget();
    }

    void take(Segment segment) {
        nat.take(segment);
    }

    void flush() {
        nat.flush(now);
    }

    /** The next deadline comes. */
    void expire() {
        now = nat.deadline();
        nat.expire();
        flush();
    }

    void targetSends(String text) {
        waiting = channel(text);
        read();
    }

    /** The NAT reads on in what the target has sent last. */
    void read() {
        try {
            nat.readFrom(waiting);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void targetEnds() {
        targetSends("");
    }

    void targetTakes() {
        write(Channels.newChannel(taken));
    }

    void targetTakes(int octets) {
        write(new WritableByteChannel() {
            @Override
            public int write(ByteBuffer source) {
                source.position(octets);
                return octets;
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {}
        });
    }

    private void write(WritableByteChannel target) {
        try {
            nat.writeTo(target);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the target has taken. */
    String taken() {
        return taken.toString(StandardCharsets.US_ASCII);
    }

    List<Segment> sent() {
        return sent;
    }

    List<Integer> dataLengths() {
        return sent.stream().map(segment -> segment.data().remaining()).toList();
    }

    void forget() {
        sent.clear();
    }

    void assertSent(String... expected) {
        assertEquals(List.of(expected), sent.stream().map(GuestScene::text).toList());
    }

    static Segment syn(int maximumSegment) {
        return new Segment(GUEST, 0, SYN, WINDOW, maximumSegment, Segment.NO_DATA);
    }

    static Segment data(int sequence, String text) {
        return fromGuest(ACK | PSH, sequence, 1, text);
    }

    static Segment window(int acknowledged, int window) {
        return new Segment(GUEST + 1, NAT + acknowledged, ACK, window, 0, Segment.NO_DATA);
    }

    static Segment fromGuest(int flags, int sequence, int acknowledged, String text) {
        ByteBuffer octets = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
        return new Segment(GUEST + sequence, NAT + acknowledged, flags, WINDOW, 0, octets);
    }

    private static ReadableByteChannel channel(String text) {
        return Channels.newChannel(new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)));
    }

    /** The data of a segment are valid only while it is sent. */
    private static Segment copy(Segment segment) {
        byte[] octets = new byte[segment.data().remaining()];
        segment.data().get(octets);
        return new Segment(
                segment.sequence(),
                segment.acknowledged(),
                segment.flags(),
                segment.window(),
                segment.maximumSegment(),
                ByteBuffer.wrap(octets));
    }

    static String text(Segment segment) {
        StringBuilder text = new StringBuilder();
        text.append(segment.has(SYN) ? "SYN " : "").append(segment.has(FIN) ? "FIN " : "");
        text.append(segment.has(RST) ? "RST " : "").append(segment.has(ACK) ? "ACK " : "");
        text.append(segment.has(PSH) ? "PSH " : "");
        boolean refused = segment.has(RST) && segment.sequence() == 0;
        text.append(refused ? "seq abs 0" : "seq " + (segment.sequence() - NAT));
        text.append(segment.has(ACK) ? " ack " + (segment.acknowledged() - GUEST) : " ack abs 0");
        if (segment.data().hasRemaining()) {
            return text + " " + StandardCharsets.US_ASCII.decode(segment.data().duplicate());
        }
        text.append(segment.has(RST) ? "" : " window " + segment.window());
        return text.append(segment.maximumSegment() == 0 ? "" : " mss " + segment.maximumSegment())
                .toString();
    }
}
