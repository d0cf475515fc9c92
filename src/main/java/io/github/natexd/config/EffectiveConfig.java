package io.github.natexd.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A configuration and where each of its values comes from.
 *
 * @param file empty if no file was read, so that every value is the default
 * @param lines the line of each key that the file sets, by {@code table.key}
 */
public record EffectiveConfig(Config config, Optional<Path> file, Map<String, Integer> lines) {
    public EffectiveConfig {
        lines = Map.copyOf(lines);
    }

    public static EffectiveConfig defaults() {
        return new EffectiveConfig(Config.defaults(), Optional.empty(), Map.of());
    }

    /**
     * The settings in force after natexd has reloaded this file; {@code effective} is the configuration that it uses.
     */
    public EffectiveConfig inEffect(Config effective) {
        Map<String, Integer> origins = new HashMap<>(lines);
        List<Setting> read = settings();
        List<Setting> running = new EffectiveConfig(effective, file, lines).settings();
        for (int i = 0; i < read.size(); i++) {
            if (!Objects.equals(read.get(i).value(), running.get(i).value())) {
                origins.put(running.get(i).name(), Setting.BEFORE);
            }
        }
        return new EffectiveConfig(effective, file, origins);
    }

    /** All keys, table by table, in the order of the shipped natexd.toml. */
    public List<Setting> settings() {
        List<Setting> settings = new ArrayList<>();
        add(settings, "queue", "number", (long) config.queue().number());
        add(settings, "queue", "max-length", (long) config.queue().maxLength());
        add(settings, "queue", "log-group", (long) config.queue().logGroup());
        add(
                settings,
                "guest-network",
                "interface",
                config.guestNetwork().interfaceName().orElse(null));
        add(
                settings,
                "relay",
                "errors",
                config.relay().errors().stream().map(Config.ErrorKind::key).toList());
        add(settings, "relay", "reinject", config.relay().reinject().key());
        add(
                settings,
                "relay",
                "static-guest",
                config.relay().staticGuest().isPresent()
                        ? Ipv4Text.text(config.relay().staticGuest().getAsInt())
                        : null);
        add(settings, "relay", "max-errors-per-second", (long) config.relay().maxErrorsPerSecond());
        add(settings, "probes", "max-ttl", (long) config.probes().maxTtl());
        add(settings, "probes", "lifetime-seconds", (long) config.probes().lifetimeSeconds());
        add(settings, "probes", "capacity", (long) config.probes().capacity());
        add(settings, "rules", "manage", config.rules().manage());
        add(settings, "control", "socket", config.control().socket());
        add(settings, "control", "group", config.control().group());
        add(settings, "metrics", "textfile", config.metrics().textfile().orElse(null));
        add(settings, "metrics", "interval-seconds", (long) config.metrics().intervalSeconds());
        Config.Keepalive keepalive = config.keepalive();
        add(settings, "keepalive", "enabled", keepalive.enabled());
        add(settings, "keepalive", "idle-seconds", (long) keepalive.idleSeconds());
        add(settings, "keepalive", "interval-seconds", (long) keepalive.intervalSeconds());
        add(settings, "keepalive", "count", (long) keepalive.count());
        add(
                settings,
                "keepalive",
                "user-timeout-seconds",
                keepalive.userTimeoutSeconds().isPresent()
                        ? (long) keepalive.userTimeoutSeconds().getAsInt()
                        : null);
        return List.copyOf(settings);
    }

    private void add(List<Setting> settings, String table, String key, @Nullable Object value) {
        settings.add(new Setting(table, key, value, lines.getOrDefault(table + "." + key, Setting.DEFAULT)));
    }
}
