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
    /** How a key's new value comes into force. */
    private enum Way {
        RELOAD(""),
        RESTART(""),
        /** natexd itself does not use it. */
        OTHER_SERVICE(" (takes effect when natexd-keepalive restarts)");

        private final String note;

        Way(String note) {
            this.note = note;
        }
    }

    private record Key(String name, Way way, Function<Config, String> value) {}

    private static final List<Key> KEYS = List.of(
            new Key("queue.number", Way.RESTART, config -> text(config.queue().number())),
            new Key(
                    "queue.max-length",
                    Way.RESTART,
                    config -> text(config.queue().maxLength())),
            new Key(
                    "queue.log-group",
                    Way.RESTART,
                    config -> text(config.queue().logGroup())),
            new Key("guest-network.interface", Way.RELOAD, config -> config.guestNetwork()
                    .interfaceName()
                    .orElse("from VMware's file")),
            new Key("relay.errors", Way.RELOAD, Changes::errors),
            new Key("relay.reinject", Way.RELOAD, config -> config.relay()
                    .reinject()
                    .key()),
            new Key("relay.static-guest", Way.RELOAD, Changes::staticGuest),
            new Key(
                    "relay.max-errors-per-second",
                    Way.RELOAD,
                    config -> text(config.relay().maxErrorsPerSecond())),
            new Key("probes.max-ttl", Way.RELOAD, config -> text(config.probes().maxTtl())),
            new Key(
                    "probes.lifetime-seconds",
                    Way.RELOAD,
                    config -> text(config.probes().lifetimeSeconds())),
            new Key(
                    "probes.capacity",
                    Way.RESTART,
                    config -> text(config.probes().capacity())),
            new Key("rules.manage", Way.RELOAD, config -> text(config.rules().manage())),
            new Key("control.socket", Way.RESTART, config -> config.control().socket()),
            new Key("control.group", Way.RESTART, config -> config.control().group()),
            new Key("metrics.textfile", Way.RESTART, config -> config.metrics()
                    .textfile()
                    .orElse("none")),
            new Key(
                    "metrics.interval-seconds",
                    Way.RESTART,
                    config -> text(config.metrics().intervalSeconds())),
            new Key(
                    "keepalive.enabled",
                    Way.OTHER_SERVICE,
                    config -> text(config.keepalive().enabled())),
            new Key(
                    "keepalive.idle-seconds",
                    Way.OTHER_SERVICE,
                    config -> text(config.keepalive().idleSeconds())),
            new Key(
                    "keepalive.interval-seconds",
                    Way.OTHER_SERVICE,
                    config -> text(config.keepalive().intervalSeconds())),
            new Key(
                    "keepalive.count",
                    Way.OTHER_SERVICE,
                    config -> text(config.keepalive().count())),
            new Key("keepalive.user-timeout-seconds", Way.OTHER_SERVICE, Changes::userTimeout));

    static Changes between(Config running, Config read) {
        List<String> reloaded = new ArrayList<>();
        List<String> needRestart = new ArrayList<>();
        for (Key key : KEYS) {
            String before = key.value.apply(running);
            String after = key.value.apply(read);
            if (!before.equals(after)) {
                (key.way == Way.RESTART ? needRestart : reloaded)
                        .add(key.name + ": " + before + " -> " + after + key.way.note);
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
                running.metrics(),
                read.keepalive());
        return new Changes(effective, List.copyOf(reloaded), List.copyOf(needRestart));
    }

    private static String errors(Config config) {
        return config.relay().errors().stream().map(Config.ErrorKind::key).collect(Collectors.joining(", "));
    }

    private static String staticGuest(Config config) {
        var guest = config.relay().staticGuest();
        return guest.isPresent() ? Ipv4Address.text(guest.getAsInt()) : "none";
    }

    private static String userTimeout(Config config) {
        var seconds = config.keepalive().userTimeoutSeconds();
        return seconds.isPresent() ? text(seconds.getAsInt()) : "none";
    }

    private static String text(Object value) {
        return String.valueOf(value);
    }
}
