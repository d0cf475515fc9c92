package io.github.natexd.cli.running;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.natexd.cli.form.ExitCodes;
import io.github.natexd.cli.form.Ipv4Network;
import io.github.natexd.cli.form.JsonAnswer;
import io.github.natexd.cli.form.OutputForm;
import io.github.natexd.cli.form.PlainRows;
import io.github.natexd.control.ControlClient;
import io.github.natexd.control.ControlException;
import io.github.natexd.report.Reason;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code natexctl watch}: shows each ICMP error when natexd has decided about it. */
@Command(
        name = "watch",
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = ExitCodes.USAGE,
        description = {
            "Shows each ICMP error that a guest gets: the guest that sent the probe, the target, the probe's protocol"
                    + " and ports (of an echo request: identifier and sequence number), the TTL (the hop), the router"
                    + " that reported the error, the round trip by the kernel's clock, the kind of error, whether"
                    + " natexd moved the error (the host did not get it) or copied it (the host got it, too), and MPLS"
                    + " labels. Times are local. Ends when it is interrupted.",
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the number of lines that --count sets was shown",
            "1:natexd has ended or does not respond",
            "2:natexd is not running",
            "64:the command line is wrong",
            "77:only root and members of natexd's group may query natexd"
        })
public final class WatchCommand extends DaemonCommand {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT);
    private static final String ROW = "%-23s  %-15s  %-15s  %-16s  %3s  %-15s  %10s  %s%n";
    /** The columns of {@code --plain}: fields of the JSON. */
    private static final List<String> COLUMNS =
            List.of("time", "reason", "guest", "target", "hop", "reporter", "kind", "type", "code", "roundTripMicros");

    /** Further columns, behind one with the MPLS labels, separated by commas. */
    private static final List<String> MORE_COLUMNS =
            List.of("event", "protocol", "guestPort", "targetPort", "codeText", "nextHopMtu");

    private static final int ENDLESS = 0;
    private static final double MICROS_OF_MILLI = 1000;

    @ArgGroup
    private final OutputForm form = new OutputForm();

    @Option(names = "--all", description = "also shows the errors that no guest gets, and why not")
    private boolean all;

    @Option(
            names = "--probes",
            description = "also shows guests' probes when they leave the guest, and the replies that guests get without"
                    + " natexd: echo replies, and errors from the NAT process; implies --all")
    private boolean probes;

    @Mixin
    private final Filters filters = new Filters();

    @Option(
            names = "--router",
            paramLabel = "ADDRESS",
            converter = Ipv4Network.AddressConverter.class,
            description = "only errors and replies from this router")
    private @Nullable Integer router;

    @Option(
            names = "--reason",
            paramLabel = "REASON",
            description = "only errors with this reason, for example ambiguous; implies --all")
    private @Nullable String reason;

    @Option(names = "--count", paramLabel = "N", description = "ends after this number of lines")
    private long count;

    @Override
    protected int ask() throws ControlException {
        checkReason();
        try (ControlClient client =
                sendAndWait(probes ? "watch probes" : all || reason != null ? "watch all" : "watch")) {
            String first = watching(client);
            if (form.json()) {
                out().println(first);
            } else if (!form.plain()) {
                out().printf(ROW, "TIME", "GUEST", "TARGET", "PROBE", "HOP", "ROUTER", "ROUND TRIP", "WHAT");
            }
            out().flush();
            long shown = 0;
            // The output fails when its reader, such as head(1), has seen enough.
            while ((count == ENDLESS || shown < count) && !outputHasFailed()) {
                String line = client.event();
                JsonObject event = JsonAnswer.read(line);
                boolean lost = event.has("lost");
                if (lost || admits(event)) {
                    shown += lost ? 0 : 1;
                    print(line, event);
                    out().flush();
                }
            }
        }
        return ExitCodes.OK;
    }

    private void checkReason() {
        String wanted = reason;
        if (wanted != null
                && Arrays.stream(Reason.values()).noneMatch(each -> each.name().equals(fieldValue(wanted)))) {
            throw new CommandLine.ParameterException(
                    spec().commandLine(),
                    "Invalid value for option '--reason': there is no reason \"" + wanted
                            + "\"; natexctl status --json lists the reasons");
        }
    }

    /** The reason as the JSON has it; people may write {@code no-mapping}. */
    private static String fieldValue(String reason) {
        return reason.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    private boolean admits(JsonObject event) {
        String wanted = reason;
        boolean error = event.get("event").getAsString().equals("error");
        boolean askedFor = probes
                || error
                        && (all
                                || wanted != null
                                || Reason.valueOf(event.get("reason").getAsString())
                                        .isDelivered());
        return askedFor
                && filters.admit(event, "target")
                && Filters.isAddress(router, event.get("reporter"))
                && (wanted == null || fieldValue(wanted).equals(PlainRows.value(event.get("reason"))));
    }

    private void print(String line, JsonObject event) {
        if (form.json()) {
            out().println(line);
        } else if (event.has("lost")) {
            spec().commandLine()
                    .getErr()
                    .println("natexctl: " + event.get("lost") + " lines are missing, because they came too fast");
        } else if (form.plain()) {
            String row = PlainRows.row(event, COLUMNS);
            out().print(row.substring(0, row.length() - 1) + "\t" + labels(event, ",") + "\t"
                    + PlainRows.row(event, MORE_COLUMNS));
        } else {
            printText(event);
        }
    }

    private void printText(JsonObject event) {
        JsonElement roundTrip = event.get("roundTripMicros");
        out().printf(
                        ROW,
                        TIME.format(LocalDateTime.ofInstant(
                                Instant.parse(event.get("time").getAsString()), ZoneId.systemDefault())),
                        orDash(event, "guest"),
                        orDash(event, "target"),
                        probe(event),
                        orDash(event, "hop"),
                        orDash(event, "reporter"),
                        roundTrip == null || roundTrip.isJsonNull()
                                ? "-"
                                : "%.2f ms".formatted(roundTrip.getAsLong() / MICROS_OF_MILLI),
                        what(event));
    }

    /** The numbers of the probe: ports as the guest chose them, or identifier and sequence number. */
    private static String probe(JsonObject event) {
        String protocol = orDash(event, "protocol");
        return protocol.equals("-")
                ? protocol
                : "%s %s %s".formatted(protocol, orDash(event, "guestPort"), orDash(event, "targetPort"));
    }

    private static String what(JsonObject event) {
        String kind = kind(event);
        return switch (event.get("event").getAsString()) {
            case "probe" -> "probe";
            case "reply" -> kind + ", without natexd";
            default -> {
                String labels = labels(event, " ");
                yield (kind.isEmpty() ? "" : kind + ", ")
                        + outcome(event)
                        + (labels.isEmpty() ? "" : ", MPLS " + labels);
            }
        };
    }

    private static String kind(JsonObject event) {
        String codeText = PlainRows.value(event.get("codeText"));
        String nextHopMtu = PlainRows.value(event.get("nextHopMtu"));
        String kind = PlainRows.value(event.get("kind"));
        String text =
                codeText.isEmpty() ? kind : kind.equals("time-exceeded") ? kind + " (" + codeText + ")" : codeText;
        return nextHopMtu.isEmpty() ? text : text + " (MTU " + nextHopMtu + ")";
    }

    /** Whether the error was moved or copied; for other decisions, the reason in words. */
    private static String outcome(JsonObject event) {
        String reason = event.get("reason").getAsString();
        return switch (reason) {
            case "RELAYED" -> "moved";
            case "COPIED_LIKELY" -> "copied (weak evidence)";
            case "COPIED_LATE" -> "copied (guest's probe seen late)";
            default ->
                reason.toLowerCase(Locale.ROOT).replace('_', '-') + ": "
                        + event.get("text").getAsString();
        };
    }

    private static String labels(JsonObject event, String delimiter) {
        return !event.has("labels")
                ? ""
                : StreamSupport.stream(event.getAsJsonArray("labels").spliterator(), false)
                        .map(JsonElement::getAsJsonObject)
                        .map(label -> label.get("label").getAsString())
                        .collect(Collectors.joining(delimiter));
    }

    private static String orDash(JsonObject event, String name) {
        String value = PlainRows.value(event.get(name));
        return value.isEmpty() ? "-" : value;
    }
}
