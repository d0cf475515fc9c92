package io.github.natexd.config;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The checked, immutable contents of natexd.toml; one record for each table of the file. Keys that the file omits have
 * the value of {@link #defaults()}. The shipped etc/natexd.toml explains each key.
 */
public record Config(
        Queue queue,
        GuestNetwork guestNetwork,
        Relay relay,
        Probes probes,
        Rules rules,
        Control control,
        Metrics metrics,
        Keepalive keepalive) {

    /** Where the package installs the file, and where both programs look by default. */
    public static final String DEFAULT_FILE = "/etc/natexd/natexd.toml";

    /** natexd's control socket if the file does not set it. */
    public static final String DEFAULT_SOCKET = "/run/natexd/control.sock";

    /** How natexd gets ICMP errors and copies of probes from the kernel: NFQUEUE number and length, NFLOG group. */
    public record Queue(int number, int maxLength, int logGroup) {}

    /** The interface of the guest network; if empty, natexd finds it in VMware's own configuration. */
    public record GuestNetwork(Optional<String> interfaceName) {}

    /**
     * Which errors natexd relays, how, and how many per second to one guest; {@code staticGuest} is an IPv4 address in
     * network order.
     */
    public record Relay(Set<ErrorKind> errors, Reinject reinject, OptionalInt staticGuest, int maxErrorsPerSecond) {
        public Relay {
            EnumSet<ErrorKind> kinds = EnumSet.noneOf(ErrorKind.class);
            kinds.addAll(errors);
            errors = Collections.unmodifiableSet(kinds);
        }
    }

    /** Which packets of a guest count as probes, how long natexd keeps them, and how many. */
    public record Probes(int maxTtl, int lifetimeSeconds, int capacity) {}

    /** Whether natexd itself loads and restores its packet filter rules. */
    public record Rules(boolean manage) {}

    /** The path of the unix socket that natexctl connects to, and the group whose members may query natexd. */
    public record Control(String socket, String group) {}

    /** The file for node_exporter's textfile collector, if it is set, and how often natexd writes it. */
    public record Metrics(Optional<String> textfile, int intervalSeconds) {}

    /**
     * The keepalives on the NAT's connections, which natexd-keepalive sees to: after how many seconds without data the
     * first is sent, how many seconds lie between them, and after how many without an answer the connection ends;
     * {@code userTimeoutSeconds}: after how long without an answer, whatever the count.
     */
    public record Keepalive(
            boolean enabled, int idleSeconds, int intervalSeconds, int count, OptionalInt userTimeoutSeconds) {}

    /** A choice that the file names with a word. */
    interface Keyed {
        String key();
    }

    /**
     * The kinds of ICMP errors that natexd can relay (RFC 792), spelled as in the file and as options of natexd-rules.
     */
    public enum ErrorKind implements Keyed {
        TIME_EXCEEDED("time-exceeded"),
        DESTINATION_UNREACHABLE("destination-unreachable"),
        REASSEMBLY_TIME_EXCEEDED("reassembly-time-exceeded"),
        PARAMETER_PROBLEM("parameter-problem");

        private final String key;

        ErrorKind(String key) {
            this.key = key;
        }

        @Override
        public String key() {
            return key;
        }
    }

    /** How natexd delivers a rewritten error: as a frame on the guest network, or to the kernel with the verdict. */
    public enum Reinject implements Keyed {
        FRAME("frame"),
        VERDICT("verdict");

        private final String key;

        Reinject(String key) {
            this.key = key;
        }

        @Override
        public String key() {
            return key;
        }
    }

    /** The configuration of an empty file. */
    public static Config defaults() {
        return new Config(
                new Queue(5511, 1024, 5511),
                new GuestNetwork(Optional.empty()),
                new Relay(
                        EnumSet.of(ErrorKind.TIME_EXCEEDED, ErrorKind.DESTINATION_UNREACHABLE),
                        Reinject.FRAME,
                        OptionalInt.empty(),
                        10_000),
                new Probes(60, 30, 65_536),
                new Rules(true),
                new Control(DEFAULT_SOCKET, "natexd"),
                new Metrics(Optional.empty(), 60),
                new Keepalive(false, 60, 15, 4, OptionalInt.empty()));
    }

    /** The options with which natexd-rules loads or checks the rules that this configuration needs. */
    public List<String> rulesOptions(String guestInterface) {
        return List.of(
                "--queue",
                String.valueOf(queue.number()),
                "--log-group",
                String.valueOf(queue.logGroup()),
                "--interface",
                guestInterface,
                "--types",
                relay.errors().stream().map(ErrorKind::key).collect(Collectors.joining(",")),
                "--max-ttl",
                String.valueOf(probes.maxTtl()),
                "--reinject",
                relay.reinject().key());
    }

    /** All words for a choice of this type, for a message: {@code "frame", "verdict"}. */
    static <E extends Enum<E> & Keyed> String words(Class<E> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(word -> '"' + word.key() + '"')
                .reduce((left, right) -> left + ", " + right)
                .orElse("");
    }
}
