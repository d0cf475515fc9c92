package io.github.natexd.config;

import java.util.Map;
import java.util.Optional;

/** Writes a {@link Config} as a natexd.toml with every default; {@link ConfigReader} can read it. */
public final class ConfigText {
    private ConfigText() {}

    /** The text; it ends with LF. */
    public static String of(Config config) {
        StringBuilder text = new StringBuilder();
        String table = "";
        for (Setting setting : new EffectiveConfig(config, Optional.empty(), Map.of()).settings()) {
            if (!setting.table().equals(table)) {
                table = setting.table();
                text.append('[').append(table).append("]\n");
            }
            if (setting.value() != null) {
                text.append(setting.key()).append(" = ").append(setting.toml()).append('\n');
            }
        }
        return text.toString();
    }
}
