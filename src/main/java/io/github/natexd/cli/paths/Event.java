package io.github.natexd.cli.paths;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.natexd.cli.form.PlainRows;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One line that natexd reports to a client that watches probes.
 *
 * @param kind which kind of line
 * @param micros when it happened: microseconds since 1970
 * @param probe the probe itself, or the one that an error or a reply is about; its guest may be unknown
 * @param guestMac only of a probe
 * @param hop the TTL of the probe; only of a probe
 * @param answer what came back; empty for a probe
 */
record Event(Kind kind, long micros, ProbeKey probe, String guestMac, OptionalInt hop, Optional<Answer> answer) {
    /** What happened. */
    enum Kind {
        PROBE,
        /** natexd decided about an error. */
        ERROR,
        /** The guest got something without natexd. */
        REPLY
    }

    /**
     * What identifies a probe among those of the last seconds.
     *
     * @param guest the guest's address, empty if it is unknown
     * @param guestPort 0 if the guest is unknown
     */
    record ProbeKey(String guest, String protocol, int guestPort, String target, int targetPort) {
        /** The part that both sides of the NAT have in common. */
        ProbeKey withoutGuest() {
            return new ProbeKey("", protocol, 0, target, targetPort);
        }
    }

    /**
     * An error or a reply.
     *
     * @param router who sent it
     * @param reason natexd's decision about an error; empty for a reply
     * @param echoReply it is an echo reply
     * @param roundTripMicros by the kernel's clock; empty if unknown
     * @param labels MPLS labels, outermost first
     * @param nextHopMtu of "fragmentation needed"
     * @param quoted the probe as the error quotes it: without a guest, with the port on the host's side of the NAT
     */
    record Answer(
            String router,
            String reason,
            boolean echoReply,
            OptionalInt roundTripMicros,
            List<Integer> labels,
            OptionalInt nextHopMtu,
            ProbeKey quoted) {}

    /** Empty for lines of other kinds, and for errors that quote no probe. */
    static Optional<Event> read(JsonObject line) {
        String kind = PlainRows.value(line.get("event"));
        if (kind.isEmpty() || PlainRows.value(line.get("target")).isEmpty()) {
            return Optional.empty();
        }
        long micros = micros(Instant.parse(PlainRows.value(line.get("time"))));
        ProbeKey probe = new ProbeKey(
                PlainRows.value(line.get("guest")),
                PlainRows.value(line.get("protocol")),
                number(line, "guestPort").orElse(0),
                PlainRows.value(line.get("target")),
                number(line, "targetPort").orElse(0));
        return Optional.of(
                kind.equals("probe")
                        ? new Event(
                                Kind.PROBE,
                                micros,
                                probe,
                                PlainRows.value(line.get("guestMac")),
                                number(line, "hop"),
                                Optional.empty())
                        : new Event(
                                kind.equals("reply") ? Kind.REPLY : Kind.ERROR,
                                micros,
                                probe,
                                "",
                                OptionalInt.empty(),
                                Optional.of(answer(line, probe))));
    }

    /** The unit of {@link #micros}. */
    static long micros(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }

    private static Answer answer(JsonObject line, ProbeKey probe) {
        return new Answer(
                PlainRows.value(line.get("reporter")),
                PlainRows.value(line.get("reason")),
                PlainRows.value(line.get("kind")).equals("echo-reply"),
                number(line, "roundTripMicros"),
                labels(line),
                number(line, "nextHopMtu"),
                new ProbeKey(
                        "",
                        probe.protocol(),
                        number(line, "sourcePort").orElse(0),
                        probe.target(),
                        probe.targetPort()));
    }

    private static List<Integer> labels(JsonObject line) {
        List<Integer> labels = new ArrayList<>();
        if (line.has("labels")) {
            for (JsonElement entry : line.getAsJsonArray("labels")) {
                labels.add(entry.getAsJsonObject().get("label").getAsInt());
            }
        }
        return labels;
    }

    private static OptionalInt number(JsonObject line, String name) {
        JsonElement field = line.get(name);
        return field == null || field.isJsonNull() ? OptionalInt.empty() : OptionalInt.of(field.getAsInt());
    }
}
