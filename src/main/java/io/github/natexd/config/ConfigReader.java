package io.github.natexd.config;

import io.github.natexd.config.Config.Control;
import io.github.natexd.config.Config.ErrorKind;
import io.github.natexd.config.Config.GuestNetwork;
import io.github.natexd.config.Config.Keepalive;
import io.github.natexd.config.Config.Metrics;
import io.github.natexd.config.Config.Probes;
import io.github.natexd.config.Config.Queue;
import io.github.natexd.config.Config.Reinject;
import io.github.natexd.config.Config.Relay;
import io.github.natexd.config.Config.Rules;
import io.github.natexd.config.ConfigException.Problem;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * Reads natexd.toml into a {@link Config}. A mistake does not end the reading: the default replaces the wrong value, so
 * that one run reports every problem of the file. A key that no part of this class asks for is unknown, and that is an
 * error: a misspelt key must not silently mean the default.
 */
public final class ConfigReader {
    /** The limit of the file's size: a wrong path (a device, a log) must not fill the memory. */
    private static final int MAX_FILE_OCTETS = 1 << 20;

    /** sun_path has 108 octets, one of them the final NUL (unix(7)). */
    private static final int MAX_SOCKET_PATH_OCTETS = 107;

    /** IFNAMSIZ has 16 octets, one of them the final NUL. */
    private static final int MAX_INTERFACE_NAME = 15;

    private static final Pattern INTERFACE_NAME =
            Pattern.compile("[A-Za-z0-9_.@][A-Za-z0-9_.@-]{0," + (MAX_INTERFACE_NAME - 1) + "}");

    /** The names that groupadd(8) accepts, and those of directories such as Active Directory. */
    private static final Pattern GROUP_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}\\$?");

    private static final String METRICS_EXAMPLE = "/var/lib/prometheus/node-exporter/natexd.prom";

    private final List<Problem> problems = new ArrayList<>();
    private final Map<String, Section> sections = new LinkedHashMap<>();
    private final TomlTable root;

    private ConfigReader(TomlTable root) {
        this.root = root;
    }

    /** Reads and checks the whole file; the exception has every problem. */
    public static Config read(Path file) throws ConfigException {
        return readEffective(file).config();
    }

    /** Reads the file like {@link #read}, and also records where each value comes from. */
    public static EffectiveConfig readEffective(Path file) throws ConfigException {
        return readEffective(file, text(file));
    }

    /** @param file only named in the result and in the exception */
    static EffectiveConfig readEffective(Path file, String text) throws ConfigException {
        TomlParseResult parsed = TomlText.parse(file, text);
        ConfigReader reader = new ConfigReader(parsed);
        parsed.errors().forEach(reader::syntax);
        Config config = reader.config();
        reader.reportUnknown();
        if (!reader.problems.isEmpty()) {
            reader.problems.sort(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column));
            throw new ConfigException(file, reader.problems);
        }
        Map<String, Integer> lines = new HashMap<>();
        reader.sections.values().forEach(section -> section.collectLines(lines));
        return new EffectiveConfig(config, Optional.of(file), lines);
    }

    private static String text(Path file) throws ConfigException {
        try {
            if (Files.isDirectory(file)) {
                throw unreadable(file, "is a directory; name a file");
            }
            if (Files.size(file) > MAX_FILE_OCTETS) {
                throw unreadable(
                        file, "is larger than 1 MiB, so it is probably not a configuration; name another file");
            }
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw unreadable(file, "no such file; create it (an empty file means all defaults) or name another file");
        } catch (AccessDeniedException e) {
            throw unreadable(
                    file, "no permission to read it; let user " + System.getProperty("user.name") + " read it");
        } catch (CharacterCodingException e) {
            throw unreadable(file, "not UTF-8 text; save it in that encoding");
        } catch (IOException e) {
            throw ConfigException.unread(file, "cannot be read: " + e.getMessage());
        }
    }

    private static ConfigException unreadable(Path file, String message) {
        return new ConfigException(file, List.of(new Problem(0, 0, message)));
    }

    private Config config() {
        Config defaults = Config.defaults();
        return new Config(
                queue(section("queue"), defaults.queue()),
                guestNetwork(section("guest-network")),
                relay(section("relay"), defaults.relay()),
                probes(section("probes"), defaults.probes()),
                new Rules(section("rules").flag("manage", defaults.rules().manage())),
                control(section("control"), defaults.control()),
                metrics(section("metrics"), defaults.metrics()),
                keepalive(section("keepalive"), defaults.keepalive()));
    }

    private static Queue queue(Section table, Queue defaults) {
        return new Queue(
                table.integer("number", 0, 65_535, defaults.number()),
                table.integer("max-length", 1, 65_535, defaults.maxLength()),
                table.integer("log-group", 0, 65_535, defaults.logGroup()));
    }

    private static GuestNetwork guestNetwork(Section table) {
        Optional<String> name = table.text("interface", "vmnet8");
        if (name.isPresent() && !isInterfaceName(name.get())) {
            table.reject(
                    "interface",
                    "\"" + name.get() + "\" cannot be the name of an interface; write one of 1 to " + MAX_INTERFACE_NAME
                            + " letters and digits, like \"vmnet8\", or leave the key out");
        }
        return new GuestNetwork(name);
    }

    private static Relay relay(Section table, Relay defaults) {
        List<ErrorKind> errors = table.choices("errors", ErrorKind.class, List.copyOf(defaults.errors()));
        Reinject reinject = table.choice("reinject", Reinject.class, defaults.reinject());
        Optional<String> guest = table.text("static-guest", "192.168.44.100");
        OptionalInt address = guest.map(Ipv4Text::parse).orElse(OptionalInt.empty());
        if (guest.isPresent() && address.isEmpty()) {
            table.reject(
                    "static-guest",
                    "\"" + guest.get() + "\" is not an IPv4 address; write four numbers from 0 to 255 with dots between"
                            + " them, like \"192.168.44.100\"");
        } else if (address.isPresent() && !Ipv4Text.canBeHost(address.getAsInt())) {
            table.reject(
                    "static-guest",
                    "\"" + guest.orElse("") + "\" cannot be a guest's address; write the address that the guest has on"
                            + " its network, like \"192.168.44.100\"");
        }
        int perSecond = table.integer("max-errors-per-second", 1, 1_000_000, defaults.maxErrorsPerSecond());
        return new Relay(Set.copyOf(errors), reinject, address, perSecond);
    }

    private static Probes probes(Section table, Probes defaults) {
        return new Probes(
                table.integer("max-ttl", 1, 255, defaults.maxTtl()),
                table.integer("lifetime-seconds", 1, 3_600, defaults.lifetimeSeconds()),
                table.integer("capacity", 1, 1 << 20, defaults.capacity()));
    }

    private static Control control(Section table, Control defaults) {
        String socket = table.text("socket", defaults.socket()).orElse(defaults.socket());
        if (!socket.startsWith("/")) {
            table.reject(
                    "socket",
                    "\"" + socket + "\" is not an absolute path; write one that begins with /, like \""
                            + defaults.socket() + "\"");
        } else if (socket.getBytes(StandardCharsets.UTF_8).length > MAX_SOCKET_PATH_OCTETS) {
            table.reject(
                    "socket",
                    "the path of a unix socket has at most " + MAX_SOCKET_PATH_OCTETS
                            + " octets; write a shorter path");
        }
        String group = table.text("group", defaults.group()).orElse(defaults.group());
        if (!GROUP_NAME.matcher(group).matches()) {
            table.reject(
                    "group",
                    "\"" + group + "\" cannot be the name of a group; write one like \"" + defaults.group() + "\"");
        }
        return new Control(socket, group);
    }

    private static Metrics metrics(Section table, Metrics defaults) {
        Optional<String> textfile = table.text("textfile", METRICS_EXAMPLE);
        if (textfile.isPresent()
                && (!textfile.get().startsWith("/") || !textfile.get().endsWith(".prom"))) {
            table.reject(
                    "textfile",
                    "\"" + textfile.get() + "\" is not a file that node_exporter reads; write an absolute path that"
                            + " ends with .prom, like \"" + METRICS_EXAMPLE + "\"");
        }
        return new Metrics(textfile, table.integer("interval-seconds", 5, 3_600, defaults.intervalSeconds()));
    }

    /** The kernel's own limits (MAX_TCP_KEEPIDLE, MAX_TCP_KEEPINTVL, MAX_TCP_KEEPCNT in net/tcp.h). */
    private static Keepalive keepalive(Section table, Keepalive defaults) {
        return new Keepalive(
                table.flag("enabled", defaults.enabled()),
                table.integer("idle-seconds", 1, 32_767, defaults.idleSeconds()),
                table.integer("interval-seconds", 1, 32_767, defaults.intervalSeconds()),
                table.integer("count", 1, 127, defaults.count()),
                table.integer("user-timeout-seconds", 1, 32_767, 120, OptionalInt.empty()));
    }

    /** Stricter than the kernel: rejects names that a packet filter would read as a pattern or an option. */
    private static boolean isInterfaceName(String name) {
        return INTERFACE_NAME.matcher(name).matches() && !name.equals(".") && !name.equals("..");
    }

    private Section section(String name) {
        Object value = root.get(List.of(name));
        TomlTable table = value instanceof TomlTable present ? present : null;
        if (value != null && table == null) {
            report(
                    root,
                    name,
                    name + " is a table, not a value; write [" + name + "] on a line of its own, its"
                            + " keys on the lines below");
        }
        Section section = new Section(name, table, problems);
        sections.put(name, section);
        return section;
    }

    private void report(TomlTable table, String key, String message) {
        TomlPosition place = table.inputPositionOf(List.of(key));
        problems.add(new Problem(place == null ? 0 : place.line(), place == null ? 0 : place.column(), message));
    }

    private void reportUnknown() {
        for (String name : root.keySet()) {
            if (!sections.containsKey(name)) {
                report(root, name, unknownAtTop(name));
            }
        }
        for (Section section : sections.values()) {
            for (String key : section.unknownKeys()) {
                section.reject(key, unknownKey(section, key));
            }
        }
    }

    private String unknownAtTop(String name) {
        Optional<Section> home = homeOf(name);
        if (home.isPresent() && !(root.get(List.of(name)) instanceof TomlTable)) {
            return "unknown key " + name + "; write it below [" + home.get().name() + "]";
        }
        return "unknown table [" + name + "]; "
                + Suggestion.of(name, sections.keySet())
                        .map(near -> "did you mean [" + near + "]?")
                        .orElse("the tables are " + sections.keySet());
    }

    private String unknownKey(Section section, String key) {
        Optional<String> near = Suggestion.of(key, section.knownKeys());
        Optional<Section> home = homeOf(key);
        String advice = "its keys are " + String.join(", ", section.knownKeys());
        if (home.isPresent()) {
            advice = "write it below [" + home.get().name() + "]";
        } else if (near.isPresent()) {
            advice = "did you mean " + near.get() + "?";
        }
        return "unknown key " + key + " in [" + section.name() + "]; " + advice;
    }

    private Optional<Section> homeOf(String key) {
        return sections.values().stream()
                .filter(section -> section.knownKeys().contains(key))
                .findFirst();
    }

    /** tomlj reports what is wrong; this adds what to write instead, for common mistakes. */
    private void syntax(TomlParseError error) {
        String message = String.valueOf(error.getMessage());
        String advice = "write key = value, with text in double quotes";
        if (message.contains("previously defined")) {
            advice = "keep only one of the two";
        } else if (message.contains("expected ]")) {
            advice = "close the bracket";
        } else if (message.contains("expected \" or") || message.contains("expected ' or")) {
            advice = "close the quotes";
        } else if (message.contains("too large") || message.contains("Leading zeros")) {
            advice = "write a plain decimal number";
        }
        int line = error.position().line();
        problems.add(new Problem(line, error.position().column(), message + "; " + advice));
    }
}
