package io.github.natexd.report;

import io.github.natexd.wire.IcmpError;
import io.github.natexd.wire.Protocol;
import java.util.Locale;

/**
 * Who delivers one class of errors to guests: the NAT process or natexd.
 *
 * @param errors the kind of errors, such as "port-unreachable"
 * @param probeProtocol the protocol of the probes that these errors quote
 * @param byNat the NAT process was seen to deliver them, so natexd leaves them to it
 * @param byNatexd natexd had such an error for a guest and relays them; meaningless with {@code byNat}
 */
public record NatDelivery(String errors, int probeProtocol, boolean byNat, boolean byNatexd) {
    /** The kinds of errors that NAT processes treat differently. */
    private enum Kind {
        TIME_EXCEEDED,
        FRAGMENTATION_NEEDED,
        PORT_UNREACHABLE,
        DESTINATION_UNREACHABLE,
        PARAMETER_PROBLEM
    }

    /** The classes are the numbers from 0 to this: one for each kind of errors and each protocol of their probes. */
    public static final int CLASSES = 2 * Kind.values().length;

    public static int classOf(int type, int code, int probeProtocol) {
        return kindOf(type, code).ordinal() << 1 | (probeProtocol == Protocol.UDP ? 1 : 0);
    }

    private static Kind kindOf(int type, int code) {
        return switch (type) {
            case IcmpError.TYPE_TIME_EXCEEDED -> Kind.TIME_EXCEEDED;
            case IcmpError.TYPE_DESTINATION_UNREACHABLE ->
                switch (code) {
                    case IcmpError.CODE_FRAGMENTATION_NEEDED -> Kind.FRAGMENTATION_NEEDED;
                    case IcmpError.CODE_PORT_UNREACHABLE -> Kind.PORT_UNREACHABLE;
                    default -> Kind.DESTINATION_UNREACHABLE;
                };
            default -> Kind.PARAMETER_PROBLEM;
        };
    }

    /** Who delivers the errors of this class. */
    public static NatDelivery of(int errorClass, boolean byNat, boolean byNatexd) {
        Kind kind = Kind.values()[errorClass >>> 1];
        int probeProtocol = (errorClass & 1) == 1 ? Protocol.UDP : Protocol.ICMP;
        return new NatDelivery(kind.name().toLowerCase(Locale.ROOT).replace('_', '-'), probeProtocol, byNat, byNatexd);
    }

    /** The class in words, for logs. */
    public static String nameOf(int errorClass) {
        NatDelivery itself = of(errorClass, false, false);
        return itself.errors + (itself.probeProtocol == Protocol.UDP ? " (udp)" : " (icmp)");
    }
}
