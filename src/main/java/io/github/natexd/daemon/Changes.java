package io.github.natexd.daemon;

import io.github.natexd.config.Config;
import io.github.natexd.wire.Ipv4Address;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The result of comparing the running configuration with the one that a reload has read: the configuration to put into
 * force, and a line for each changed key.
 *
 * @param effective what was read, except for keys that need a restart: the queue and the log group stay bound while
 *     rules fill them, and the tables keep the memory that they were given at the start
 * @param reloaded changes that a reload puts into force
 * @param needRestart changes that take effect only after a restart
 */
record Changes(Config effective, List<String> reloaded, List<String> needRestart) {
    private record Key(String name, boolean reloads, Function<Config, String> value) {}

    private static final List<Key> KEYS = List.of(
            new Key("queue.number", false, config -> text(config.queue().number())),
            new Key("queue.max-length", false, config -> text(config.queue().maxLength())),
            new Key("queue.log-group", false, config -> text(config.queue().logGroup())),
            new Key("guest-network.interface", true, config -> config.guestNetwork()
                    .interfaceName()
                    .orElse("as VMware records it")),
            new Key("relay.errors", true, Changes::errors),
            new Key("relay.reinject", true, config -> config.relay().reinject().key()),
            new Key("relay.static-guest", true, Changes::staticGuest),
            new Key("probes.max-ttl", true, config -> text(config.probes().maxTtl())),
            new Key(
                    "probes.lifetime-seconds",
                    true,
                    config -> text(config.probes().lifetimeSeconds())),
            new Key("probes.capacity", false, config -> text(config.probes().capacity())),
            new Key("rules.manage", true, config -> text(config.rules().manage())),
            new Key("control.socket", false, config -> config.control().socket()),
            new Key("control.group", false, config -> config.control().group()),
            new Key("metrics.textfile", false, config -> config.metrics()
                    .textfile()
                    .orElse("none")),
            new Key(
                    "metrics.interval-seconds",
                    false,
                    config -> text(config.metrics().intervalSeconds())));

    static Changes between(Config running, Config read) {
        List<String> reloaded = new ArrayList<>();
        List<String> needRestart = new ArrayList<>();
        for (Key key : KEYS) {
            String before = key.value.apply(running);
            String after = key.value.apply(read);
            if (!before.equals(after)) {
                (key.reloads ? reloaded : needRestart).add(key.name + ": " + before + " -> " + after);
            }
        }
        Config.Probes probes = new Config.Probes(
                read.probes().maxTtl(),
                read.probes().lifetimeSeconds(),
                running.probes().capacity());
        Config effective = new Config(
                running.queue(),
                read.guestNetwork(),
                read.relay(),
                probes,
                read.rules(),
                running.control(),
                running.metrics());
        return new Changes(effective, List.copyOf(reloaded), List.copyOf(needRestart));
    }

    private static String errors(Config config) {
        return config.relay().errors().stream().map(Config.ErrorKind::key).collect(Collectors.joining(", "));
    }

    private static String staticGuest(Config config) {
        var guest = config.relay().staticGuest();
        return guest.isPresent() ? Ipv4Address.text(guest.getAsInt()) : "none";
    }

    private static String text(Object value) {
        return String.valueOf(value);
    }
}
