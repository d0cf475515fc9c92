package io.github.natexd.cli.doctor;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** What the running kernel can do, read from its configuration and its modules: it loads and tries nothing. */
public final class KernelFeatures {
    private static final Pattern SETTING = Pattern.compile("(?:# )?(CONFIG_\\w+)(?:=([ym])| is not set)");

    /** Whether the kernel has a feature, and what shows it. */
    public record Feature(Presence presence, String evidence) {}

    /** UNKNOWN is common in containers, which often show neither the configuration nor the modules. */
    public enum Presence {
        YES,
        NO,
        UNKNOWN
    }

    private final Path root;
    private final String release;
    private final Map<String, String> settings;
    private final Optional<String> modules;

    /** @param root the root directory; tests use another one */
    public KernelFeatures(Path root) {
        this.root = root;
        release = read(root.resolve("proc/sys/kernel/osrelease")).orElse("").strip();
        settings = settings();
        Path directory = root.resolve("lib/modules").resolve(release);
        modules = read(directory.resolve("modules.dep"))
                .map(list -> list + read(directory.resolve("modules.builtin")).orElse(""));
    }

    public String release() {
        return release;
    }

    /**
     * Whether the kernel has a feature.
     *
     * @param option the name in its configuration, without CONFIG_
     * @param module the module's name, without .ko
     */
    public Feature feature(String option, String module) {
        if (Files.isDirectory(root.resolve("sys/module").resolve(module))) {
            return new Feature(Presence.YES, "module " + module + " is loaded");
        }
        if (modules.isPresent() && modules.get().contains("/" + module + ".ko")) {
            return new Feature(Presence.YES, "module " + module + " is installed");
        }
        return switch (settings.getOrDefault("CONFIG_" + option, settings.isEmpty() ? "?" : "n")) {
            case "y" -> new Feature(Presence.YES, "built in (CONFIG_" + option + ")");
            case "m" ->
                modules.isPresent()
                        ? new Feature(Presence.NO, "module " + module + " is not installed for kernel " + release)
                        : new Feature(
                                Presence.UNKNOWN,
                                "it is module " + module + ", and the installed modules are not visible here");
            case "n" -> new Feature(Presence.NO, "kernel " + release + " was built without CONFIG_" + option);
            default ->
                modules.isPresent()
                        ? new Feature(Presence.NO, "kernel " + release + " has no module " + module)
                        : new Feature(
                                Presence.UNKNOWN,
                                "neither the kernel's configuration nor its modules are visible here");
        };
    }

    private Map<String, String> settings() {
        Path packed = root.resolve("proc/config.gz");
        Path plain = root.resolve("boot/config-" + release);
        try (InputStream octets = Files.isReadable(packed)
                        ? new GZIPInputStream(Files.newInputStream(packed))
                        : Files.newInputStream(plain);
                Stream<String> lines =
                        new BufferedReader(new InputStreamReader(octets, StandardCharsets.ISO_8859_1)).lines()) {
            Map<String, String> found = new HashMap<>();
            for (String line : lines.collect(Collectors.toList())) {
                Matcher setting = SETTING.matcher(line);
                if (setting.matches()) {
                    found.put(setting.group(1), setting.group(2) == null ? "n" : setting.group(2));
                }
            }
            return found;
        } catch (IOException e) {
            return Map.of();
        }
    }

    private static Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
