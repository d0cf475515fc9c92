package io.github.natexd.cli.capture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PcapngWriterTest {
    private static final long NANOS = 1_790_000_000_123_456_789L;

    @TempDir
    private Path directory;

    @Test
    void writesWhatTheReaderReads() throws Exception {
        Path file = directory.resolve("two.pcap");
        byte[] frame = octets(61);
        byte[] cooked = octets(60);
        try (PcapngWriter writer = PcapngWriter.create(file)) {
            int guests = writer.addInterface(LinkLayer.ETHERNET, 9000, "vmnet8");
            int others = writer.addInterface(LinkLayer.COOKED_2, 9000, "any");
            writer.add(guests, NANOS, frame, 61, false);
            writer.add(others, NANOS + 1, cooked, 1500, true);
        }

        try (CaptureFile read = CaptureFile.open(Files.newInputStream(file))) {
            CapturedPacket packet = new CapturedPacket();
            assertTrue(read.next(packet));
            assertEquals(LinkLayer.ETHERNET, packet.linkType);
            assertEquals(NANOS, packet.nanos);
            assertEquals(CapturedPacket.Direction.IN, packet.direction);
            assertFalse(packet.cut());
            assertArrayEquals(frame, Arrays.copyOf(packet.buffer.array(), packet.length));
            assertTrue(read.next(packet));
            assertEquals(LinkLayer.COOKED_2, packet.linkType);
            assertEquals(NANOS + 1, packet.nanos);
            assertEquals(CapturedPacket.Direction.OUT, packet.direction);
            assertEquals(1500, packet.originalLength);
            assertArrayEquals(cooked, Arrays.copyOf(packet.buffer.array(), packet.length));
            assertFalse(read.next(packet));
        }
    }

    /** After each flush the file is valid; when the buffer is full, the writer flushes it. */
    @Test
    void theFileIsValidAfterEachFlush() throws Exception {
        Path file = directory.resolve("growing.pcap");
        try (PcapngWriter writer = PcapngWriter.create(file)) {
            assertEquals(0, packets(file));
            int number = writer.addInterface(LinkLayer.ETHERNET, 9000, "vmnet8");
            assertEquals(0, packets(file));
            for (int i = 0; i < 100; i++) {
                writer.add(number, NANOS, octets(9000 + i), 9000 + i, false);
                packets(file);
            }
            writer.flush();
            assertEquals(100, packets(file));
        }
    }

    @Test
    void overwritesNothing() throws Exception {
        Path file = Files.writeString(directory.resolve("mine"), "precious");

        assertThrows(FileAlreadyExistsException.class, () -> PcapngWriter.create(file));
        assertEquals("precious", Files.readString(file));
    }

    /** A block that is only partly written is cut off, and not written again when there is room. */
    @Test
    void theFileIsValidAfterTheDiskWasFull() throws Exception {
        Path file = directory.resolve("full.pcap");
        FullDisk disk = new FullDisk(FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
        try (PcapngWriter writer = PcapngWriter.to(disk)) {
            int number = writer.addInterface(LinkLayer.ETHERNET, 9000, "vmnet8");
            writer.add(number, NANOS, octets(100), 100, false);
            writer.flush();
            disk.room = 70;
            writer.add(number, NANOS, octets(101), 101, false);
            assertThrows(IOException.class, writer::flush);
            assertEquals(1, packets(file));
            disk.room = Integer.MAX_VALUE;
        }
        assertEquals(1, packets(file));
    }

    /** Writes a part of what it has no room for, as the kernel does. */
    private static final class FullDisk implements SeekableByteChannel {
        private final FileChannel file;
        private int room = Integer.MAX_VALUE;

        FullDisk(FileChannel file) {
            this.file = file;
        }

        @Override
        public int write(ByteBuffer octets) throws IOException {
            if (room == 0) {
                throw new IOException("No space left on device");
            }
            int written = file.write(octets.slice(octets.position(), Math.min(room, octets.remaining())));
            octets.position(octets.position() + written);
            room -= written;
            return written;
        }

        @Override
        public SeekableByteChannel truncate(long size) throws IOException {
            file.truncate(size);
            return this;
        }

        @Override
        public int read(ByteBuffer octets) throws IOException {
            return file.read(octets);
        }

        @Override
        public long position() throws IOException {
            return file.position();
        }

        @Override
        public SeekableByteChannel position(long position) throws IOException {
            file.position(position);
            return this;
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public boolean isOpen() {
            return file.isOpen();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    private static int packets(Path file) throws Exception {
        int count = 0;
        CapturedPacket packet = new CapturedPacket();
        try (CaptureFile read = CaptureFile.open(new ByteArrayInputStream(Files.readAllBytes(file)))) {
            while (read.next(packet)) {
                count++;
            }
        }
        return count;
    }

    private static byte[] octets(int length) {
        byte[] octets = new byte[length];
        for (int i = 0; i < length; i++) {
            octets[i] = (byte) i;
        }
        return octets;
    }
}
