package io.github.natexd.cli.capture;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads a file from beginning to end through one small buffer, and counts the position. */
final class OctetInput implements Closeable {
    private static final int WINDOW_OCTETS = 65_536;

    private final InputStream stream;
    private final ByteBuffer window = ByteBuffer.allocate(WINDOW_OCTETS).limit(0);
    private long windowStart;

    OctetInput(InputStream stream) {
        this.stream = stream;
    }

    /** The position of the next octet in the file. */
    long position() {
        return windowStart + window.position();
    }

    void order(ByteOrder order) {
        window.order(order);
    }

    ByteOrder order() {
        return window.order();
    }

    boolean atEnd() throws IOException {
        return !fill(1);
    }

    /** Reads 32 bits in the file's byte order; {@code what} names the part for the message if the file ends in it. */
    int readInt(String what) throws IOException, DamagedCaptureException {
        need(Integer.BYTES, what);
        return window.getInt();
    }

    int readUnsignedShort(String what) throws IOException, DamagedCaptureException {
        need(Short.BYTES, what);
        return window.getShort() & 0xFFFF;
    }

    int readUnsignedByte(String what) throws IOException, DamagedCaptureException {
        need(Byte.BYTES, what);
        return window.get() & 0xFF;
    }

    void read(ByteBuffer target, int octets, String what) throws IOException, DamagedCaptureException {
        int done = 0;
        while (done < octets) {
            need(1, what);
            int part = Math.min(octets - done, window.remaining());
            target.put(done, window, window.position(), part);
            window.position(window.position() + part);
            done += part;
        }
    }

    void skip(long octets, String what) throws IOException, DamagedCaptureException {
        long left = octets;
        while (left > 0) {
            need(1, what);
            int part = (int) Math.min(left, window.remaining());
            window.position(window.position() + part);
            left -= part;
        }
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }

    private void need(int octets, String what) throws IOException, DamagedCaptureException {
        if (!fill(octets)) {
            throw new DamagedCaptureException(windowStart + window.limit(), "the file ends inside " + what);
        }
    }

    /** Fills the window with at least this number of octets, unless the file ends before. */
    private boolean fill(int octets) throws IOException {
        if (window.remaining() >= octets) {
            return true;
        }
        windowStart += window.position();
        window.compact();
        int count = 0;
        while (window.position() < octets && count >= 0) {
            count = stream.read(window.array(), window.position(), window.remaining());
            window.position(window.position() + Math.max(count, 0));
        }
        window.flip();
        return window.remaining() >= octets;
    }
}
