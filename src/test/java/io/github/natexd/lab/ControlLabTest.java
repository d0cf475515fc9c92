package io.github.natexd.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.natexd.testkit.LabNatexd;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** The packaged natexctl asks the packaged natexd. */
@TestInstance(Lifecycle.PER_CLASS)
class ControlLabTest {
    private Lab lab;
    private LabNatexd natexd;

    @BeforeAll
    void start() {
        lab = Lab.up(LabOptions.defaults());
        natexd = LabNatexd.start(lab, "control.group = \"nogroup\"");
    }

    @AfterAll
    void stop() {
        natexd.close();
        lab.close();
    }

    @Test
    void statusTellsWhatTheNatWasSeenDoing() throws Exception {
        String trace = Client.TRACEROUTE.run(lab, Node.GUEST1);
        assertEquals(Topology.HOPS, Traceroute.hops(trace), trace + natexd.log());

        Lab.Result result = natexctl("status", "--json");

        assertEquals(0, result.exitCode(), result.output());
        JsonNode status = new ObjectMapper().readTree(result.output());
        assertEquals("working", status.at("/state").asText());
        assertEquals(natexd.pid(), status.at("/pid").asLong());
        assertEquals(
                Topology.GUEST_NETWORK_INTERFACE,
                status.at("/guestNetwork/interface").asText());
        assertEquals("loaded", status.at("/rules/state").asText());
        for (String habit : List.of("portsKept", "identificationsKept", "ttlKept", "seenLeaving")) {
            assertEquals("yes", status.at("/nat/" + habit + "/state").asText(), habit + " in " + status);
        }
        assertEquals("no", status.at("/nat/delivers/0/state").asText(), result.output());
        assertEquals("unknown", status.at("/nat/delivers/1/state").asText(), result.output());
        assertTrue(status.at("/reasons/RELAYED").asLong() >= Topology.HOPS.size(), result.output());
        assertTrue(status.at("/lastRelayedSecondsAgo").asLong() < 60, result.output());
    }

    @Test
    void withoutNatexdStatusEndsWithTwoAndTheRemedy() {
        Lab.Result result = natexctlAt(lab.directory().resolve("none.sock").toString(), "status");

        assertEquals(2, result.exitCode());
        assertTrue(result.output().contains("natexd is not running"), result.output());
        assertTrue(result.output().contains("fix: start it"), result.output());
    }

    private Lab.Result natexctl(String... arguments) {
        return natexctlAt(natexd.socket().toString(), arguments);
    }

    private Lab.Result natexctlAt(String socket, String... arguments) {
        List<String> command =
                new ArrayList<>(List.of(LabNatexd.tree().resolve("bin/natexctl").toString()));
        command.addAll(List.of(arguments));
        command.add("--socket=" + socket);
        return lab.exec(Node.HOST, command);
    }
}
