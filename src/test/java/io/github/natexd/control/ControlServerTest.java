package io.github.natexd.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.natexd.control.ControlException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import jnr.unixsocket.UnixServerSocketChannel;
import jnr.unixsocket.UnixSocketAddress;
import jnr.unixsocket.UnixSocketChannel;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server with a real socket: it responds to well-behaved clients, whatever other clients do. */
class ControlServerTest {
    private final ControlScene scene = ControlScene.working();
    private final Path directory;

    @AutoClose
    private final ControlClients clients;

    ControlServerTest(@TempDir Path directory) {
        this.directory = directory;
        clients = new ControlClients(scene, directory);
    }

    @Test
    void aDirectoryThatCannotBeMadeIsNamed() throws Exception {
        Access access = new Access(1, "natexd", OptionalInt.empty());

        ControlException refused = assertThrows(
                ControlException.class,
                () -> ControlServer.listen(
                        Path.of("/proc/none/control.sock"), access, new GivenCallers(() -> new Caller(0, List.of(0)))));

        assertEquals(Kind.REFUSED, refused.kind());
        assertTrue(refused.reason().startsWith("natexd's user may not create the directory"), refused.reason());
    }

    @Test
    void answersOneLineAndEndsTheConnection() throws Exception {
        try (ControlServer server = clients.serve()) {
            assertEquals(scene.ask("status"), clients.ask("status"));
        }
        assertFalse(Files.exists(clients.socket()), "the socket goes with the server");
    }

    @Test
    void aRequestWhoseSenderShutsHisSideNeedsNoLineFeed() throws Exception {
        try (ControlServer server = clients.serve()) {
            UnixSocketChannel client = clients.connect();
            ControlClients.send(client, "status");
            client.shutdownOutput();

            assertEquals(scene.ask("status"), ControlClients.readAll(client));
        }
    }

    @Test
    void aRequestMayComeInPieces() throws Exception {
        try (ControlServer server = clients.serve()) {
            UnixSocketChannel client = clients.connect();
            for (String piece : List.of("sta", "tus", "\n")) {
                ControlClients.send(client, piece);
                Thread.sleep(20);
            }

            assertEquals(scene.ask("status"), ControlClients.readAll(client));
        }
    }

    @Test
    void anOversizedRequestIsAnError() throws Exception {
        try (ControlServer server = clients.serve()) {
            UnixSocketChannel client = clients.connect();
            ControlClients.send(client, "x".repeat(4097));

            JsonNode answer = new ObjectMapper().readTree(ControlClients.readAll(client));

            assertEquals(
                    "the request has more than 4096 octets", answer.at("/error").asText());
        }
    }

    @Test
    void garbageAndSilenceKeepNobodyFromAnAnswer() throws Exception {
        try (ControlServer server = clients.serve()) {
            Random random = new Random(4);
            for (int i = 0; i < 200; i++) {
                clients.connect();
            }
            for (int i = 0; i < 1000; i++) {
                byte[] garbage = new byte[1 + random.nextInt(6000)];
                random.nextBytes(garbage);
                try (UnixSocketChannel client = clients.connected()) {
                    client.write(ByteBuffer.wrap(garbage));
                } catch (IOException e) {
                    // The server has disconnected before everything was sent, because the request is too long.
                }
            }
            long begun = System.nanoTime();
            assertEquals(scene.ask("status"), clients.ask("status"));
            assertTrue(System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(2), "at once");
        }
    }

    @Test
    void rootKeepsItsPlaceHoweverManyOthersConnect() throws Exception {
        AtomicInteger connections = new AtomicInteger();
        Caller stranger = new Caller(12_345, List.of());
        try (ControlServer server = ControlServer.listen(
                clients.socket(),
                ControlClients.OWN,
                new GivenCallers(() -> connections.getAndIncrement() == 0 ? ControlScene.ROOT : stranger))) {
            server.serve(scene, Optional.empty());
            UnixSocketChannel root = clients.connect();
            for (int i = 0; i < 200; i++) {
                clients.connect();
            }
            ControlClients.await(() -> connections.get() == 201);

            ControlClients.send(root, "status\n");
            assertEquals(scene.ask("status"), ControlClients.readAll(root));
        }
    }

    @Test
    void aSilentClientIsLetGo() throws Exception {
        try (ControlServer server = clients.serve()) {
            long begun = System.nanoTime();
            assertEquals("", ControlClients.readAll(clients.connect()));
            long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
            assertTrue(seconds >= 1 && seconds < 8, seconds + " s");
        }
    }

    @Test
    void whatADeadNatexdLeftIsReplaced() throws Exception {
        UnixServerSocketChannel dead = UnixServerSocketChannel.open();
        dead.socket().bind(new UnixSocketAddress(clients.socket().toString()));
        dead.close();
        assertTrue(Files.exists(clients.socket()));

        try (ControlServer server = clients.serve()) {
            assertEquals(scene.ask("status"), clients.ask("status"));
        }
    }

    @Test
    void aLiveNatexdKeepsItsSocket() throws Exception {
        try (ControlServer server = clients.serve()) {
            ControlException refused = assertThrows(ControlException.class, clients::serve);

            assertEquals(Kind.IN_USE, refused.kind());
            assertTrue(refused.remedy().contains("systemctl stop natexd"), refused.remedy());
            assertEquals(scene.ask("status"), clients.ask("status"));
        }
    }

    @Test
    void whatIsNoSocketStays() throws Exception {
        Files.writeString(clients.socket(), "precious");

        ControlException refused = assertThrows(ControlException.class, clients::serve);

        assertTrue(refused.reason().contains("the file is not a socket"), refused.reason());
        assertEquals("precious", Files.readString(clients.socket()));
    }

    @Test
    void aMissingDirectoryIsMadeAndGoesUnlessSomethingIsInIt() throws Exception {
        Path below = directory.resolve("natexd/control.sock");
        try (ControlServer server = ControlServer.listen(below, ControlClients.OWN, ControlClients.SOCKETS)) {
            assertTrue(Files.exists(below));
            assertEquals("rwxr-xr-x", PosixFilePermissions.toString(Files.getPosixFilePermissions(below.getParent())));
        }
        assertFalse(Files.exists(below.getParent()));

        try (ControlServer server = ControlServer.listen(below, ControlClients.OWN, ControlClients.SOCKETS)) {
            Files.writeString(below.resolveSibling("other"), "somebody else's");
        }
        assertTrue(Files.exists(below.resolveSibling("other")));
        assertFalse(Files.exists(below));

        try (ControlServer server = ControlServer.listen(below, ControlClients.OWN, ControlClients.SOCKETS)) {
            Files.delete(below.resolveSibling("other"));
        }
        assertTrue(Files.exists(below.getParent()), "this one found it");
    }

    @Test
    void theSocketIsForItsGroupOrForNobodyElse() throws Exception {
        try (ControlServer server = clients.serve()) {
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(clients.socket())));
        }
        int group = (int) Files.getAttribute(directory, "unix:gid");
        Access shared = new Access(ControlClients.ownUser(), "mine", OptionalInt.of(group));
        try (ControlServer server = ControlServer.listen(clients.socket(), shared, ControlClients.SOCKETS)) {
            assertEquals("rw-rw----", PosixFilePermissions.toString(Files.getPosixFilePermissions(clients.socket())));
            assertEquals(group, Files.getAttribute(clients.socket(), "unix:gid"));
        }
    }

    @Test
    void metricsAreWrittenWholeAndGoInTheEnd() throws Exception {
        Path file = directory.resolve("natexd.prom");
        ControlServer server = ControlServer.listen(clients.socket(), ControlClients.OWN, ControlClients.SOCKETS);
        server.serve(scene, Optional.of(new MetricsFile(file, Duration.ofMillis(50))));
        ControlClients.await(() -> Files.exists(file));
        for (int i = 0; i < 200; i++) {
            assertTrue(Files.readString(file).matches("(?s)# HELP .*\nnatexd_nat_changed_total\\{[^\n]*\n"));
        }
        assertEquals("rw-r--r--", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        Object first = Files.getAttribute(file, "unix:ino");
        ControlClients.await(() -> !first.equals(inode(file)));

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
}
