package io.github.natexd.config;

import java.util.Map;
import java.util.Optional;

/** A {@link Config} as natexd.toml would say it, with every default written out; {@link ConfigReader} reads it back. */
public final class ConfigText {
    private ConfigText() {}

    /** The text, which ends with LF. */
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
