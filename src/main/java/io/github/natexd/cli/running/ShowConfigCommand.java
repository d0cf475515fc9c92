package io.github.natexd.cli.running;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.natexd.cli.form.ExitCodes;
import io.github.natexd.cli.form.JsonAnswer;
import io.github.natexd.cli.form.OutputForm;
import io.github.natexd.cli.form.PlainRows;
import io.github.natexd.config.Config;
import io.github.natexd.config.ConfigException;
import io.github.natexd.config.ConfigReader;
import io.github.natexd.config.EffectiveConfig;
import io.github.natexd.control.ControlException;
import io.github.natexd.control.JsonWriter;
import io.github.natexd.control.SettingsJson;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code natexctl show-config}: every setting, its effective value, and where the value comes from. */
@Command(
        name = "show-config",
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = ExitCodes.USAGE,
        description = {
            "Prints every setting with its effective value, in the format of natexd.toml, and where the value comes"
                    + " from.",
            "Reads the file and needs no running natexd; with --running, asks natexd for the settings in force.",
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:printed",
            "1:--running: natexd does not respond",
            "2:--running: natexd is not running",
            "64:the command line is wrong",
            "77:--running: only root and members of natexd's group may query natexd",
            "78:the file has mistakes; each is reported as file:line:column"
        })
public final class ShowConfigCommand extends DaemonCommand {
    private static final int VALUE_WIDTH = 40;

    @ArgGroup
    private final OutputForm form = new OutputForm();

    @ArgGroup
    private final Source source = new Source();

    static final class Source {
        @Option(
                names = "--config",
                paramLabel = "FILE",
                description = "the file to read (default: " + Config.DEFAULT_FILE + ", or natexd's defaults"
                        + " if that does not exist)")
        private @Nullable Path file;

        @Option(names = "--running", description = "shows the settings of the running natexd")
        private boolean running;
    }

    @Override
    protected int ask() throws ControlException {
        try {
            print(source.running ? line("show-config") : fromFile());
            return ExitCodes.OK;
        } catch (ConfigException e) {
            spec().commandLine().getErr().println(e.getMessage());
            return ExitCodes.CONFIGURATION;
        }
    }

    private String fromFile() throws ConfigException {
        Path usual = Path.of(Config.DEFAULT_FILE);
        EffectiveConfig config = source.file != null || Files.exists(usual)
                ? ConfigReader.readEffective(source.file != null ? source.file : usual)
                : EffectiveConfig.defaults();
        StringBuilder text = new StringBuilder();
        SettingsJson.write(JsonWriter.oneLine(text), config);
        return text.toString().strip();
    }

    private void print(String line) throws ControlException {
        JsonObject config = JsonAnswer.read(line);
        if (form.json()) {
            out().println(line);
            return;
        }
        String file = PlainRows.value(config.get("file"));
        if (!form.plain()) {
            out().println("# " + (file.isEmpty() ? "No file: every setting has its default." : "From " + file + "."));
        }
        String table = "";
        for (JsonElement each : config.getAsJsonArray("settings")) {
            JsonObject setting = each.getAsJsonObject();
            if (form.plain()) {
                out().print(String.join(
                                "\t",
                                text(setting, "table") + "." + text(setting, "key"),
                                text(setting, "toml"),
                                PlainRows.value(setting.get("line")))
                        + "\n");
                continue;
            }
            if (!text(setting, "table").equals(table)) {
                table = text(setting, "table");
                out().println("\n[" + table + "]");
            }
            printToml(setting);
        }
    }

    /** TOML has no key without a value, so such a key is printed as a comment. */
    private void printToml(JsonObject setting) {
        String toml = text(setting, "toml");
        String assignment = toml.isEmpty() ? "# " + text(setting, "key") : text(setting, "key") + " = " + toml;
        String origin = toml.isEmpty()
                ? "not set"
                : setting.get("awaitsRestart").getAsBoolean()
                        ? "changed in the file since then; needs a restart"
                        : setting.get("line").isJsonNull() ? "default" : "line " + setting.get("line");
        out().println(("%-" + VALUE_WIDTH + "s # %s").formatted(assignment, origin));
    }

    private static String text(JsonObject setting, String name) {
        return setting.get(name).getAsString();
    }
}
