package io.github.natexd.cli.doctor;

import io.github.natexd.linux.libc.Libc;
import io.github.natexd.linux.libc.Native;
import io.github.natexd.linux.libc.OsException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A file that did not exist before, for its owner alone. Its name is used once, to make it: the owner of the folder can
 * put another file or a link in its place at any time, and root must not write there.
 */
final class NewFile extends OutputStream {
    private static final int OWNER_READS_AND_WRITES = 0600;
    private static final int PART_OCTETS = 64 << 10;

    private final String path;
    private final int descriptor;
    private final ByteBuffer part = Native.allocate(PART_OCTETS);
    private long size;

    /**
     * Makes the file. With O_EXCL the kernel follows no link at the end of the path and opens nothing that exists.
     *
     * @throws OsException EEXIST if there is anything of this name, even a link to nowhere
     */
    NewFile(Path file) {
        path = file.toString();
        int flags = Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_CLOEXEC;
        descriptor = OsException.check(Libc.INSTANCE.open(path, flags, OWNER_READS_AND_WRITES), "cannot write " + path);
    }

    /** Gives the file to another user and group. */
    void giveTo(int user, int group) {
        OsException.check(
                Libc.INSTANCE.fchown(descriptor, user, group),
                "cannot give " + path + " to user " + user + " and group " + group);
    }

    /** How many octets were written. */
    long size() {
        return size;
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet});
    }

    @Override
    public void write(byte[] octets, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, octets.length);
        int at = offset;
        while (at < offset + length) {
            part.clear().put(octets, at, Math.min(part.capacity(), offset + length - at));
            long written = Libc.INSTANCE.write(descriptor, Native.address(part), part.position());
            if (written < 0) {
                throw new IOException(new OsException("cannot write " + path, Libc.lastError()).getMessage());
            }
            at += (int) written;
            size += written;
        }
    }

    @Override
    public void close() {
        Libc.INSTANCE.close(descriptor);
    }
}
