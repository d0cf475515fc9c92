package io.github.natexd.cli.doctor;

import io.github.natexd.linux.libc.Errno;
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
    /** The kernel refuses this number, so that setfsuid and setfsgid change nothing and return the current one. */
    private static final int NOBODY = -1;

    private final String path;
    private final int descriptor;
    private final ByteBuffer part = Native.allocate(PART_OCTETS);
    private long size;

    /**
     * Makes the file. With O_EXCL the kernel follows no link at the end of the path and opens nothing that exists.
     *
     * @throws OsException EEXIST if there is anything of this name, even a link to nowhere
     */
    static NewFile create(Path file) {
        return new NewFile(file);
    }

    /**
     * Makes the file as this user, with this group and no other: the kernel refuses what the user may not do, and the
     * file belongs to the user from the beginning. For root.
     *
     * @throws OsException also if the user may not make a file there
     */
    static NewFile createAs(int user, int group, Path file) {
        OsException.check(Libc.INSTANCE.setgroups(0, 0), "leave root's groups");
        Libc.INSTANCE.setfsgid(group);
        Libc.INSTANCE.setfsuid(user);
        try {
            if (Libc.INSTANCE.setfsuid(NOBODY) != user || Libc.INSTANCE.setfsgid(NOBODY) != group) {
                throw new OsException("use files as user " + user, Errno.EPERM);
            }
            return new NewFile(file);
        } finally {
            Libc.INSTANCE.setfsuid(0);
            Libc.INSTANCE.setfsgid(0);
        }
    }

    private NewFile(Path file) {
        path = file.toString();
        int flags = Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_CLOEXEC;
        descriptor = OsException.check(Libc.INSTANCE.open(path, flags, OWNER_READS_AND_WRITES), "cannot write " + path);
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
