package io.github.natexd.control;

import io.github.natexd.control.ControlException.Kind;
import io.github.natexd.report.Observed;
import io.github.natexd.wire.MplsLabels;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sends one request to a running natexd and reads the lines of its response. Uses the JDK's own channel, because jnr's
 * makes natexctl start a third slower.
 */
public final class ControlClient implements AutoCloseable {
    private static final String UNIT = "sudo systemctl start natexd (or natexd run)";

    private static final String ESCAPED_BACKSLASH = "\\\\";
    /** An escaped backslash belongs to no other escape, so it is found first. */
    private static final Pattern CONTROL =
            Pattern.compile("\\\\\\\\|\\\\[bfr]|\\\\u00(?i:0[0-8b-f]|1[0-9a-f]|7f|[89][0-9a-f])|[\\p{Cc}&&[^\\t]]");

    private final Patient channel;
    private final DataInputStream input;
    private final ByteBuffer record = ByteBuffer.allocate(ObservedRecord.OCTETS);

    private ControlClient(Patient channel) {
        this.channel = channel;
        input = new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel)));
    }

    /**
     * Sends a request.
     *
     * @param request a line without its LF
     * @param timeoutMillis how long to wait for each part of the response; 0 means without limit
     * @throws ControlException NOT_RUNNING, or REFUSED if the socket's mode excludes the caller
     */
    public static ControlClient send(Path socket, String request, int timeoutMillis) throws ControlException {
        try {
            SocketChannel channel = connected(socket, request);
            Selector selector = Selector.open();
            channel.register(selector, SelectionKey.OP_READ);
            return new ControlClient(new Patient(channel, selector, timeoutMillis));
        } catch (IOException e) {
            throw unreachable(socket, e);
        }
    }

    private static SocketChannel connected(Path socket, String request) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            ByteBuffer octets = ByteBuffer.wrap((request + "\n").getBytes(StandardCharsets.UTF_8));
            while (octets.hasRemaining()) {
                channel.write(octets);
            }
            channel.configureBlocking(false);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static ControlException unreachable(Path socket, IOException e) {
        if (Files.exists(socket) && !Files.isWritable(socket)) {
            return keptOut(socket);
        }
        String why = Files.exists(socket)
                ? "no process listens on " + socket + " (" + e.getMessage() + ")"
                : "there is no " + socket;
        return new ControlException(Kind.NOT_RUNNING, "natexd is not running: " + why, "start it: " + UNIT);
    }

    /** The socket's mode and group show who may use it; see {@link ControlSocket}. */
    private static ControlException keptOut(Path socket) {
        String group = "";
        try {
            if (Files.getPosixFilePermissions(socket).contains(PosixFilePermission.GROUP_WRITE)) {
                group = String.valueOf(Files.getAttribute(socket, "unix:group"));
            }
        } catch (IOException e) {
            // In this case only the socket's owner is known to have access.
        }
        return group.isEmpty()
                ? new ControlException(Kind.REFUSED, "you may not use " + socket + ": only root may", "use sudo")
                : new ControlException(
                        Kind.REFUSED,
                        "you may not use " + socket + ": only root and group " + group + " may",
                        Access.remedy(group));
    }

    /** Waits for each part of the response, up to a limit; a blocking channel has no limit. */
    private record Patient(SocketChannel channel, Selector selector, int timeoutMillis) implements ReadableByteChannel {
        @Override
        public int read(ByteBuffer octets) throws IOException {
            int read = channel.read(octets);
            while (read == 0 && octets.hasRemaining()) {
                selector.selectedKeys().clear();
                if (selector.select(timeoutMillis) == 0) {
                    throw new IOException("no response in time");
                }
                read = channel.read(octets);
            }
            return read;
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() throws IOException {
            selector.close();
            channel.close();
        }
    }

    /** The next line of the response. @throws ControlException if none arrives in time */
    public String line() throws ControlException {
        try {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            int octet = input.read();
            while (octet >= 0 && octet != '\n') {
                line.write(octet);
                octet = input.read();
            }
            if (octet >= 0 || line.size() > 0) {
                return harmless(line.toString(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw noResponse(e);
        }
        throw ended();
    }

    /**
     * The next event that natexd reports to a client that watches, as a line of JSON; to be called after the first line.
     * If another client wants to see probes, all clients get records of them.
     *
     * @throws ControlException if natexd ends the connection
     */
    public String event() throws ControlException {
        readRecord();
        MplsLabels labels = ObservedRecord.labels(record);
        if (labels != null) {
            readRecord();
        }
        long lost = ObservedRecord.lost(record);
        Observed observed = lost > 0 ? null : ObservedRecord.read(record, labels == null ? new MplsLabels() : labels);
        if (lost == 0 && observed == null) {
            throw otherVersion();
        }
        String line = Requests.json(json -> {
            if (observed == null) {
                json.beginObject();
                json.name("version").value(Dialect.VERSION);
                json.name("lost").value(lost);
                json.endObject();
            } else {
                new ObservedJson(json).write(observed);
            }
        });
        return line.stripTrailing();
    }

    private void readRecord() throws ControlException {
        try {
            input.readFully(record.array());
        } catch (EOFException e) {
            throw ended();
        } catch (IOException e) {
            throw noResponse(e);
        }
    }

    /**
     * Checks the first line of the response to a client that watches.
     *
     * @throws ControlException if the records that follow have another layout
     */
    public static void checkRecords(int version) throws ControlException {
        if (version != ObservedRecord.VERSION) {
            throw otherVersion();
        }
    }

    private static ControlException otherVersion() {
        return new ControlException(
                Kind.FAILED,
                "the running natexd is of another version than this natexctl",
                "restart it: sudo systemctl restart natexd");
    }

    private static ControlException noResponse(IOException e) {
        return new ControlException(
                Kind.FAILED,
                "natexd does not respond: " + e.getMessage(),
                "see what it is doing: journalctl -u natexd");
    }

    private static ControlException ended() {
        return new ControlException(
                Kind.FAILED, "natexd ended the connection", "see why: natexctl status, journalctl -u natexd");
    }

    /**
     * Replaces control characters, except tab and LF, also those that JSON spells with an escape. Root may read the
     * response at a terminal, and a natexd that somebody has taken over must not control this terminal.
     */
    static String harmless(String line) {
        return CONTROL.matcher(line)
                .replaceAll(found ->
                        found.group().equals(ESCAPED_BACKSLASH) ? Matcher.quoteReplacement(ESCAPED_BACKSLASH) : "?");
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // The channel is not needed any more.
        }
    }
}
