package io.github.natexd.cli.running;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.natexd.cli.form.ExitCodes;
import io.github.natexd.cli.form.JsonAnswer;
import io.github.natexd.cli.form.OutputForm;
import io.github.natexd.cli.form.PlainRows;
import io.github.natexd.control.ControlClient;
import io.github.natexd.control.ControlException;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code natexctl watch}: shows each ICMP error when natexd has decided about it. */
@Command(
        name = "watch",
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = ExitCodes.USAGE,
        description = {
            "Shows each ICMP error that a guest gets: the guest that sent the probe, the target, the TTL (the hop),"
                    + " the router that reported the error, the round trip, MPLS labels, whether natexd moved the"
                    + " error (the host did not get it) or copied it (the host got it, too), and why. Ends when it is"
                    + " interrupted.",
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:as many errors as --count sets were shown",
            "1:natexd has ended or does not respond",
            "2:natexd is not running",
            "64:the command line is wrong",
            "77:only root and members of natexd's group may query natexd"
        })
public final class WatchCommand extends DaemonCommand {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);
    private static final String ROW = "%-12s  %-15s  %-15s  %3s  %-15s  %10s  %s%n";
    /** The columns of {@code --plain}: fields of the JSON. A last column has the MPLS labels, separated by commas. */
    private static final List<String> COLUMNS =
            List.of("time", "reason", "guest", "target", "hop", "reporter", "kind", "type", "code", "roundTripMicros");

    private static final int ENDLESS = 0;
    private static final double MICROS_OF_MILLI = 1000;

    @ArgGroup
    private final OutputForm form = new OutputForm();

    @Option(names = "--all", description = "also show the errors that no guest gets, and why not")
    private boolean all;

    @Option(names = "--count", paramLabel = "N", description = "end after this number of errors")
    private long count;

    @Override
    protected int ask() throws ControlException {
        try (ControlClient client = sendAndWait(all ? "watch all" : "watch")) {
            String first = client.line();
            JsonAnswer.read(first);
            if (form.json()) {
                out().println(first);
            } else if (!form.plain()) {
                out().printf(ROW, "TIME", "GUEST", "TARGET", "HOP", "REPORTER", "ROUND TRIP", "WHAT");
            }
            out().flush();
            long shown = 0;
            // The output fails when its reader, such as head(1), has seen enough.
            while ((count == ENDLESS || shown < count) && !out().checkError()) {
                String line = client.line();
                JsonObject event = JsonAnswer.read(line);
                shown += event.has("reason") ? 1 : 0;
                print(line, event);
                out().flush();
            }
        }
        return ExitCodes.OK;
    }

    private void print(String line, JsonObject event) {
        if (form.json()) {
            out().println(line);
        } else if (event.has("lost")) {
            spec().commandLine()
                    .getErr()
                    .println("natexctl: " + event.get("lost") + " errors are not shown, because they came too fast");
        } else if (form.plain()) {
            String row = PlainRows.row(event, COLUMNS);
            out().print(row.substring(0, row.length() - 1) + "\t" + labels(event, ",") + "\n");
        } else {
            printText(event);
        }
    }

    private void printText(JsonObject event) {
        String kind = PlainRows.value(event.get("kind"));
        String what = (kind.isEmpty() ? "" : kind + ", ") + outcome(event);
        String labels = labels(event, " ");
        out().printf(
                        ROW,
                        TIME.format(LocalTime.ofInstant(
                                Instant.parse(event.get("time").getAsString()), ZoneId.systemDefault())),
                        orDash(event, "guest"),
                        orDash(event, "target"),
                        orDash(event, "hop"),
                        orDash(event, "reporter"),
                        event.get("roundTripMicros").isJsonNull()
                                ? "-"
                                : "%.2f ms"
                                        .formatted(event.get("roundTripMicros").getAsLong() / MICROS_OF_MILLI),
                        what + (labels.isEmpty() ? "" : ", MPLS " + labels));
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
        return StreamSupport.stream(event.getAsJsonArray("labels").spliterator(), false)
                .map(JsonElement::getAsJsonObject)
                .map(label -> label.get("label").getAsString())
                .collect(Collectors.joining(delimiter));
    }

    private static String orDash(JsonObject event, String name) {
        return event.get(name).isJsonNull() ? "-" : event.get(name).getAsString();
    }
}
