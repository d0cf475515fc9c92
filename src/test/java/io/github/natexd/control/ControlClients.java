package io.github.natexd.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.natexd.daemon.PeerSockets;
import io.github.natexd.wire.MplsLabels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import jnr.unixsocket.UnixSocketAddress;
import jnr.unixsocket.UnixSocketChannel;
import jnr.unixsocket.UnixSocketOptions;

/** Clients of a server with a real socket in the test's directory. */
final class ControlClients implements AutoCloseable {
    static final Access OWN = new Access(ownUser(), "natexd", OptionalInt.empty());
    static final ClientSockets SOCKETS = new PeerSockets();
    private static final int TIMEOUT_MILLIS = 10_000;

    private final ControlScene scene;
    private final Path directory;
    private final List<UnixSocketChannel> open = new ArrayList<>();

    ControlClients(ControlScene scene, Path directory) {
        this.scene = scene;
        this.directory = directory;
    }

    @Override
    public void close() throws IOException {
        for (UnixSocketChannel channel : open) {
            channel.close();
        }
    }

    ControlServer serve() throws ControlException {
        ControlServer server = ControlServer.listen(socket(), OWN, SOCKETS);
        server.serve(scene, Optional.empty());
        return server;
    }

    static int ownUser() {
        try {
            return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    Path socket() {
        return directory.resolve("control.sock");
    }

    UnixSocketChannel connect() throws IOException {
        UnixSocketChannel channel = connected();
        open.add(channel);
        return channel;
    }

    UnixSocketChannel connected() throws IOException {
        UnixSocketChannel channel = UnixSocketChannel.open();
        channel.setOption(UnixSocketOptions.SO_RCVTIMEO, TIMEOUT_MILLIS);
        channel.connect(new UnixSocketAddress(socket().toString()));
        return channel;
    }

    /** The whole answer to a request. */
    String ask(String request) throws IOException {
        UnixSocketChannel client = connect();
        send(client, request + "\n");
        return readAll(client);
    }

    /** A client whose request to watch was granted; the lines that it watches are still to be read. */
    UnixSocketChannel watch(String request) throws IOException {
        UnixSocketChannel client = connect();
        send(client, request + "\n");
        line(client);
        return client;
    }

    static void send(UnixSocketChannel channel, String text) throws IOException {
        channel.write(ByteBuffer.wrap(text.getBytes()));
    }

    static String readAll(UnixSocketChannel channel) throws IOException {
        StringBuilder text = new StringBuilder();
        ByteBuffer buffer = ByteBuffer.allocate(65_536);
        int octets = channel.read(buffer);
        while (octets > 0) {
            text.append(new String(buffer.array(), 0, octets));
            buffer.clear();
            octets = channel.read(buffer);
        }
        assertEquals(-1, octets, "no end within " + TIMEOUT_MILLIS + " ms");
        return text.toString();
    }

    /** Reads the next line octet by octet, so that the rest stays in the socket. */
    static String line(UnixSocketChannel channel) throws IOException {
        StringBuilder line = new StringBuilder();
        ByteBuffer octet = ByteBuffer.allocate(1);
        while (channel.read(octet) == 1) {
            if (octet.get(0) == '\n') {
                return line.toString();
            }
            line.append((char) octet.get(0));
            octet.clear();
        }
        throw new AssertionError("no line within " + TIMEOUT_MILLIS + " ms after: " + line);
    }

    /** What natexctl makes of the next record. */
    static JsonNode event(UnixSocketChannel channel) throws IOException {
        ByteBuffer record = ByteBuffer.allocate(ObservedRecord.OCTETS);
        while (record.hasRemaining()) {
            assertTrue(channel.read(record) > 0, "no record within " + TIMEOUT_MILLIS + " ms");
        }
        ObjectMapper mapper = new ObjectMapper();
        long lost = ObservedRecord.lost(record);
        return lost > 0
                ? mapper.createObjectNode().put("lost", lost)
                : mapper.readTree(Requests.json(
                        json -> new ObservedJson(json).write(ObservedRecord.read(record, new MplsLabels()))));
    }

    static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MILLIS);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "not within " + TIMEOUT_MILLIS + " ms");
            Thread.sleep(10);
        }
    }
}
