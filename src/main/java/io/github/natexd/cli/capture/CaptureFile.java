package io.github.natexd.cli.capture;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.function.Consumer;

/**
 * Reads a capture file packet by packet: pcap in both byte orders with micro- or nanoseconds, or pcapng. Memory use is
 * bounded even if the file is malformed. Formats: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng.
 */
public final class CaptureFile implements Closeable {
    private static final int GZIP_MAGIC = 0x1F8B;
    private static final int ZSTD_MAGIC = 0x28B52FFD;
    private static final int PCAP_MODIFIED_MAGIC = 0xA1B2CD34;

    /** What the two formats have in common: {@code next} reads a packet; it returns false at the end of the file. */
    sealed interface Format permits PcapFormat, PcapngFormat {
        boolean next(CapturedPacket packet) throws IOException, DamagedCaptureException;
    }

    private final OctetInput input;
    private final Format format;
    private long packets;

    private CaptureFile(OctetInput input, Format format) {
        this.input = input;
        this.format = format;
    }

    /** Reads the beginning of the file; closes the stream if it is not a capture. */
    public static CaptureFile open(InputStream stream) throws IOException, DamagedCaptureException {
        OctetInput input = new OctetInput(stream);
        boolean opened = false;
        try {
            CaptureFile file = new CaptureFile(input, format(input));
            opened = true;
            return file;
        } finally {
            if (!opened) {
                input.close();
            }
        }
    }

    /** Reads the next packet; false at the end of the file. */
    public boolean next(CapturedPacket packet) throws IOException, DamagedCaptureException {
        if (!format.next(packet)) {
            return false;
        }
        packet.number = ++packets;
        return true;
    }

    /** Opens a capture, passes each packet to {@code reader}, and closes it. The packet is the same object each time. */
    public static void read(InputStream stream, Consumer<CapturedPacket> reader)
            throws IOException, DamagedCaptureException {
        CapturedPacket packet = new CapturedPacket();
        try (CaptureFile capture = open(stream)) {
            while (capture.next(packet)) {
                reader.accept(packet);
            }
        }
    }

    /** Why a capture could not be opened or read. */
    public static String problem(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "no such file";
        }
        return e instanceof AccessDeniedException ? "permission denied" : String.valueOf(e.getMessage());
    }

    @Override
    public void close() throws IOException {
        input.close();
    }

    private static Format format(OctetInput input) throws IOException, DamagedCaptureException {
        if (input.atEnd()) {
            throw new DamagedCaptureException(0, "the file is empty");
        }
        input.order(ByteOrder.BIG_ENDIAN);
        int magic = input.readInt("its first four octets");
        if (magic == PcapngFormat.SECTION_HEADER) {
            return new PcapngFormat(input);
        }
        for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
            int ordered = order == ByteOrder.BIG_ENDIAN ? magic : Integer.reverseBytes(magic);
            if (ordered == PcapFormat.MICROS_MAGIC || ordered == PcapFormat.NANOS_MAGIC) {
                input.order(order);
                return PcapFormat.open(input, ordered == PcapFormat.NANOS_MAGIC);
            }
        }
        throw new DamagedCaptureException(0, complaint(magic));
    }

    private static String complaint(int magic) {
        if (magic >>> 16 == GZIP_MAGIC || magic == ZSTD_MAGIC) {
            return "the file is compressed; unpack it first";
        }
        if (magic == PCAP_MODIFIED_MAGIC || Integer.reverseBytes(magic) == PCAP_MODIFIED_MAGIC) {
            return "a modified pcap format (Kuznetzov's); convert the file: editcap -F pcap IN OUT";
        }
        return "neither pcap nor pcapng: the file begins with %08x".formatted(magic);
    }
}
