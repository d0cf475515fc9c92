package io.github.natexd.control;

import io.github.natexd.config.EffectiveConfig;
import io.github.natexd.config.Setting;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A configuration as JSON; the fields are documented in src/site/markdown/control.md. */
public final class SettingsJson {
    private SettingsJson() {}

    public static void write(JsonWriter json, EffectiveConfig config) {
        json.beginObject();
        json.name("version").value(Dialect.VERSION);
        json.name("file").value(config.file().map(Path::toString).orElse(null));
        json.name("settings").beginArray();
        for (Setting setting : config.settings()) {
            json.beginObject();
            json.name("table").value(setting.table());
            json.name("key").value(setting.key());
            value(json.name("value"), setting.value());
            json.name("toml").value(setting.toml());
            json.name("line");
            if (setting.line() > 0) {
                json.value(setting.line());
            } else {
                json.value((String) null);
            }
            json.name("awaitsRestart").value(setting.line() == Setting.BEFORE);
            json.endObject();
        }
        json.endArray().endObject();
    }

    private static void value(JsonWriter json, @Nullable Object value) {
        if (value instanceof Long number) {
            json.value(number);
        } else if (value instanceof Boolean truth) {
            json.value(truth);
        } else if (value instanceof List<?> list) {
            json.beginArray();
            list.forEach(each -> json.value(String.valueOf(each)));
            json.endArray();
        } else {
            json.value((String) value);
        }
    }
}
