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
 * What natexd.toml says, checked and immutable; one record for each table of the file. What the file leaves out has
 * the value of {@link #defaults()}. The shipped etc/natexd.toml says what each key is for.
 */
public record Config(
        Queue queue,
        GuestNetwork guestNetwork,
        Relay relay,
        Probes probes,
        Rules rules,
        Control control,
        Metrics metrics) {

    /** Where the package puts the file, and where both programs look when no other is named. */
    public static final String DEFAULT_FILE = "/etc/natexd/natexd.toml";

    /** Where natexd listens for natexctl when the file does not say it. */
    public static final String DEFAULT_SOCKET = "/run/natexd/control.sock";

    /** How ICMP errors and copies of probes come from the kernel: NFQUEUE number and length, NFLOG group. */
    public record Queue(int number, int maxLength, int logGroup) {}

    /** The interface of the guest network; empty: found in VMware's own configuration. */
    public record GuestNetwork(Optional<String> interfaceName) {}

    /** What is relayed, and how; {@code staticGuest} is an IPv4 address, network order. */
    public record Relay(Set<ErrorKind> errors, Reinject reinject, OptionalInt staticGuest) {
        public Relay {
            EnumSet<ErrorKind> kinds = EnumSet.noneOf(ErrorKind.class);
            kinds.addAll(errors);
            errors = Collections.unmodifiableSet(kinds);
        }
    }

    /** Which packets of a guest are remembered as probes, how long, and how many. */
    public record Probes(int maxTtl, int lifetimeSeconds, int capacity) {}

    /** Whether natexd loads and restores its packet filter rules itself. */
    public record Rules(boolean manage) {}

    /** The path of the unix socket that natexctl talks to, and the group whose members may ask through it. */
    public record Control(String socket, String group) {}

    /** The file that node_exporter's textfile collector reads, if there shall be one, and how often it is written. */
    public record Metrics(Optional<String> textfile, int intervalSeconds) {}

    /** A choice that the file spells as a word. */
    interface Keyed {
        String key();
    }

    /** The kinds of ICMP errors that can be relayed (RFC 792), spelled as in the file and on natexd-rules' line. */
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

    /** How a rewritten error gets to the guest: as a frame on its network, or back to the kernel in the verdict. */
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
                new Queue(5511, 4096, 5511),
                new GuestNetwork(Optional.empty()),
                new Relay(
                        EnumSet.of(ErrorKind.TIME_EXCEEDED, ErrorKind.DESTINATION_UNREACHABLE),
                        Reinject.FRAME,
                        OptionalInt.empty()),
                new Probes(60, 30, 65_536),
                new Rules(true),
                new Control(DEFAULT_SOCKET, "natexd"),
                new Metrics(Optional.empty(), 60));
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

    /** The words that a choice of this type can be spelled with, for a message: {@code "frame", "verdict"}. */
    static <E extends Enum<E> & Keyed> String words(Class<E> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(word -> '"' + word.key() + '"')
                .reduce((left, right) -> left + ", " + right)
                .orElse("");
    }
}
