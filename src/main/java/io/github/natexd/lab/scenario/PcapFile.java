package io.github.natexd.lab.scenario;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;

/** A capture of one interface in the classic format (draft-ietf-opsawg-pcap), with nanoseconds. */
final class PcapFile implements AutoCloseable {
    static final int ETHERNET = 1;
    /** Packets that begin with their IPv4 or IPv6 header. */
    static final int RAW_IP = 101;

    private static final int MAGIC_NANOSECONDS = 0xA1B23C4D;

    private final DataOutputStream out;

    private PcapFile(DataOutputStream out) {
        this.out = out;
    }

    /**
     * Makes a new file.
     *
     * @throws java.nio.file.FileAlreadyExistsException rather than overwrite one
     */
    static PcapFile create(Path path, int linkType) throws IOException {
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(
                Files.newOutputStream(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)));
        out.writeInt(MAGIC_NANOSECONDS);
        out.writeShort(2); // version 2.4
        out.writeShort(4);
        out.writeLong(0);
        out.writeInt(1 << 18); // no packet is longer
        out.writeInt(linkType);
        return new PcapFile(out);
    }

    /** Adds the first {@code length} octets of a buffer as one packet. */
    void add(Instant when, ByteBuffer octets, int length, int originalLength) throws IOException {
        byte[] copy = new byte[length];
        octets.get(0, copy);
        out.writeInt((int) when.getEpochSecond());
        out.writeInt(when.getNano());
        out.writeInt(length);
        out.writeInt(originalLength);
        out.write(copy);
    }

    void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
