package io.github.natexd.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.Level;

class RequestsTest {
    private static final Caller MEMBER = new Caller(1000, List.of(1000, ControlScene.GROUP));
    private static final Caller STRANGER = new Caller(1000, List.of(1000));

    private final ControlScene scene = ControlScene.working();

    @Test
    void aWorkingDaemonSaysSo() throws Exception {
        JsonNode status = json(scene.ask("status"));

        assertEquals("working", status.at("/state").asText());
        assertEquals(0, status.at("/problems").size());
        assertEquals("2026-11-21T00:00:00Z", status.at("/startedAt").asText());
        assertEquals(5, status.at("/lastRelayedSecondsAgo").asInt());
    }

    @Test
    void whatWasNotSeenIsUnknownAndNotANo() throws Exception {
        JsonNode nat = json(scene.ask("status")).at("/nat");

        assertEquals("yes", nat.at("/udp/portsKept/state").asText());
        assertEquals("mixed", nat.at("/udp/identificationsKept/state").asText());
        assertEquals(10, nat.at("/udp/identificationsKept/yes").asInt());
        assertEquals(2, nat.at("/udp/identificationsKept/no").asInt());
        assertEquals("unknown", nat.at("/udp/ttlKept/state").asText());
        assertEquals("unknown", nat.at("/icmp/portsKept/state").asText());
        assertEquals(
                List.of("no", "yes", "unknown"),
                List.of(
                        nat.at("/delivers/0/state").asText(),
                        nat.at("/delivers/1/state").asText(),
                        nat.at("/delivers/2/state").asText()));
    }

    @Test
    void aMissingGuestNetworkAndRulesDegrade() throws Exception {
        ControlScene broken = ControlScene.degraded();

        JsonNode status = json(broken.ask("status"));

        assertEquals("degraded", status.at("/state").asText());
        assertEquals(2, status.at("/problems").size());
        for (JsonNode problem : status.at("/problems")) {
            assertFalse(problem.at("/fix").asText().isEmpty(), problem.toString());
        }
        assertTrue(status.at("/problems/1/problem").asText().contains("nft: no permission"), status.toString());
        assertTrue(status.at("/keepalive").isNull(), status.toString());
    }

    @Test
    void anOverflowIsAWarningAndNoDegradation() throws Exception {
        ControlScene busy = ControlScene.of(
                new StatusReport.GuestNetwork(Optional.of("vmnet8"), Optional.of("192.168.44.1/24"), true),
                new StatusReport.Rules(RulesState.UNMANAGED, "rules.manage = false"),
                ControlScene.snapshot(7));

        JsonNode status = json(busy.ask("status"));

        assertEquals("working", status.at("/state").asText());
        assertTrue(status.at("/warnings/0/problem")
                .asText()
                .startsWith("7 errors went to the host unchanged because natexd did not read the queue in time"));
        assertTrue(status.at("/warnings/0/fix").asText().contains("queue.max-length (now 4096)"));
    }

    @Test
    void aGuestNetworkWithoutAnAddressDegrades() throws Exception {
        ControlScene waiting = ControlScene.of(
                new StatusReport.GuestNetwork(Optional.of("vmnet8"), Optional.empty(), true),
                new StatusReport.Rules(RulesState.LOADED, ""),
                ControlScene.snapshot(0));

        JsonNode status = json(waiting.ask("status"));

        assertEquals("degraded", status.at("/state").asText());
        assertEquals(
                "the guest network vmnet8 has no IPv4 address; natexd waits for one",
                status.at("/problems/0/problem").asText());
    }

    @Test
    void beforeVmwareIsThereOnlyTheMissingNetworkIsAProblem() throws Exception {
        ControlScene early = ControlScene.of(
                new StatusReport.GuestNetwork(Optional.empty(), Optional.empty(), false),
                new StatusReport.Rules(RulesState.PENDING, ""),
                ControlScene.snapshot(0));

        JsonNode status = json(early.ask("status"));

        assertEquals(1, status.at("/problems").size(), status.toString());
        assertTrue(status.at("/problems/0/problem").asText().startsWith("no NAT network is known"));
    }

    @Test
    void missingRulesOfSomebodyElseDegradeAndTheFixSaysHowToLoadThem() throws Exception {
        ControlScene missing = ControlScene.of(
                new StatusReport.GuestNetwork(Optional.of("vmnet8"), Optional.of("192.168.44.1/24"), true),
                new StatusReport.Rules(RulesState.MISSING, "absent", "load them: natexd-rules install"),
                ControlScene.snapshot(0));

        JsonNode status = json(missing.ask("status"));

        assertEquals("degraded", status.at("/state").asText());
        assertTrue(status.at("/problems/0/problem").asText().endsWith("not loaded: absent"), status.toString());
        assertEquals(
                "load them: natexd-rules install", status.at("/problems/0/fix").asText());
        assertEquals("missing", status.at("/rules/state").asText());
        assertTrue(json(missing.ask("metrics")).at("/text").asText().contains("natexd_rules_loaded 0\n"));
    }

    @Test
    void rootTheDaemonItselfAndMembersMayAsk() throws Exception {
        for (Caller caller :
                List.of(ControlScene.ROOT, new Caller(ControlScene.OWN_USER, List.of(ControlScene.OWN_USER)), MEMBER)) {
            assertTrue(json(scene.ask("status", caller)).has("state"), caller.toString());
        }
    }

    @Test
    void aStrangerIsRefusedWhateverHeAsks() throws Exception {
        for (String request : List.of("status", "nonsense", "")) {
            JsonNode answer = json(scene.ask(request, STRANGER));

            assertTrue(answer.at("/refused").asBoolean(), request);
            assertEquals(
                    "user 1000 is neither root nor in group natexd",
                    answer.at("/error").asText());
            assertTrue(answer.at("/fix").asText().contains("usermod -aG natexd"), answer.toString());
        }
    }

    @Test
    void withoutTheGroupNobodyIsAMember() {
        Access access = new Access(ControlScene.OWN_USER, "natexd", OptionalInt.empty());

        assertTrue(new Requests(access, scene).answer("status", MEMBER).line().contains("\"refused\":true"));
        assertTrue(new Requests(access, scene)
                .answer("status", ControlScene.ROOT)
                .line()
                .contains("\"state\""));
    }

    @Test
    void aLoopThatDoesNotAnswerIsAnErrorAndNoRefusal() throws Exception {
        DaemonView hanging = (DaemonView) java.lang.reflect.Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DaemonView.class}, (proxy, method, arguments) -> {
                    throw new ControlException(ControlException.Kind.FAILED, "it hangs", "restart it");
                });
        for (String request : List.of("status", "mappings", "metrics")) {
            JsonNode answer = json(new Requests(ControlScene.ACCESS, hanging)
                    .answer(request, ControlScene.ROOT)
                    .line());

            assertEquals("it hangs", answer.at("/error").asText());
            assertFalse(answer.at("/refused").asBoolean());
        }
    }

    @Test
    void onlyRootMayReload() throws Exception {
        JsonNode refused = json(scene.ask("reload", MEMBER));

        assertTrue(refused.at("/refused").asBoolean(), refused.toString());
        assertEquals(
                "user 1000 is not root; only root may change natexd",
                refused.at("/error").asText());
        assertEquals(
                "probes.max-ttl: 60 -> 255",
                json(scene.ask("reload")).at("/changed/0").asText());
    }

    @Test
    void membersMaySeeTheLogLevelAndOnlyRootMayChangeIt() throws Exception {
        assertEquals("info", json(scene.ask("log-level", MEMBER)).at("/level").asText());
        assertTrue(json(scene.ask("log-level debug", MEMBER)).at("/refused").asBoolean());
        assertEquals(Level.INFO, scene.logLevel());

        assertEquals("debug", json(scene.ask("log-level debug")).at("/level").asText());
        assertEquals(Level.DEBUG, scene.logLevel());
    }

    @Test
    void aPageSaysWhereTheNextOneBegins() throws Exception {
        JsonNode first = json(scene.ask("mappings"));

        assertEquals(512, first.at("/next").asInt());
        assertTrue(json(scene.ask("mappings 512")).at("/next").isNull());
        assertEquals("192.168.44.100", first.at("/mappings/0/guest").asText());
        assertEquals("203.0.113.7", first.at("/mappings/0/hostAddress").asText());
        assertEquals(1200, first.at("/mappings/0/ageMillis").asInt());
    }

    @Test
    void whatIsWatchedHasTheTimeOfTheErrorAndItsLabels() throws Exception {
        JsonNode observed = json(ControlScene.observed());

        assertEquals("2026-11-21T00:00:01.000000Z", observed.at("/time").asText());
        assertEquals(1500, observed.at("/roundTripMicros").asInt());
        assertEquals(
                "{\"label\":24001,\"trafficClass\":5,\"bottom\":true,\"ttl\":1}",
                observed.at("/labels/0").toString());
    }

    @Test
    void userNumbersAreUnsigned() {
        assertTrue(scene.ask("status", new Caller(-2, List.of(-2))).contains("user 4294967294 is neither"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "   ",
                "stat",
                "STATUS",
                "status now",
                "watch some",
                "mappings -1",
                "mappings 12345678",
                "log-level loud",
                "log-level DEBUG",
                "\u0000\uffff\"\\",
                "{\"request\":\"status\"}"
            })
    void nonsenseIsAnErrorInOneLineThatSaysWhatCouldBeAsked(String request) throws Exception {
        String line = scene.ask(request);

        JsonNode answer = json(line);
        assertEquals(line.length() - 1, line.indexOf('\n'), line);
        assertFalse(answer.at("/refused").asBoolean());
        assertFalse(answer.at("/error").asText().isEmpty());
        assertTrue(answer.at("/fix").asText().contains("status"), line);
    }

    private static JsonNode json(String line) throws Exception {
        JsonNode answer = new ObjectMapper().readTree(line);
        assertEquals(1, answer.at("/version").asInt(), line);
        return answer;
    }
}
