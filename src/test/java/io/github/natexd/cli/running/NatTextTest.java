package io.github.natexd.cli.running;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonParser;
import java.util.List;
import org.junit.jupiter.api.Test;

class NatTextTest {
    private static final String TRAITS = "{\"portsKept\":{\"state\":\"%s\"},\"identificationsKept\":{\"state\":\"%s\"},"
            + "\"ttlKept\":{\"state\":\"%s\"},\"seenLeaving\":{\"state\":\"%s\"}}";

    @Test
    void whatIsTheSameForBothProtocolsIsOneLine() {
        String both = traits("yes", "no", "yes", "yes");

        assertEquals(
                List.of(
                        "UDP and echo: keeps ports and identifiers, changes IP IDs, keeps the TTL, its probes are seen leaving"),
                lines(both, both));
    }

    @Test
    void whatDiffersIsTwoLines() {
        assertEquals(
                List.of(
                        "UDP: keeps ports, keeps IP IDs, lowers the TTL by one, its probes are not seen leaving",
                        "echo: keeps identifiers, keeps IP IDs, sometimes lowers the TTL by one,"
                                + " its probes are not seen leaving"),
                lines(traits("yes", "yes", "no", "no"), traits("yes", "yes", "mixed", "no")));
    }

    @Test
    void beforeTheFirstProbeNothingIsKnown() {
        String unknown = traits("unknown", "unknown", "unknown", "unknown");

        assertEquals(List.of("nothing known yet; a traceroute in a guest shows it"), lines(unknown, unknown));
    }

    private static String traits(String ports, String identifications, String timeToLive, String leaving) {
        return TRAITS.formatted(ports, identifications, timeToLive, leaving);
    }

    private static List<String> lines(String udp, String echo) {
        String nat = "{\"udp\":" + udp + ",\"icmp\":" + echo + ",\"delivers\":[]}";
        return new NatText(JsonParser.parseString(nat).getAsJsonObject()).lines();
    }
}
