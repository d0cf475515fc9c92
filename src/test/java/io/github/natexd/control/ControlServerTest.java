package io.github.natexd.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.natexd.control.ControlException.Kind;
import io.github.natexd.linux.libc.Peer;
import io.github.natexd.relay.Observation;
import io.github.natexd.relay.Observer;
import io.github.natexd.translate.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import jnr.unixsocket.UnixServerSocketChannel;
import jnr.unixsocket.UnixSocketAddress;
import jnr.unixsocket.UnixSocketChannel;
import jnr.unixsocket.UnixSocketOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server at a real socket: who comes in peace is answered, whoever else is there. */
class ControlServerTest {
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final Access OWN = new Access(ownUser(), "natexd", OptionalInt.empty());

    private final ControlScene scene = ControlScene.working();
    private final List<UnixSocketChannel> open = new ArrayList<>();

    @TempDir
    private Path directory;

    @AfterEach
    void close() throws IOException {
        for (UnixSocketChannel channel : open) {
            channel.close();
        }
    }

    @Test
    void answersOneLineAndEndsTheConnection() throws Exception {
        try (ControlServer server = serve()) {
            UnixSocketChannel client = connect();
            send(client, "status\n");

            String answer = readAll(client);

            assertEquals(scene.ask("status"), answer);
        }
        assertFalse(Files.exists(socket()), "the socket goes with the server");
    }

    @Test
    void aRequestWhoseSenderShutsHisSideNeedsNoLineFeed() throws Exception {
        try (ControlServer server = serve()) {
            UnixSocketChannel client = connect();
            send(client, "status");
            client.shutdownOutput();

            assertEquals(scene.ask("status"), readAll(client));
        }
    }

    @Test
    void aRequestMayComeInPieces() throws Exception {
        try (ControlServer server = serve()) {
            UnixSocketChannel client = connect();
            for (String piece : List.of("sta", "tus", "\n")) {
                send(client, piece);
                Thread.sleep(20);
            }

            assertEquals(scene.ask("status"), readAll(client));
        }
    }

    @Test
    void anOversizedRequestIsAnError() throws Exception {
        try (ControlServer server = serve()) {
            UnixSocketChannel client = connect();
            send(client, "x".repeat(4097));

            JsonNode answer = new ObjectMapper().readTree(readAll(client));

            assertEquals(
                    "the request has more than 4096 octets", answer.at("/error").asText());
        }
    }

    @Test
    void garbageAndSilenceKeepNobodyFromAnAnswer() throws Exception {
        try (ControlServer server = serve()) {
            Random random = new Random(4);
            for (int i = 0; i < 200; i++) {
                connect();
            }
            for (int i = 0; i < 1000; i++) {
                byte[] garbage = new byte[1 + random.nextInt(6000)];
                random.nextBytes(garbage);
                try (UnixSocketChannel client = connected()) {
                    client.write(ByteBuffer.wrap(garbage));
                } catch (IOException e) {
                    // Turned out before all was sent: what an oversized request deserves.
                }
            }
            long begun = System.nanoTime();
            UnixSocketChannel client = connect();
            send(client, "status\n");

            assertEquals(scene.ask("status"), readAll(client));
            assertTrue(System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(2), "at once");
        }
    }

    @Test
    void aSilentClientIsLetGo() throws Exception {
        try (ControlServer server = serve()) {
            long begun = System.nanoTime();
            assertEquals("", readAll(connect()));
            long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
            assertTrue(seconds >= 1 && seconds < 8, seconds + " s");
        }
    }

    @Test
    void whatADeadNatexdLeftIsReplaced() throws Exception {
        UnixServerSocketChannel dead = UnixServerSocketChannel.open();
        dead.socket().bind(new UnixSocketAddress(socket().toString()));
        dead.close();
        assertTrue(Files.exists(socket()));

        try (ControlServer server = serve()) {
            UnixSocketChannel client = connect();
            send(client, "status\n");
            assertEquals(scene.ask("status"), readAll(client));
        }
    }

    @Test
    void aLiveNatexdKeepsItsSocket() throws Exception {
        try (ControlServer server = serve()) {
            ControlException refused = assertThrows(ControlException.class, this::serve);

            assertEquals(Kind.IN_USE, refused.kind());
            assertTrue(refused.remedy().contains("systemctl stop natexd"), refused.remedy());
            UnixSocketChannel client = connect();
            send(client, "status\n");
            assertEquals(scene.ask("status"), readAll(client));
        }
    }

    @Test
    void whatIsNoSocketStays() throws Exception {
        Files.writeString(socket(), "precious");

        ControlException refused = assertThrows(ControlException.class, this::serve);

        assertTrue(refused.reason().contains("something else than a socket"), refused.reason());
        assertEquals("precious", Files.readString(socket()));
    }

    @Test
    void aMissingDirectoryIsMadeAndGoesUnlessSomethingIsInIt() throws Exception {
        Path below = directory.resolve("natexd/control.sock");
        try (ControlServer server = ControlServer.listen(below, OWN, ControlServerTest::caller)) {
            assertTrue(Files.exists(below));
            assertEquals("rwxr-xr-x", PosixFilePermissions.toString(Files.getPosixFilePermissions(below.getParent())));
        }
        assertFalse(Files.exists(below.getParent()));

        try (ControlServer server = ControlServer.listen(below, OWN, ControlServerTest::caller)) {
            Files.writeString(below.resolveSibling("other"), "somebody else's");
        }
        assertTrue(Files.exists(below.resolveSibling("other")));
        assertFalse(Files.exists(below));

        try (ControlServer server = ControlServer.listen(below, OWN, ControlServerTest::caller)) {
            Files.delete(below.resolveSibling("other"));
        }
        assertTrue(Files.exists(below.getParent()), "this one found it");
    }

    @Test
    void theSocketIsForItsGroupOrForNobodyElse() throws Exception {
        try (ControlServer server = serve()) {
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())));
        }
        int group = (int) Files.getAttribute(directory, "unix:gid");
        Access shared = new Access(ownUser(), "mine", OptionalInt.of(group));
        try (ControlServer server = ControlServer.listen(socket(), shared, ControlServerTest::caller)) {
            assertEquals("rw-rw----", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())));
            assertEquals(group, Files.getAttribute(socket(), "unix:gid"));
        }
    }

    @Test
    void whoWatchesIsToldAndCostsNothingAfterwards() throws Exception {
        try (ControlServer server = serve()) {
            UnixSocketChannel client = connect();
            send(client, "watch\n");
            assertEquals("{\"version\":1,\"watching\":\"relayed\"}", line(client));
            Observer observer = scene.observer();
            assertNotNull(observer);

            observer.decided(observation(Reason.NO_MAPPING));
            observer.decided(observation(Reason.RELAYED));

            JsonNode told = new ObjectMapper().readTree(line(client));
            assertEquals("RELAYED", told.at("/reason").asText(), "the other one was not asked for");
            client.close();
            await(() -> scene.observer() == null);
            assertNull(scene.observer());
        }
    }

    @Test
    void whoWatchesAllIsToldAll() throws Exception {
        try (ControlServer server = serve()) {
            UnixSocketChannel client = connect();
            send(client, "watch all\n");
            line(client);

            scene.observer().decided(observation(Reason.NO_MAPPING));

            assertEquals(
                    "NO_MAPPING",
                    new ObjectMapper().readTree(line(client)).at("/reason").asText());
        }
    }

    @Test
    void whoDoesNotReadLosesLinesAndIsToldSo() throws Exception {
        int many = 20_000;
        try (ControlServer server = serve()) {
            UnixSocketChannel client = connect();
            send(client, "watch\n");
            line(client);
            for (int i = 0; i < many; i++) {
                scene.observer().decided(observation(Reason.RELAYED));
            }

            long seen = 0;
            while (seen < many) {
                JsonNode told = new ObjectMapper().readTree(line(client));
                seen += told.has("lost") ? told.at("/lost").asLong() : 1;
            }
            assertEquals(many, seen, "each one shown or counted");
        }
    }

    @Test
    void theNinthWatcherIsRefusedAndStatusStillWorks() throws Exception {
        try (ControlServer server = serve()) {
            for (int i = 0; i < Watchers.LIMIT; i++) {
                UnixSocketChannel client = connect();
                send(client, "watch\n");
                line(client);
            }
            UnixSocketChannel ninth = connect();
            send(ninth, "watch\n");
            assertTrue(readAll(ninth).contains("8 clients are watching already"));
            UnixSocketChannel client = connect();
            send(client, "status\n");
            assertEquals(scene.ask("status"), readAll(client));
        }
    }

    @Test
    void watchersStayWhenOthersCrowdIn() throws Exception {
        try (ControlServer server = serve()) {
            UnixSocketChannel watcher = connect();
            send(watcher, "watch\n");
            line(watcher);
            for (int i = 0; i < 2 * ControlServer.CLIENTS_LIMIT; i++) {
                connect();
            }
            scene.observer().decided(observation(Reason.RELAYED));

            assertTrue(line(watcher).contains("RELAYED"));
        }
    }

    @Test
    void metricsAreWrittenWholeAndGoInTheEnd() throws Exception {
        Path file = directory.resolve("natexd.prom");
        ControlServer server = ControlServer.listen(socket(), OWN, ControlServerTest::caller);
        server.serve(scene, Optional.of(new MetricsFile(file, Duration.ofMillis(50))));
        await(() -> Files.exists(file));
        for (int i = 0; i < 200; i++) {
            assertTrue(Files.readString(file).endsWith("# EOF\n"));
        }
        assertEquals("rw-r--r--", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        Object first = Files.getAttribute(file, "unix:ino");
        await(() -> !first.equals(inode(file)));

        server.close();

        assertEquals(0, directory.toFile().list().length, "nothing is left");
    }

    private static Object inode(Path file) {
        try {
            return Files.getAttribute(file, "unix:ino");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Observation observation(Reason reason) {
        return new Observation(reason, 0, null, null, null);
    }

    private ControlServer serve() throws ControlException {
        ControlServer server = ControlServer.listen(socket(), OWN, ControlServerTest::caller);
        server.serve(scene, Optional.empty());
        return server;
    }

    private static Caller caller(int descriptor) {
        Peer peer = Peer.of(descriptor);
        return new Caller(peer.user(), peer.groups());
    }

    private static int ownUser() {
        try {
            return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Path socket() {
        return directory.resolve("control.sock");
    }

    private UnixSocketChannel connect() throws IOException {
        UnixSocketChannel channel = connected();
        open.add(channel);
        return channel;
    }

    private UnixSocketChannel connected() throws IOException {
        UnixSocketChannel channel = UnixSocketChannel.open();
        channel.setOption(UnixSocketOptions.SO_RCVTIMEO, TIMEOUT_MILLIS);
        channel.connect(new UnixSocketAddress(socket().toString()));
        return channel;
    }

    private static void send(UnixSocketChannel channel, String text) throws IOException {
        channel.write(ByteBuffer.wrap(text.getBytes()));
    }

    private static String readAll(UnixSocketChannel channel) throws IOException {
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

    /** The next line, octet by octet: what follows stays in the socket. */
    private static String line(UnixSocketChannel channel) throws IOException {
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

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MILLIS);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "not within " + TIMEOUT_MILLIS + " ms");
            Thread.sleep(10);
        }
    }
}
