package io.github.natexd.cli.capture;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Writes a capture file in the newer format (draft-ietf-opsawg-pcapng), big endian, times in nanoseconds. Writes
 * only whole blocks, and cuts a block off that the disk had no room for, so the file is valid whenever writing ends.
 * {@link PcapngFormat} reads it.
 */
public final class PcapngWriter implements Closeable {
    private static final int SECTION_HEADER = 0x0A0D0D0A;
    private static final int BYTE_ORDER_MAGIC = 0x1A2B3C4D;
    private static final int INTERFACE_DESCRIPTION = 1;
    private static final int ENHANCED_PACKET = 6;
    private static final long LENGTH_UNKNOWN = -1;
    private static final short OPTION_NAME = 2;
    private static final short OPTION_FLAGS = 2;
    private static final short OPTION_RESOLUTION = 9;
    private static final byte NANOSECONDS = 9;
    private static final int INBOUND = 1;
    private static final int OUTBOUND = 2;
    /** The octets of a block's type and both total lengths. */
    private static final int FRAME_OCTETS = 12;

    private static final int OPTION_HEADER = 4;
    private static final int PACKET_OCTETS = 20;
    private static final int WORD = 4;
    private static final int BUFFER_OCTETS = 256 * 1024;

    private final WritableByteChannel file;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_OCTETS);
    private int interfaces;
    /** How long the file is without what a flush has written in part. */
    private long octets;

    private PcapngWriter(WritableByteChannel file) {
        this.file = file;
    }

    /**
     * Creates a new file.
     *
     * @throws java.nio.file.FileAlreadyExistsException if the file exists; it is not overwritten
     */
    public static PcapngWriter create(Path path) throws IOException {
        return to(FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    }

    /** Begins a capture; {@link #close} closes the channel. */
    static PcapngWriter to(WritableByteChannel channel) throws IOException {
        PcapngWriter writer = new PcapngWriter(channel);
        int length = FRAME_OCTETS + 16;
        writer.begin(SECTION_HEADER, length)
                .putInt(BYTE_ORDER_MAGIC)
                .putShort((short) 1)
                .putShort((short) 0);
        writer.buffer.putLong(LENGTH_UNKNOWN).putInt(length);
        writer.flush();
        return writer;
    }

    /** Describes an interface and returns its number. To be called before the first packet. */
    int addInterface(int linkType, int snapLength, String name) throws IOException {
        byte[] octets = name.getBytes(StandardCharsets.UTF_8);
        int length = FRAME_OCTETS + 8 + OPTION_HEADER + padded(octets.length) + OPTION_HEADER + WORD + OPTION_HEADER;
        begin(INTERFACE_DESCRIPTION, length)
                .putShort((short) linkType)
                .putShort((short) 0)
                .putInt(snapLength);
        buffer.putShort(OPTION_NAME).putShort((short) octets.length).put(octets);
        pad(octets.length);
        buffer.putShort(OPTION_RESOLUTION).putShort((short) 1).put(NANOSECONDS);
        pad(1);
        buffer.putInt(0).putInt(length);
        flush();
        return interfaces++;
    }

    /** Adds a packet; it is in the file after the next {@link #flush}. */
    void add(int interfaceNumber, long nanos, byte[] octets, int originalLength, boolean outgoing) throws IOException {
        int length = FRAME_OCTETS + PACKET_OCTETS + padded(octets.length) + OPTION_HEADER + WORD + OPTION_HEADER;
        if (buffer.remaining() < length) {
            flush();
        }
        begin(ENHANCED_PACKET, length).putInt(interfaceNumber);
        buffer.putInt((int) (nanos >>> 32))
                .putInt((int) nanos)
                .putInt(octets.length)
                .putInt(originalLength);
        buffer.put(octets);
        pad(octets.length);
        buffer.putShort(OPTION_FLAGS).putShort((short) WORD).putInt(outgoing ? OUTBOUND : INBOUND);
        buffer.putInt(0).putInt(length);
    }

    /** Writes what was added. If that fails, for example because the disk is full, it is lost as a whole. */
    void flush() throws IOException {
        buffer.flip();
        int length = buffer.remaining();
        try {
            while (buffer.hasRemaining()) {
                file.write(buffer);
            }
            octets += length;
        } catch (IOException e) {
            if (file instanceof SeekableByteChannel whole) {
                whole.truncate(octets);
            }
            throw e;
        } finally {
            buffer.clear();
        }
    }

    private ByteBuffer begin(int type, int length) {
        return buffer.putInt(type).putInt(length);
    }

    private void pad(int length) {
        for (int i = length; i < padded(length); i++) {
            buffer.put((byte) 0);
        }
    }

    private static int padded(int length) {
        return (length + WORD - 1) / WORD * WORD;
    }

    @Override
    public void close() throws IOException {
        try {
            flush();
        } finally {
            file.close();
        }
    }
}
