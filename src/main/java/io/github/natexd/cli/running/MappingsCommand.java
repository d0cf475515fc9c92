package io.github.natexd.cli.running;

import com.google.gson.JsonObject;
import io.github.natexd.cli.form.ExitCodes;
import io.github.natexd.cli.form.OutputForm;
import io.github.natexd.cli.form.PlainRows;
import io.github.natexd.control.ControlException;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code natexctl mappings}: the probes about which natexd can relay an error now. */
@Command(
        name = "mappings",
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = ExitCodes.USAGE,
        description = {
            "Lists, in no particular order, the guests' probes that are paired with a probe that left the host:"
                    + " natexd can move errors about them.",
            "For echo requests (icmp), the ports are the identifier and the sequence number.",
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:listed",
            "1:natexd does not respond",
            "2:natexd is not running",
            "64:the command line is wrong",
            "77:only root and members of natexd's group may query natexd"
        })
public final class MappingsCommand extends DaemonCommand {
    private static final String ROW = "%-15s %5s  %-4s  %-15s %5s  %-15s %5s  %3s  %7s%n";
    /** The columns of {@code --plain}: fields of the JSON. */
    private static final List<String> COLUMNS = List.of(
            "guest",
            "guestMac",
            "protocol",
            "guestPort",
            "destination",
            "destinationPort",
            "hostAddress",
            "hostPort",
            "hop",
            "ageMillis");

    @ArgGroup
    private final OutputForm form = new OutputForm();

    @Mixin
    private final Filters filters = new Filters();

    private long count;

    @Override
    protected int ask() throws ControlException {
        begin();
        forEachMapping(mapping -> {
            if (filters.admit(mapping, "destination")) {
                print(mapping);
            }
        });
        end();
        return ExitCodes.OK;
    }

    private void begin() {
        if (form.json()) {
            out().print("{\"version\":1,\"mappings\":[");
        } else if (!form.plain()) {
            out().printf(ROW, "GUEST", "PORT", "", "DESTINATION", "PORT", "LEAVES AS", "PORT", "HOP", "AGE");
        }
    }

    private void print(JsonObject mapping) {
        count++;
        if (form.json()) {
            out().print((count == 1 ? "" : ",") + mapping);
        } else if (form.plain()) {
            out().print(PlainRows.row(mapping, COLUMNS));
        } else {
            out().printf(
                            ROW,
                            text(mapping, "guest"),
                            text(mapping, "guestPort"),
                            text(mapping, "protocol"),
                            text(mapping, "destination"),
                            text(mapping, "destinationPort"),
                            text(mapping, "hostAddress"),
                            text(mapping, "hostPort"),
                            text(mapping, "hop"),
                            "%.1f s".formatted(mapping.get("ageMillis").getAsLong() / 1000.0));
        }
    }

    private void end() {
        if (form.json()) {
            out().print("]}\n");
        } else if (!form.plain() && count == 0) {
            out().println("no mappings: natexd has not paired a guest's probe lately");
        }
    }

    private static String text(JsonObject mapping, String name) {
        return mapping.get(name).getAsString();
    }
}
