package io.github.natexd.cli.doctor;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.natexd.cli.doctor.Checkup.DaemonAnswer;
import io.github.natexd.cli.doctor.DaemonStatus.Delivery;
import io.github.natexd.cli.doctor.DaemonStatus.Trait;
import io.github.natexd.cli.doctor.DaemonStatus.Trouble;
import io.github.natexd.cli.form.Java;
import io.github.natexd.cli.form.JsonAnswer;
import io.github.natexd.config.Config;
import io.github.natexd.config.ConfigException;
import io.github.natexd.config.ConfigReader;
import io.github.natexd.config.ConfigText;
import io.github.natexd.control.ControlClient;
import io.github.natexd.control.ControlException;
import io.github.natexd.control.JsonWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which natexd is examined: what doctor and bugreport share. */
final class SystemOptions {
    private static final int TIMEOUT_MILLIS = 10_000;

    @Option(
            names = "--config",
            paramLabel = "CONFIG",
            description = "natexd's configuration (default: " + Config.DEFAULT_FILE + ", if it exists)")
    private @Nullable Path configFile;

    @Option(
            names = "--socket",
            paramLabel = "PATH",
            description = "natexd's control socket (default: control.socket of the configuration)")
    private @Nullable Path socket;

    /** What doctor finds. */
    List<DoctorFinding> findings() {
        return Checkup.run(Path.of("/"), Java.tree(), Optional.ofNullable(configFile), this::ask);
    }

    /** The current configuration as TOML; before it, as comments, the mistakes in the file. */
    String configuration() {
        try {
            return ConfigText.of(config());
        } catch (ConfigException e) {
            return String.valueOf(e.getMessage())
                            .lines()
                            .map(line -> "# " + line + "\n")
                            .collect(Collectors.joining())
                    + ConfigText.of(Config.defaults());
        }
    }

    /** natexd's status as JSON, or why there is none. */
    String status() {
        Config config = Config.defaults();
        try {
            config = config();
        } catch (ConfigException e) {
            // Then natexd runs with what it read before, or not at all: its socket is most likely at the usual path.
        }
        try (ControlClient client = send(config)) {
            return client.line();
        } catch (ControlException e) {
            StringBuilder text = new StringBuilder();
            JsonWriter json = JsonWriter.oneLine(text).beginObject();
            json.name("version").value(DoctorOutput.VERSION);
            json.name("error").value(e.reason());
            json.name("fix").value(e.remedy()).endObject();
            return text.toString();
        }
    }

    private Config config() throws ConfigException {
        Path usual = Path.of(Config.DEFAULT_FILE);
        if (configFile == null && Files.notExists(usual)) {
            return Config.defaults();
        }
        return ConfigReader.read(configFile != null ? configFile : usual);
    }

    private Path path(Config config) {
        return socket != null ? socket : Path.of(config.control().socket());
    }

    private ControlClient send(Config config) throws ControlException {
        return ControlClient.send(path(config), "status", TIMEOUT_MILLIS);
    }

    private DaemonAnswer ask(Config config) {
        String path = path(config).toString();
        try (ControlClient client = send(config)) {
            return new DaemonAnswer(path, Optional.of(status(JsonAnswer.read(client.line()))), "", "", false);
        } catch (ControlException e) {
            boolean refused = e.kind() == ControlException.Kind.REFUSED;
            String why = e.reason().replaceFirst("^natexd is not running: ", "");
            return new DaemonAnswer(path, Optional.empty(), why, e.remedy(), refused);
        }
    }

    /** The part of the status that doctor judges by. */
    static DaemonStatus status(JsonObject status) {
        JsonObject nat = status.getAsJsonObject("nat");
        JsonObject network = status.getAsJsonObject("guestNetwork");
        List<Delivery> deliveries = new ArrayList<>();
        for (JsonElement each : nat.getAsJsonArray("delivers")) {
            JsonObject delivery = each.getAsJsonObject();
            deliveries.add(new Delivery(text(delivery, "errors"), text(delivery, "probes"), text(delivery, "state")));
        }
        return new DaemonStatus(
                status.get("pid").getAsLong(),
                text(status, "natexd"),
                network.get("interface").isJsonNull() ? Optional.empty() : Optional.of(text(network, "interface")),
                network.get("present").getAsBoolean(),
                status.getAsJsonObject("events").get("GUEST_SIGHTINGS").getAsLong(),
                status.getAsJsonObject("reasons").get("NO_MAPPING").getAsLong(),
                text(status, "startedAt"),
                status.get("uptimeSeconds").getAsLong(),
                troubles(status.getAsJsonArray("problems")),
                troubles(status.getAsJsonArray("warnings")),
                trait(nat, "ttlKept"),
                trait(nat, "identificationsKept"),
                trait(nat, "portsKept"),
                trait(nat, "seenLeaving"),
                deliveries);
    }

    private static List<Trouble> troubles(JsonArray problems) {
        List<Trouble> troubles = new ArrayList<>();
        for (JsonElement each : problems) {
            JsonObject problem = each.getAsJsonObject();
            troubles.add(new Trouble(text(problem, "problem"), text(problem, "fix")));
        }
        return troubles;
    }

    private static Trait trait(JsonObject nat, String name) {
        return new Trait(state(nat.getAsJsonObject("udp"), name), state(nat.getAsJsonObject("icmp"), name));
    }

    private static String state(JsonObject traits, String name) {
        return text(traits.getAsJsonObject(name), "state");
    }

    private static String text(JsonObject object, String name) {
        return object.get(name).getAsString();
    }
}
