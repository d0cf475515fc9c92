package io.github.natexd.control;

import io.github.natexd.wire.IcmpError;
import io.github.natexd.wire.Protocol;

/** The names of ICMP types and codes (RFC 792) and of IPv4 protocol numbers, as in natexd.toml. */
final class ErrorNames {
    private ErrorNames() {}

    static String ofType(int icmpType) {
        return switch (icmpType) {
            case IcmpError.TYPE_TIME_EXCEEDED -> "time-exceeded";
            case IcmpError.TYPE_DESTINATION_UNREACHABLE -> "destination-unreachable";
            case IcmpError.TYPE_PARAMETER_PROBLEM -> "parameter-problem";
            default -> "type " + icmpType;
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
