package io.github.natexd.cli.paths;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.natexd.cli.form.ExitCodes;
import io.github.natexd.cli.form.JsonAnswer;
import io.github.natexd.cli.form.OutputForm;
import io.github.natexd.cli.form.PlainRows;
import io.github.natexd.control.ControlException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;

/** {@code natexctl guests}: which guests send probes, and what becomes of them. */
@Command(
        name = "guests",
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = ExitCodes.USAGE,
        description = {
            "Lists the guests that send probes: address, MAC address, the name from VMware's lease file if you may"
                    + " read it, the first and the last probe, and how many probes got an error that natexd moved, a"
                    + " copy of an error, an answer without the help of natexd, or no answer; and the guest's share of natexd's"
                    + " table of probes.",
            "natexd collects nothing in advance: the numbers are those of --duration seconds, or of the time"
                    + " until Ctrl-C.",
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:listed",
            "1:natexd has ended or does not respond",
            "2:natexd is not running",
            "64:the command line is wrong",
            "77:only root and members of natexd's group may query natexd"
        })
public final class GuestsCommand extends FeedCommand {
    static final int VERSION = 1;

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);
    private static final String ROW = "%-15s  %-17s  %-20s  %-19s  %-19s  %6s %6s %6s %6s %6s  %5s%n";
    /** The columns of {@code --plain}: fields of the JSON. */
    private static final List<String> COLUMNS = List.of(
            "guest",
            "mac",
            "name",
            "firstProbe",
            "lastProbe",
            "probes",
            "moved",
            "copied",
            "withoutNatexd",
            "unanswered",
            "mappings",
            "capacity");

    @ArgGroup
    private final OutputForm form = new OutputForm();

    @Override
    int report(Feed feed) throws ControlException {
        JsonObject status = JsonAnswer.read(line("status"));
        Map<String, Integer> mappings = new HashMap<>();
        forEachMapping(mapping -> mappings.merge(mapping.get("guest").getAsString(), 1, Integer::sum));
        Leases leases = Leases.read(Leases.file(
                PlainRows.value(status.getAsJsonObject("guestNetwork").get("interface"))));
        int capacity = status.getAsJsonObject("mappings").get("capacity").getAsInt();
        JsonArray rows = new JsonArray();
        synchronized (feed) {
            feed.paths().guests().forEach((address, guest) -> {
                JsonObject row = row(address, guest);
                row.addProperty("name", leases.name(address).orElse(null));
                row.addProperty("mappings", mappings.getOrDefault(address, 0));
                row.addProperty("capacity", capacity);
                rows.add(row);
            });
            print(rows, feed.lostLines());
        }
        return ExitCodes.OK;
    }

    private static JsonObject row(String address, Guest guest) {
        JsonObject row = new JsonObject();
        row.addProperty("guest", address);
        row.addProperty("mac", guest.mac());
        row.addProperty("firstProbe", instant(guest.firstMicros()).toString());
        row.addProperty("lastProbe", instant(guest.lastMicros()).toString());
        row.addProperty("probes", guest.balance().sentProbes());
        row.addProperty("moved", guest.moved());
        row.addProperty("copied", guest.copied());
        row.addProperty("withoutNatexd", guest.withoutNatexd());
        row.addProperty("unanswered", guest.balance().lostProbes());
        return row;
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    private void print(JsonArray rows, long lostLines) {
        if (form.json()) {
            JsonObject document = new JsonObject();
            document.addProperty("version", VERSION);
            document.addProperty("lostLines", lostLines);
            document.add("guests", rows);
            out().println(document);
        } else if (form.plain()) {
            rows.forEach(row -> out().print(PlainRows.row(row.getAsJsonObject(), COLUMNS)));
        } else if (rows.isEmpty()) {
            complainOfNothing();
        } else {
            out().printf(
                            ROW,
                            "GUEST",
                            "MAC",
                            "NAME",
                            "FIRST PROBE",
                            "LAST PROBE",
                            "PROBES",
                            "MOVED",
                            "COPIED",
                            "OTHER",
                            "NONE",
                            "SHARE");
            rows.forEach(row -> printText(row.getAsJsonObject()));
        }
    }

    private void printText(JsonObject row) {
        String name = PlainRows.value(row.get("name"));
        out().printf(
                        ROW,
                        PlainRows.value(row.get("guest")),
                        PlainRows.value(row.get("mac")),
                        name.isEmpty() ? "-" : name,
                        local(row.get("firstProbe")),
                        local(row.get("lastProbe")),
                        row.get("probes"),
                        row.get("moved"),
                        row.get("copied"),
                        row.get("withoutNatexd"),
                        row.get("unanswered"),
                        "%.1f%%"
                                .formatted(100.0
                                        * row.get("mappings").getAsInt()
                                        / row.get("capacity").getAsInt()));
    }

    private static String local(JsonElement time) {
        return TIME.format(LocalDateTime.ofInstant(Instant.parse(time.getAsString()), ZoneId.systemDefault()));
    }
}
