package io.github.natexd.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.natexd.report.Observer;
import io.github.natexd.report.Reason;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import jnr.unixsocket.UnixSocketChannel;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Watching clients at a real socket: they get all events, and do not block anything else. */
class ControlWatchTest {
    private static final long MINUTE_NANOS = 60_000_000_000L;
    private static final long HOUR_NANOS = 60 * MINUTE_NANOS;

    private final ControlScene scene = ControlScene.working();

    @AutoClose
    private final ControlClients clients;

    ControlWatchTest(@TempDir Path directory) {
        clients = new ControlClients(scene, directory);
    }

    @Test
    void whoWatchesIsToldAndCostsNothingAfterwards() throws Exception {
        try (ControlServer server = clients.serve()) {
            UnixSocketChannel client = clients.connect();
            ControlClients.send(client, "watch\n");
            assertEquals("{\"version\":1,\"watching\":\"relayed\",\"records\":2}", ControlClients.line(client));
            Observer observer = scene.observer();
            assertNotNull(observer);

            observer.seen(ControlScene.decided(Reason.RELAYED));

            JsonNode told = ControlClients.event(client);
            assertEquals("RELAYED", told.at("/reason").asText());
            client.close();
            ControlClients.await(() -> scene.observer() == null);
            assertNull(scene.observer());
        }
    }

    @Test
    void eachClientGetsAllRecordsAndThoseOfProbesAreMadeOnlyIfOneWantsThem() throws Exception {
        try (ControlServer server = clients.serve()) {
            UnixSocketChannel errors = clients.watch("watch all");
            assertFalse(scene.observer().wantsProbes());
            UnixSocketChannel probes = clients.watch("watch probes");
            assertTrue(scene.observer().wantsProbes());

            scene.observer().seen(ControlScene.probe());
            scene.observer().seen(ControlScene.decided(Reason.NO_MAPPING));

            for (UnixSocketChannel client : List.of(errors, probes)) {
                assertEquals("probe", ControlClients.event(client).at("/event").asText());
                assertEquals(
                        "NO_MAPPING", ControlClients.event(client).at("/reason").asText());
            }
            probes.close();
            ControlClients.await(() -> !scene.observer().wantsProbes());
            assertFalse(scene.observer().wantsProbes());
        }
    }

    /** Once faster than the ring, once slowly enough for natexd to fill the socket first. */
    @ParameterizedTest
    @ValueSource(ints = {100_000, 8000})
    void whoDoesNotReadLosesRecordsAndIsToldSo(int burst) throws Exception {
        int many = 100_000;
        try (ControlServer server = clients.serve()) {
            UnixSocketChannel client = clients.watch("watch");
            for (int i = 1; i <= many; i++) {
                scene.observer().seen(ControlScene.decided(Reason.RELAYED));
                if (i % burst == 0) {
                    Thread.sleep(520); // longer than records are collected
                }
            }

            long lost = 0;
            long seen = 0;
            while (seen < many) {
                JsonNode told = ControlClients.event(client);
                lost += told.at("/lost").asLong();
                seen += told.has("lost") ? told.at("/lost").asLong() : 1;
            }
            assertEquals(many, seen, "each one shown or counted");
            assertTrue(lost > 0, "the ring and the socket hold fewer");
        }
    }

    @Test
    void aClientThatReadsNothingForAMinuteIsDisconnected() throws Exception {
        try (ControlServer server = clients.serve()) {
            UnixSocketChannel watching = clients.connect();
            Connection connection = new Connection(watching, ControlClients.SOCKETS, 0);
            connection.answer("", true, 0);
            assertFalse(connection.hasDeadline(), "it has nothing to read");

            connection.send(ByteBuffer.allocateDirect(200), HOUR_NANOS);

            assertTrue(connection.hasDeadline());
            assertFalse(connection.isReplaceable(), "until then, it keeps its place");
            assertEquals(HOUR_NANOS + MINUTE_NANOS, connection.deadlineNanos());
            connection.write(3 * HOUR_NANOS);
            assertFalse(connection.hasDeadline(), "it has read everything");
        }
    }

    @Test
    void theNinthWatcherIsRefusedAndStatusStillWorks() throws Exception {
        try (ControlServer server = clients.serve()) {
            for (int i = 0; i < Watchers.LIMIT; i++) {
                clients.watch("watch");
            }
            assertTrue(clients.ask("watch").contains("8 clients are watching already"));
            assertEquals(scene.ask("status"), clients.ask("status"));
        }
    }

    @Test
    void watchersStayWhenOthersCrowdIn() throws Exception {
        try (ControlServer server = clients.serve()) {
            UnixSocketChannel watcher = clients.watch("watch");
            for (int i = 0; i < 2 * ControlServer.CLIENTS_LIMIT; i++) {
                clients.connect();
            }
            scene.observer().seen(ControlScene.decided(Reason.RELAYED));

            assertEquals("RELAYED", ControlClients.event(watcher).at("/reason").asText());
        }
    }
}
