package io.github.natexd.control;

import io.github.natexd.wire.IcmpEcho;
import io.github.natexd.wire.IcmpError;
import io.github.natexd.wire.Protocol;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The names of ICMP types and codes (RFC 792) and of IPv4 protocol numbers, as in natexd.toml. */
final class ErrorNames {
    /** By the codes of RFC 792, RFC 1122 (section 3.2.2.1) and RFC 1812 (section 5.2.7.1). */
    private static final List<String> UNREACHABLE = List.of(
            "network unreachable",
            "host unreachable",
            "protocol unreachable",
            "port unreachable",
            "fragmentation needed",
            "source route failed",
            "network unknown",
            "host unknown",
            "source host isolated",
            "network administratively prohibited",
            "host administratively prohibited",
            "network unreachable for this type of service",
            "host unreachable for this type of service",
            "administratively prohibited",
            "host precedence violation",
            "precedence cutoff");

    private ErrorNames() {}

    static String ofType(int icmpType) {
        return switch (icmpType) {
            case IcmpError.TYPE_TIME_EXCEEDED -> "time-exceeded";
            case IcmpError.TYPE_DESTINATION_UNREACHABLE -> "destination-unreachable";
            case IcmpError.TYPE_PARAMETER_PROBLEM -> "parameter-problem";
            case IcmpEcho.TYPE_REPLY -> "echo-reply";
            default -> "type " + icmpType;
        };
    }

    /** What a code says in addition to its type, such as "port unreachable"; null if nothing. */
    static @Nullable String ofCode(int icmpType, int code) {
        return switch (icmpType) {
            case IcmpError.TYPE_TIME_EXCEEDED -> code == IcmpError.CODE_REASSEMBLY_TIME_EXCEEDED ? "reassembly" : null;
            case IcmpError.TYPE_DESTINATION_UNREACHABLE ->
                code < UNREACHABLE.size() ? UNREACHABLE.get(code) : "code " + code;
            default -> null;
        };
    }

    static String ofProtocol(int protocol) {
        return switch (protocol) {
            case Protocol.UDP -> "udp";
            case Protocol.ICMP -> "icmp";
            default -> "protocol " + protocol;
        };
    }
}
