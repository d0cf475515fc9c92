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
 * The socket's file: made where a dead natexd may have left one, never where a live one listens, and for whom it may be
 * for. Mode 0660 and the group, where the daemon may give it to that group; else 0600: then only root and the daemon's
 * own user can connect.
 */
final class ControlSocket {
    private static final Logger LOG = LoggerFactory.getLogger(ControlSocket.class);

    /** The type of a file within its mode (stat(2)): S_IFMT, and S_IFSOCK. */
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

    /** Listens no more, and takes away what was made: the socket, and the directory if nothing else is in it. */
    void remove() {
        try {
            channel.close();
            Files.deleteIfExists(path);
            Path directory = path.getParent();
            if (directoryIsOurs && directory != null) {
                Files.deleteIfExists(directory);
            }
        } catch (DirectoryNotEmptyException e) {
            LOG.debug("somebody else uses it", e);
        } catch (IOException e) {
            LOG.warn("cannot remove {}: {}", path, e.toString());
        }
    }

    /** Takes a dead natexd's socket away, and makes the directory where it is missing; answers whether it did that. */
    private static boolean makeRoom(Path path) throws ControlException {
        try {
            Path directory = path.getParent();
            boolean missing = directory != null && Files.notExists(directory);
            if (directory != null && missing) {
                Files.createDirectories(directory);
                // Whatever the umask: the socket's own mode says who may use it.
                Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
            if (directory != null && !Files.isWritable(directory)) {
                throw new ControlException(
                        Kind.REFUSED,
                        "natexd's user may not make the control socket in " + directory,
                        "let it write there (the unit's RuntimeDirectory=), or set control.socket to another path");
            }
            if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                return missing;
            }
            if (isLive(path)) {
                throw new ControlException(
                        Kind.IN_USE,
                        "another natexd listens on " + path,
                        "stop that one (systemctl stop natexd), or set another control.socket");
            }
            LOG.info("{} was left behind by a natexd that is gone: replaced", path);
            Files.delete(path);
            return missing;
        } catch (IOException e) {
            throw cannotListen(path, "cannot make room for it: " + e);
        }
    }

    private static boolean isLive(Path path) throws ControlException {
        Object type = attribute(path, "unix:mode");
        if (!(type instanceof Integer mode) || (mode & FILE_TYPE) != SOCKET_TYPE) {
            throw cannotListen(path, "something else than a socket is there; move it away");
        }
        if (!Files.isWritable(path)) {
            throw cannotListen(path, "the socket of another user is there; let that one stop or remove it");
        }
        try (UnixSocketChannel channel = UnixSocketChannel.open()) {
            channel.configureBlocking(false);
            // Connected, or in the queue of one who is too busy to accept: either way somebody listens.
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
                    "no group {} on this system: only root can ask natexd how it is (groupadd --system {}, and start"
                            + " natexd anew)",
                    access.groupName(),
                    access.groupName());
        } else {
            given = giveTo(path, access.group().getAsInt());
            if (!given) {
                LOG.info(
                        "natexd's user is not in group {}: only root can ask natexd how it is (add it, or set"
                                + " control.group to a group of its)",
                        access.groupName());
            }
        }
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(given ? "rw-rw----" : "rw-------"));
    }

    private static boolean giveTo(Path path, int group) {
        try {
            // As a service natexd has this group already, and may not call chown(2).
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
