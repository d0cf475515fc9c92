package io.github.natexd.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.natexd.relay.Observation;
import io.github.natexd.relay.Observed;
import io.github.natexd.relay.Observer;
import io.github.natexd.translate.Reason;
import java.nio.file.Path;
import jnr.unixsocket.UnixSocketChannel;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Watching clients at a real socket: they get all events, and do not block anything else. */
class ControlWatchTest {
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
            assertEquals("{\"version\":1,\"watching\":\"relayed\"}", ControlClients.line(client));
            Observer observer = scene.observer();
            assertNotNull(observer);

            observer.decided(observation(Reason.NO_MAPPING));
            observer.decided(observation(Reason.RELAYED));

            JsonNode told = new ObjectMapper().readTree(ControlClients.line(client));
            assertEquals("RELAYED", told.at("/reason").asText(), "the other one was not asked for");
            client.close();
            ControlClients.await(() -> scene.observer() == null);
            assertNull(scene.observer());
        }
    }

    @Test
    void whoWatchesAllIsToldAll() throws Exception {
        try (ControlServer server = clients.serve()) {
            UnixSocketChannel client = clients.watch("watch all");

            scene.observer().decided(observation(Reason.NO_MAPPING));

            assertEquals(
                    "NO_MAPPING",
                    new ObjectMapper()
                            .readTree(ControlClients.line(client))
                            .at("/reason")
                            .asText());
        }
    }

    @Test
    void whoWatchesProbesIsShownThemAndOthersAreNot() throws Exception {
        try (ControlServer server = clients.serve()) {
            UnixSocketChannel errors = clients.watch("watch all");
            assertFalse(scene.observer().wantsProbes());
            UnixSocketChannel probes = clients.watch("watch probes");
            assertTrue(scene.observer().wantsProbes());

            scene.observer().seen(new Observed.SentProbe(17, 1, 0, 2, 3, 4, 5, 0));
            scene.observer().decided(observation(Reason.NO_MAPPING));

            assertTrue(ControlClients.line(probes).contains("\"event\":\"probe\""));
            assertTrue(ControlClients.line(probes).contains("NO_MAPPING"));
            assertTrue(ControlClients.line(errors).contains("NO_MAPPING"));
            probes.close();
            ControlClients.await(() -> !scene.observer().wantsProbes());
            assertFalse(scene.observer().wantsProbes());
        }
    }

    @Test
    void whoDoesNotReadLosesLinesAndIsToldSo() throws Exception {
        int many = 20_000;
        try (ControlServer server = clients.serve()) {
            UnixSocketChannel client = clients.watch("watch");
            for (int i = 0; i < many; i++) {
                scene.observer().decided(observation(Reason.RELAYED));
            }

            long seen = 0;
            while (seen < many) {
                JsonNode told = new ObjectMapper().readTree(ControlClients.line(client));
                seen += told.has("lost") ? told.at("/lost").asLong() : 1;
            }
            assertEquals(many, seen, "each one shown or counted");
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
            scene.observer().decided(observation(Reason.RELAYED));

            assertTrue(ControlClients.line(watcher).contains("RELAYED"));
        }
    }

    private static Observation observation(Reason reason) {
        return new Observation(reason, 0, 0, null, null, null);
    }
}
