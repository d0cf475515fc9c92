package io.github.natexd.cli.doctor;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

/**
 * A compressed archive that {@code tar -xzf} reads: for each file a header, and its octets filled up to whole blocks.
 * <pre>
 *    0 name (100 octets)   100 mode (8)       108 user id (8)     116 group id (8)
 *  124 size (12)           136 time (12)      148 checksum (8)    156 type: '0', a file
 *  257 "ustar", NUL, "00"  265 user (32)      297 group (32)      512 the end
 * </pre>
 * Numbers are octal text (POSIX, pax: "ustar Interchange Format").
 */
final class Tarball {
    private static final int BLOCK_OCTETS = 512;
    private static final int NAME_OCTETS = 100;
    private static final int MODE = 100;
    private static final int USER_ID = 108;
    private static final int GROUP_ID = 116;
    private static final int SIZE = 124;
    private static final int TIME = 136;
    private static final int CHECKSUM = 148;
    private static final int CHECKSUM_END = 156;
    private static final int TYPE = 156;
    private static final int MAGIC = 257;
    private static final int USER = 265;
    private static final int GROUP = 297;

    private final GZIPOutputStream out;
    private final String time;

    Tarball(OutputStream out, Instant time) throws IOException {
        this.out = new GZIPOutputStream(out);
        this.time = "%011o".formatted(time.getEpochSecond());
    }

    /** Adds a file. */
    void add(String name, byte[] octets) throws IOException {
        if (name.length() > NAME_OCTETS) {
            throw new IllegalArgumentException("too long for a header: " + name);
        }
        out.write(header(name, octets.length));
        out.write(octets);
        out.write(new byte[-octets.length & (BLOCK_OCTETS - 1)]);
    }

    private byte[] header(String name, int size) {
        byte[] header = new byte[BLOCK_OCTETS];
        put(header, 0, name);
        put(header, MODE, "0000600");
        put(header, USER_ID, "0000000");
        put(header, GROUP_ID, "0000000");
        put(header, SIZE, "%011o".formatted(size));
        put(header, TIME, time);
        put(header, TYPE, "0");
        put(header, MAGIC, "ustar\0" + "00");
        put(header, USER, "root");
        put(header, GROUP, "root");
        // The sum of all octets; those of the checksum itself count as spaces.
        Arrays.fill(header, CHECKSUM, CHECKSUM_END, (byte) ' ');
        int sum = 0;
        for (byte octet : header) {
            sum += octet & 0xff;
        }
        put(header, CHECKSUM, "%06o\0".formatted(sum));
        return header;
    }

    private static void put(byte[] header, int at, String text) {
        byte[] octets = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(octets, 0, header, at, octets.length);
    }

    /** Ends the archive, with two empty blocks; the stream below stays open. */
    void finish() throws IOException {
        out.write(new byte[2 * BLOCK_OCTETS]);
        out.finish();
    }
}
