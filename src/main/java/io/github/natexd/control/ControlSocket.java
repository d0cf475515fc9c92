package io.github.natexd.control;

import io.github.natexd.control.ControlException.Kind;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import jnr.unixsocket.UnixServerSocketChannel;
import jnr.unixsocket.UnixSocketAddress;
import jnr.unixsocket.UnixSocketChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of the control socket. Replaces the socket of a dead natexd, but never the one of a live natexd. Its mode is
 * 0660 if the daemon may give it to the configured group; if not, the mode is 0600, and only root and the daemon's own
 * user can connect.
 */
final class ControlSocket {
    private static final Logger LOG = LoggerFactory.getLogger(ControlSocket.class);

    /** S_IFMT and S_IFSOCK: the type of a file in its mode (stat(2)). */
    private static final int FILE_TYPE = 0xF000;

    private static final int SOCKET_TYPE = 0xC000;

    private final Path path;
    private final UnixServerSocketChannel channel;
    private final boolean directoryIsOurs;

    private ControlSocket(Path path, UnixServerSocketChannel channel, boolean directoryIsOurs) {
        this.path = path;
        this.channel = channel;
        this.directoryIsOurs = directoryIsOurs;
    }

    static ControlSocket open(Path path, Access access) throws ControlException {
        boolean madeDirectory = makeRoom(path);
        try {
            UnixServerSocketChannel channel = UnixServerSocketChannel.open();
            try {
                channel.configureBlocking(false);
                channel.socket().bind(new UnixSocketAddress(path.toString()));
                permit(path, access);
                return new ControlSocket(path, channel, madeDirectory);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw cannotListen(path, String.valueOf(e.getMessage()));
        }
    }

    UnixServerSocketChannel channel() {
        return channel;
    }

    /** Stops listening, and removes what was created: the socket, and the directory if it is empty. */
    void remove() {
        try {
            channel.close();
            Files.deleteIfExists(path);
            Path directory = path.getParent();
            if (directoryIsOurs && directory != null) {
                Files.deleteIfExists(directory);
            }
        } catch (DirectoryNotEmptyException e) {
            LOG.debug("the directory is still in use", e);
        } catch (IOException e) {
            LOG.warn("cannot remove {}: {}", path, e.toString());
        }
    }

    /** Removes a dead natexd's socket; creates the directory if it is missing, and returns whether it did so. */
    private static boolean makeRoom(Path path) throws ControlException {
        Path directory = path.getParent();
        boolean missing = directory != null && Files.notExists(directory);
        if (directory != null) {
            if (missing) {
                make(directory);
            }
            if (!Files.isWritable(directory)) {
                throw mayNotCreate("the control socket in " + directory);
            }
        }
        try {
            if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                return missing;
            }
            if (isLive(path)) {
                throw new ControlException(
                        Kind.IN_USE,
                        "another natexd listens on " + path,
                        "stop it (systemctl stop natexd), or set control.socket to another path");
            }
            LOG.info("removed {}: it was left by a natexd that has ended", path);
            Files.delete(path);
            return missing;
        } catch (IOException e) {
            throw cannotListen(path, "cannot remove the old file: " + e);
        }
    }

    private static void make(Path directory) throws ControlException {
        try {
            Files.createDirectories(directory);
            // Independent of the umask: the socket's own mode controls access.
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw mayNotCreate("the directory " + directory + " for the control socket (" + e + ")");
        }
    }

    private static ControlException mayNotCreate(String what) {
        return new ControlException(
                Kind.REFUSED,
                "natexd's user may not create " + what,
                "let it write there (RuntimeDirectory= of the unit, or root), or set control.socket to another path");
    }

    private static boolean isLive(Path path) throws ControlException {
        Object type = attribute(path, "unix:mode");
        if (!(type instanceof Integer mode) || (mode & FILE_TYPE) != SOCKET_TYPE) {
            throw cannotListen(path, "the file is not a socket; move it away");
        }
        if (!Files.isWritable(path)) {
            throw cannotListen(
                    path,
                    "the file is the socket of another user; let that user stop the process or remove the socket");
        }
        try (UnixSocketChannel channel = UnixSocketChannel.open()) {
            channel.configureBlocking(false);
            // Connected, or queued because the listener is busy: in both cases a process listens.
            channel.connect(new UnixSocketAddress(path.toString()));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static Object attribute(Path path, String name) throws ControlException {
        try {
            return Files.getAttribute(path, name, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            throw cannotListen(path, e.toString());
        }
    }

    private static void permit(Path path, Access access) throws IOException {
        boolean given = false;
        if (access.group().isEmpty()) {
            LOG.info(
                    "there is no group {}, so only root can query natexd; to change that: groupadd --system {}, then"
                            + " restart natexd",
                    access.groupName(),
                    access.groupName());
        } else {
            given = giveTo(path, access.group().getAsInt());
            if (!given) {
                LOG.info(
                        "natexd's user is not in group {}, so only root can query natexd; add the user to the group, or"
                                + " set control.group to one of its groups",
                        access.groupName());
            }
        }
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(given ? "rw-rw----" : "rw-------"));
    }

    private static boolean giveTo(Path path, int group) {
        try {
            // As a service, natexd already runs with this group, and may not call chown(2).
            if (!Files.getAttribute(path, "unix:gid").equals(group)) {
                Files.setAttribute(path, "unix:gid", group);
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static ControlException cannotListen(Path path, String why) {
        return new ControlException(
                Kind.FAILED,
                "cannot listen on the control socket " + path + ": " + why,
                "or set control.socket to another path");
    }
}
