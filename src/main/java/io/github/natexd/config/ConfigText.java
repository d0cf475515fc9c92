package io.github.natexd.config;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A {@link Config} as natexd.toml would say it, with every default written out; {@link ConfigReader} reads it back. */
public final class ConfigText {
    private final List<String> lines = new ArrayList<>();

    private ConfigText() {}

    /** The text, which ends with LF. */
    public static String of(Config config) {
        ConfigText text = new ConfigText();
        text.table("queue")
                .key("number", config.queue().number())
                .key("max-length", config.queue().maxLength())
                .key("log-group", config.queue().logGroup());
        text.table("guest-network");
        config.guestNetwork().interfaceName().ifPresent(name -> text.key("interface", quoted(name)));
        text.table("relay")
                .key(
                        "errors",
                        config.relay().errors().stream()
                                .map(kind -> quoted(kind.key()))
                                .collect(Collectors.joining(", ", "[", "]")))
                .key("reinject", quoted(config.relay().reinject().key()));
        config.relay().staticGuest().ifPresent(guest -> text.key("static-guest", quoted(Ipv4Text.text(guest))));
        text.table("probes")
                .key("max-ttl", config.probes().maxTtl())
                .key("lifetime-seconds", config.probes().lifetimeSeconds())
                .key("capacity", config.probes().capacity());
        text.table("rules").key("manage", config.rules().manage());
        text.table("control")
                .key("socket", quoted(config.control().socket()))
                .key("group", quoted(config.control().group()));
        return String.join("\n", text.lines) + "\n";
    }

    private ConfigText table(String name) {
        lines.add("[" + name + "]");
        return this;
    }

    private ConfigText key(String key, Object value) {
        lines.add(key + " = " + value);
        return this;
    }

    /** A basic string of TOML. */
    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(point -> {
            if (point == '"' || point == '\\') {
                quoted.append('\\').appendCodePoint(point);
            } else if (Character.isISOControl(point)) {
                quoted.append("\\u%04x".formatted(point));
            } else {
                quoted.appendCodePoint(point);
            }
        });
        return quoted.append('"').toString();
    }
}
