package io.github.natexd.translate;

import io.github.natexd.wire.IcmpError;

/** Which ICMP errors are relayed (R1). */
public record ErrorTypes(
        boolean timeExceeded,
        boolean destinationUnreachable,
        boolean reassemblyTimeExceeded,
        boolean parameterProblem) {
    boolean select(int type, int code) {
        return switch (type) {
            case IcmpError.TYPE_TIME_EXCEEDED -> code == 0 ? timeExceeded : code == 1 && reassemblyTimeExceeded;
            case IcmpError.TYPE_DESTINATION_UNREACHABLE -> destinationUnreachable;
            case IcmpError.TYPE_PARAMETER_PROBLEM -> parameterProblem;
            default -> false;
        };
    }
}
